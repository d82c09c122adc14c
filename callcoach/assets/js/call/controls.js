// The bar at the foot: play, position, speed, zoom.

import { clock } from "./timeline.js";

/**
 * @param {HTMLElement} root [data-controls]
 * @param {import("./player.js").Player} player
 * @param {{zoom: (factor: number) => number}} overlay
 */
export function mountControls(root, player, overlay) {
  const play = root.querySelector("[data-play]");
  const position = root.querySelector("[data-position]");
  const rate = root.querySelector("[data-rate]");
  const broken = root.querySelector("[data-broken]");
  root.hidden = false;

  player.on("time", (ms) => {
    const text = clock(ms);
    if (position.textContent !== text) position.textContent = text;
  });
  player.on("state", (playing) => {
    play.setAttribute("aria-label", playing ? play.dataset.pauseLabel : play.dataset.playLabel);
    play.classList.toggle("is-playing", playing);
  });
  player.on("rate", (value) => {
    rate.textContent = `${String(value).replace(".", rate.dataset.comma)}×`;
  });
  player.restoreRate();
  player.on("error", () => {
    broken.hidden = false;
  });
  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button === play) player.toggle();
    if (button.dataset.skip) player.skip(Number(button.dataset.skip));
    if (button.dataset.rateStep) player.changeRate(Number(button.dataset.rateStep));
    if (button.dataset.zoom) overlay.zoom(Number(button.dataset.zoom));
  });
}
