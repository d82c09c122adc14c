// The sound of the call: one clock that the waveform, the transcript and the cards follow.

import WaveSurfer from "wavesurfer.js";
import { paintLanes } from "./lanes.js";
import { keptRate, keepRate, nextRate } from "./rate.js";

/**
 * Wavesurfer paints what was played in one colour or gradient: this one changes in the middle, so
 * that each lane keeps its own.
 */
function laneColours(container) {
  const colours = getComputedStyle(container);
  const colour = (name) => new Array(60).fill(colours.getPropertyValue(name).trim() || "#555");
  return [...colour("--agent"), ...colour("--prospect")];
}

/**
 * @typedef {object} Player
 * @property {() => number} time in milliseconds
 * @property {() => boolean} isPlaying
 * @property {(ms: number) => void} seek
 * @property {(ms: number) => void} skip so far on or back: a jump that stays near
 * @property {(ms: number) => void} playFrom
 * @property {() => void} toggle
 * @property {() => void} pause
 * @property {(by: number) => void} changeRate
 * @property {() => void} restoreRate the speed chosen last on this device
 * @property {(name: "time" | "state" | "rate" | "jump" | "error", listener: Function) => void} on
 */

/**
 * @param {object} parts
 * @param {HTMLAudioElement | null} parts.audio null when the recording was deleted
 * @param {HTMLElement} parts.container where the two lanes are drawn
 * @param {[Float32Array, Float32Array]} parts.lanes agent, prospect
 * @param {number} parts.durationMs
 * @param {string} parts.nonce
 * @returns {Player}
 */
export function createPlayer({ audio, container, lanes, durationMs, nonce }) {
  const listeners = { time: [], state: [], rate: [], jump: [], error: [] };
  const emit = (name, value) => listeners[name].forEach((listener) => listener(value));
  const on = (name, listener) => listeners[name].push(listener);
  const clamp = (ms) => Math.max(0, Math.min(ms, durationMs));

  if (!audio) {
    // The words stay when the sound is gone: the clock still moves from moment to moment.
    let position = 0;
    const seek = (ms) => {
      position = clamp(ms);
      emit("time", position);
    };
    const nothing = () => {};
    const still = () => false;
    const skip = (ms) => seek(position + ms);
    return { time: () => position, isPlaying: still, seek, skip, playFrom: seek, toggle: nothing, pause: nothing, changeRate: nothing, restoreRate: nothing, on };
  }

  audio.controls = false;
  audio.preservesPitch = true;
  const surfer = WaveSurfer.create({
    container,
    media: audio,
    peaks: lanes,
    duration: durationMs / 1000,
    height: "auto",
    cursorWidth: 0,
    progressColor: laneColours(container),
    hideScrollbar: true,
    dragToSeek: { debounceTime: 60 },
    cspNonce: nonce,
    renderFunction: (channels, context) => paintLanes(channels, context, container),
  });
  surfer.on("timeupdate", (seconds) => emit("time", seconds * 1000));
  surfer.on("play", () => emit("state", true));
  surfer.on("pause", () => emit("state", false));
  surfer.on("finish", () => emit("state", false));
  surfer.on("interaction", () => emit("jump", false));
  surfer.on("error", () => emit("error"));

  const redraw = () => surfer.setOptions({ progressColor: laneColours(container) });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, {
    attributeFilter: ["data-theme", "data-bs-theme"],
  });

  const seek = (ms, isNear = false) => {
    surfer.setTime(clamp(ms) / 1000);
    emit("jump", isNear);
  };
  const start = () => surfer.play().catch(() => emit("error"));
  return {
    time: () => surfer.getCurrentTime() * 1000,
    isPlaying: () => surfer.isPlaying(),
    seek: (ms) => seek(ms),
    skip: (ms) => seek(surfer.getCurrentTime() * 1000 + ms, true),
    playFrom(ms) {
      seek(ms);
      start();
    },
    toggle() {
      if (surfer.isPlaying()) surfer.pause();
      else start();
    },
    pause: () => surfer.pause(),
    changeRate(by) {
      const next = nextRate(surfer.getPlaybackRate(), by);
      surfer.setPlaybackRate(next, true);
      keepRate(next);
      emit("rate", next);
    },
    restoreRate() {
      surfer.setPlaybackRate(keptRate(), true);
      emit("rate", keptRate());
    },
    on,
  };
}
