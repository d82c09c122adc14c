// Pure arithmetic of the call page: no document here, so that node can test it.

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/**
 * A position as players write it: 17900 is "0:17".
 * @param {number} ms
 */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * Where to put ticks: the smallest step whose labels do not touch.
 * @param {number} durationMs
 * @param {number} width in pixels
 * @param {number} [minimum] pixels between two ticks
 * @returns {number[]} times in milliseconds, from 0
 */
export function ticks(durationMs, width, minimum = 76) {
  if (!(durationMs > 0) || !(width > 0)) return [];
  const wanted = (durationMs / 1000 / width) * minimum;
  const step = 1000 * (STEPS_S.find((candidate) => candidate >= wanted) ?? STEPS_S.at(-1));
  const times = [];
  for (let time = 0; time < durationMs; time += step) times.push(time);
  return times;
}

/**
 * The last of `items` (sorted by start) that holds `time`; the later one where two overlap, since
 * that is who came in. -1 where nobody speaks.
 * @param {{start: number, end: number}[]} items
 * @param {number} time in milliseconds
 */
export function indexAt(items, time) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  for (let index = low - 1; index >= Math.max(0, low - 12); index--) {
    if (time < items[index].end) return index;
  }
  return -1;
}

/**
 * The word spoken at `time`, as offsets in the turn's text.
 * @param {number[]} words flat: start in milliseconds, length, start, length …
 * @param {number} time in milliseconds
 * @returns {[number, number] | null} from, to, without the leading space; null before the first
 */
export function wordAt(words, time) {
  let offset = 0;
  let found = null;
  for (let i = 0; i < words.length && words[i] <= time; i += 2) {
    found = [offset, offset + words[i + 1]];
    offset += words[i + 1];
  }
  return found;
}

/**
 * When the word at a text offset is said; null past the last word.
 * @param {number[]} words as in `wordAt`
 * @param {number} position in the turn's text
 * @returns {number | null} milliseconds
 */
export function timeOfOffset(words, position) {
  let offset = 0;
  for (let i = 0; i < words.length; i += 2) {
    offset += words[i + 1];
    if (position < offset) return words[i];
  }
  return null;
}

/**
 * Rows for flags that would cover each other.
 * @param {number[]} lefts in pixels, ascending
 * @param {number} width of a flag in pixels
 * @param {number} rows at most
 * @returns {number[]} row of each flag, 0 at the top
 */
export function stack(lefts, width, rows = 3) {
  const ends = new Array(rows).fill(-Infinity);
  return lefts.map((left) => {
    let row = ends.findIndex((end) => left >= end);
    if (row < 0) row = ends.indexOf(Math.min(...ends));
    ends[row] = left + width;
    return row;
  });
}

/**
 * A lane's peaks scaled so that its loud passages fill the height: the two sides of a call are
 * rarely recorded at the same level, and the eye compares when they speak, not how loudly.
 * @param {ArrayLike<number>} peaks in [0, 1] or [0, 127]
 * @returns {Float32Array} in [0, 1]
 */
export function levelled(peaks) {
  const sorted = Float32Array.from(peaks, Math.abs).sort();
  const loud = sorted[Math.floor(sorted.length * 0.995)] || sorted.at(-1) || 0;
  const top = Math.max(loud, (sorted.at(-1) || 0) * 0.2);
  if (!top) return new Float32Array(sorted.length);
  return Float32Array.from(peaks, (value) => Math.min(1, Math.abs(value) / top));
}

/**
 * One mixed channel as two lanes: each peak goes to the lane of who speaks then; where nobody is
 * known to speak it shows faintly in both.
 * @param {Float32Array} peaks
 * @param {{start: number, end: number, speaker: string}[]} turns
 * @param {number} durationMs
 * @returns {[Float32Array, Float32Array]} agent, prospect
 */
export function lanesOfMixed(peaks, turns, durationMs) {
  const known = turns.some((turn) => turn.speaker !== "unknown");
  if (!known) return [peaks, peaks];
  const agent = new Float32Array(peaks.length);
  const prospect = new Float32Array(peaks.length);
  for (let i = 0; i < peaks.length; i++) {
    const at = indexAt(turns, ((i + 0.5) / peaks.length) * durationMs);
    const speaker = at < 0 ? "" : turns[at].speaker;
    agent[i] = speaker === "agent" ? peaks[i] : Math.min(peaks[i], 0.04);
    prospect[i] = speaker === "prospect" ? peaks[i] : Math.min(peaks[i], 0.04);
  }
  return [agent, prospect];
}
