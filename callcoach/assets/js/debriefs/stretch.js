// A stretch of the call for the next debrief: [data-debrief-stretch]. What is chosen is taken over to
// the millisecond; without a choice, what is being said.

import { clock } from "../call/timeline.js";

const FIELDS = [["start_ms", "from"], ["end_ms", "to"]];

/**
 * @param {object} page
 * @param {HTMLElement} page.desk
 * @param {object} page.data the page's data
 * @param {import("../call/player.js").Player} page.player
 * @param {{get: () => object | null, on: (listener: (stretch: object | null) => void) => void}} page.selection
 * @returns {() => void} opens it, as the key does
 */
export function mountStretch({ desk, data, player, selection }) {
  const details = desk.querySelector("[data-debrief-stretch]");
  if (!details) return () => {};
  const form = details.querySelector("form");
  const fields = form.elements;

  /** @param {{start: number, end: number} | null} chosen in milliseconds */
  function fill(chosen) {
    if (!chosen) return;
    [chosen.start, chosen.end].forEach((ms, at) => {
      const [exact, typed] = FIELDS[at];
      fields[exact].value = Math.round(ms);
      fields[typed].value = clock(ms);
    });
  }

  const said = () => data.turns.filter((turn) => turn.start <= player.time()).at(-1) ?? null;

  selection.on((chosen) => details.open && fill(chosen));
  for (const [exact, typed] of FIELDS) {
    fields[typed].addEventListener("input", () => {
      fields[exact].value = ""; // what is typed counts
    });
  }
  details.addEventListener("toggle", () => {
    if (details.open) fill(selection.get() ?? said());
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    details.open = false;
    details.querySelector("summary").focus();
  });
  form.addEventListener("added", () => {
    details.open = false;
  });

  return () => {
    player.pause();
    details.open = true;
    fill(selection.get() ?? said());
    requestAnimationFrame(() => {
      details.scrollIntoView({ block: "nearest" });
      form.querySelector("button").focus({ preventScroll: true });
    });
  };
}
