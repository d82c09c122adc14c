// Waiting music and transfers are skipped while the sound plays, as ringing is at the start. A quiet
// line says so and offers to hear it; who goes into one hears it.

import { clock } from "./timeline.js";

const EDGE_MS = 400; // a clock that ticks four times a second is never exact
const SHOWN_MS = 8000;

/**
 * The stretch that holds `time`. Pure, so that node can test it.
 * @param {{start: number, end: number}[]} holds by start
 * @param {number} time in milliseconds
 * @returns {{start: number, end: number} | null}
 */
export const holdAt = (holds, time) =>
  holds.find((hold) => time >= hold.start && time < hold.end - EDGE_MS) ?? null;

/**
 * @param {HTMLElement} desk
 * @param {object} data the page's data; `holds` with `start` and `end`, milliseconds
 * @param {import("./player.js").Player} player
 * @returns {() => void} hear the one that was skipped last
 */
export function mountHolds(desk, data, player) {
  const hint = desk.querySelector("[data-hold-hint]");
  if (!hint || !data.holds.length) return () => {};
  const heard = new Set(); // those that somebody wants to hear
  let last = null;
  let isOurs = false; // the jump is ours
  let timer = 0;

  player.on("jump", () => {
    if (isOurs) return;
    const inside = holdAt(data.holds, player.time());
    if (inside) heard.add(inside);
  });
  player.on("time", (time) => {
    const hold = holdAt(data.holds, time);
    if (!hold || heard.has(hold) || !player.isPlaying()) return;
    last = hold;
    isOurs = true;
    player.skip(hold.end - time);
    isOurs = false;
    hint.querySelector("[data-hold-length]").textContent = `(${clock(hold.end - hold.start)})`;
    hint.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      hint.hidden = true;
    }, SHOWN_MS);
  });
  const hear = () => {
    if (!last) return;
    heard.add(last);
    hint.hidden = true;
    player.playFrom(last.start);
  };
  hint.querySelector("button").addEventListener("click", hear);
  return hear;
}
