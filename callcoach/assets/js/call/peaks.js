// Reads the server's peaks (the form is written down in callcoach/speech/peaks.py).

const HEADER = 12;

/**
 * @param {ArrayBuffer} buffer
 * @returns {Float32Array[]} for each channel the louder side of each bin, in [0, 1], finest level;
 *   empty when it is not peaks
 */
export function readPeaks(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER || view.getUint32(0) !== 0x4343504b || view.getUint8(4) !== 1) return [];
  const channels = view.getUint8(5);
  const levels = view.getUint8(6);
  const bins = view.getUint32(HEADER + 4, true);
  const start = HEADER + 8 * levels;
  if (buffer.byteLength < start + channels * bins * 2) return [];
  const lanes = [];
  for (let channel = 0; channel < channels; channel++) {
    const pairs = new Int8Array(buffer, start + channel * bins * 2, bins * 2);
    const lane = new Float32Array(bins);
    for (let i = 0; i < bins; i++) {
      lane[i] = Math.max(Math.abs(pairs[2 * i]), Math.abs(pairs[2 * i + 1])) / 127;
    }
    lanes.push(lane);
  }
  return lanes;
}
