// The sound and the words of a call that people judge unprompted, with the keys that all such pages
// have.

import { mountControls } from "./controls.js";
import { loadLanes } from "./lanes.js";
import { createOverlay } from "./overlay.js";
import { createPlayer } from "./player.js";
import { createSelection } from "./selection.js";
import { mountStart } from "./start.js";
import { followTranscript } from "./transcript.js";

/**
 * @param {HTMLElement} root holds the player, the wave and the words
 * @param {object} data what `bare_data` says of the call
 */
export async function mountBare(root, data) {
  const wave = root.querySelector("[data-wave]");
  const player = createPlayer({
    audio: root.querySelector("audio"),
    container: wave.querySelector("[data-lanes]"),
    lanes: await loadLanes(wave.dataset.peaks, data),
    durationMs: data.durationMs,
    nonce: document.querySelector("script[nonce]")?.nonce ?? "",
  });
  const transcript = root.querySelector("[data-transcript]");
  const overlay = createOverlay(wave, data, (_kind, mark) => player.playFrom(mark.from));
  const stage = wave.querySelector("[data-wave-stage]");
  const selection = createSelection({ transcript, stage, data, player, onChange: overlay.choose });
  followTranscript(transcript, data, player);
  player.on("time", (ms) => overlay.move(ms));
  mountControls(root.querySelector("[data-controls]"), player, overlay);
  const fromStart = mountStart(root, data, player, 0);
  const skip = (ms) => () => player.skip(ms);
  const keys = {
    " ": player.toggle,
    j: skip(-10_000),
    l: skip(10_000),
    ArrowLeft: skip(-3_000),
    ArrowRight: skip(3_000),
    0: fromStart,
    s: selection.setStart,
    d: selection.setEnd,
    Escape: selection.clear,
    "<": () => player.changeRate(-1),
    ">": () => player.changeRate(1),
    "-": () => overlay.zoom(0.5),
    "+": () => overlay.zoom(2),
  };
  return { player, overlay, selection, keys };
}
