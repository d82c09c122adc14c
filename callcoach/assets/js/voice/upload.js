// A recording goes to the server in small pieces: a line that breaks costs one of them. Asks the
// server where to go on, waits while there is no line, and ends with its answer or its refusal.

import { send } from "../http.js";

/** Two seconds on a slow line (150 kbit/s). */
const PIECE_BYTES = 32 * 1024;
const FIRST_WAIT_MS = 1000;
const LAST_WAIT_MS = 20_000;
/** Answers that say nothing against the recording: the session ended, the server is busy. */
const PASSING = [401, 408, 425, 429];

/** The server will never take it; `message` says why, in the reader's language. */
export class Refused extends Error {}

/** By which the server knows that it has what was sent. */
async function checksum(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    window.addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}

/**
 * Uploads a take; resolves with the server's last answer.
 *
 * @param {import("./shelf.js").Take} take
 * @param {object} options
 * @param {string} options.url of this take
 * @param {(share: number, waiting: boolean) => void} [options.onProgress] share from 0 to 1;
 *   `waiting` while there is no line
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<Record<string, any>>}
 * @throws {Refused}
 */
export async function upload(take, { url, onProgress = () => {}, signal }) {
  const sum = await checksum(take.bytes);
  const length = take.bytes.byteLength;
  let wait = FIRST_WAIT_MS;
  let offset = null; // not known: ask
  let restarts = 0;
  for (;;) {
    signal?.throwIfAborted();
    let response;
    try {
      response =
        offset === null
          ? await send(url, { signal })
          : await send(url, {
              method: "PUT",
              signal,
              body: take.bytes.slice(offset, offset + PIECE_BYTES),
              headers: {
                "Content-Type": "application/octet-stream",
                "Upload-Offset": String(offset),
                "Upload-Length": String(length),
                "Upload-Checksum": sum,
              },
            });
    } catch (error) {
      if (signal?.aborted) throw error;
      response = null; // the line broke
    }
    if (response?.ok) {
      const answer = await response.json().catch(() => null);
      if (answer?.done) {
        onProgress(1, false);
        return answer;
      }
      if (answer) {
        offset = Math.min(answer.offset, length - 1);
        onProgress(offset / length, false);
        wait = FIRST_WAIT_MS;
        continue;
      }
    } else if (response?.status === 409 && restarts < 3) {
      restarts += 1;
      offset = null; // somebody was faster, or it came damaged: go on from where the server is
      continue;
    } else if (response && response.status >= 400 && response.status < 500 && !PASSING.includes(response.status)) {
      const answer = await response.json().catch(() => ({}));
      throw new Refused([answer.error, answer.advice].filter(Boolean).join(" "));
    }
    onProgress((offset ?? 0) / length, true);
    offset = null;
    await pause(wait, signal);
    wait = Math.min(wait * 2, LAST_WAIT_MS);
  }
}
