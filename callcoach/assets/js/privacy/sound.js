// The sound of the call while it is redacted: one audio element, and where it is.

import { clock } from "../call/timeline.js";

/**
 * @param {HTMLElement} root
 * @param {(ms: number) => void} onTime told where the sound is, milliseconds
 * @param {() => void} onBroken
 */
export function mountSound(root, onTime, onBroken) {
  const audio = root.querySelector("[data-audio]");
  const button = root.querySelector("[data-toggle]");
  const seek = root.querySelector("[data-seek]");
  const shown = root.querySelector("[data-clock]");
  if (!audio) return { playFrom() {}, toggle() {}, isPlaying: () => false };

  const start = () => audio.play().catch((error) => error.name === "NotSupportedError" && onBroken());
  const playFrom = (ms) => {
    audio.currentTime = Math.max(0, ms) / 1000;
    start();
  };
  const toggle = () => (audio.paused ? start() : audio.pause());
  const say = () => {
    const isPlaying = !audio.paused;
    button.classList.toggle("is-playing", isPlaying);
    button.setAttribute("aria-label", isPlaying ? button.dataset.pauseLabel : button.dataset.playLabel);
  };
  audio.addEventListener("play", say);
  audio.addEventListener("pause", say);
  audio.addEventListener("error", onBroken);
  audio.addEventListener("timeupdate", () => {
    const ms = audio.currentTime * 1000;
    seek.value = String(ms);
    seek.setAttribute("aria-valuetext", clock(ms));
    shown.textContent = clock(ms);
    onTime(ms);
  });
  seek.addEventListener("input", () => {
    audio.currentTime = Number(seek.value) / 1000;
  });
  button.addEventListener("click", toggle);
  return { playFrom, toggle, isPlaying: () => !audio.paused };
}
