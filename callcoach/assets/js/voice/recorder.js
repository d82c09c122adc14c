// The microphone: one voice, small, in whatever the browser writes. Knows nothing of pages.
//
// MediaRecorder alone: the record plugin of wavesurfer draws a waveform, for 60 kB that a phone on a
// slow line has better use for.

const BITS_PER_SECOND = 24_000; // Opus at 24 kbit/s: clear speech, 3 kB a second
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
/** What was said so far is handed over this often, so that a closed page loses no more. */
const SLICE_MS = 1000;

/** Why there is no microphone: `refused` by the person or the system, or `missing`. */
export class NoMicrophone extends Error {
  /** @param {"refused" | "missing"} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Whether this browser can record at all (a page without TLS has no microphone). */
export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
}

/**
 * Asks for the microphone.
 *
 * @returns {Promise<MediaStream>}
 * @throws {NoMicrophone}
 */
export async function askMicrophone() {
  if (!canRecord()) throw new NoMicrophone("missing");
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    const refused = ["NotAllowedError", "SecurityError", "PermissionDeniedError"];
    throw new NoMicrophone(refused.includes(error.name) ? "refused" : "missing");
  }
}

/** @param {MediaStream} stream */
export function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/**
 * Records from now on.
 *
 * @param {MediaStream} stream
 * @param {object} on
 * @param {(blob: Blob, ms: number) => void} [on.slice] all that was said so far
 * @param {(blob: Blob, ms: number, wanted: boolean) => void} on.end all of it; `wanted` is false
 *   when the system took the microphone away (a call came in, it was unplugged)
 * @returns {{stop: () => void, startedAt: number}}
 */
export function record(stream, { slice = () => {}, end }) {
  const type = TYPES.find((known) => MediaRecorder.isTypeSupported(known)) ?? "";
  const recorder = new MediaRecorder(stream, {
    audioBitsPerSecond: BITS_PER_SECOND,
    ...(type && { mimeType: type }),
  });
  const parts = [];
  const startedAt = performance.now();
  let wanted = false;
  let endedAt = 0;
  const whole = () => new Blob(parts, { type: recorder.mimeType || type });
  const length = () => Math.round((endedAt || performance.now()) - startedAt);
  recorder.addEventListener("dataavailable", (event) => {
    if (event.data.size) parts.push(event.data);
    if (recorder.state === "recording") slice(whole(), length());
  });
  recorder.addEventListener("stop", () => {
    endedAt ||= performance.now();
    end(whole(), length(), wanted);
  });
  for (const track of stream.getAudioTracks()) {
    track.addEventListener("ended", () => {
      if (recorder.state !== "inactive") recorder.stop();
    });
  }
  recorder.start(SLICE_MS);
  return {
    startedAt,
    stop() {
      wanted = true;
      endedAt = performance.now();
      if (recorder.state !== "inactive") recorder.stop();
    },
  };
}

/**
 * How loud it is, for a moving bar: a sign that something is heard, nothing else.
 *
 * @param {MediaStream} stream
 * @param {(share: number) => void} show from 0 to 1, some times a second
 * @returns {() => void} ends it
 */
export function watchLevel(stream, show) {
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (!Context) return () => {};
  const context = new Context();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getByteTimeDomainData(samples);
    let most = 0;
    for (const sample of samples) most = Math.max(most, Math.abs(sample - 128));
    show(Math.min(1, most / 64));
  }, 100);
  return () => {
    clearInterval(timer);
    context.close().catch(() => {});
  };
}
