// A chosen stretch of the call: words selected in the transcript, a drag with Shift on the sound,
// or a start and an end set at the playhead.

import { announce } from "./announce.js";
import { betweenMarks, timeOfText, turnOf } from "./stretch.js";
import { clock } from "./timeline.js";
import { offsetIn } from "./transcript.js";

const LEAST_MS = 200; // a shorter drag is a click that slipped

/**
 * @typedef {object} Stretch
 * @property {number} start milliseconds from the start of the call
 * @property {number} end
 * @property {number | null} channel whose voice; null where several speak
 * @property {number} turn index of the turn that it shares most time with, -1 for none
 */

/**
 * @param {object} page
 * @param {HTMLElement} page.transcript
 * @param {HTMLElement} page.stage [data-wave-stage]
 * @param {object} page.data the page's data
 * @param {import("./player.js").Player} page.player
 * @param {(stretch: {start: number, end: number} | null) => void} page.onChange to draw it
 */
export function createSelection({ transcript, stage, data, player, onChange }) {
  const listeners = [onChange];
  let stretch = null; // text and drag
  let marks = { start: null, end: null };
  let isText = false;
  const now = () => stretch ?? betweenMarks(marks, player.time(), data.turns);
  const emit = () => listeners.forEach((listener) => listener(now()));
  const byIndex = new Map(data.turns.map((turn) => [turn.index, turn]));

  function say() {
    const chosen = now();
    if (chosen) announce(`${data.words.chosen} ${clock(chosen.start)}–${clock(chosen.end)}`);
  }

  function choose(next, { text = false } = {}) {
    stretch = next;
    marks = { start: null, end: null };
    isText = text;
    emit();
  }

  function clear() {
    if (!stretch && marks.start === null && marks.end === null) return false;
    choose(null);
    return true;
  }

  function fromText() {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) return;
    const range = chosen.getRangeAt(0);
    const saids = [range.startContainer, range.endContainer].map((node) =>
      (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.("[data-said]"),
    );
    if (!saids[0] || !transcript.contains(saids[0])) return;
    const [first, last] = saids.map((said) => byIndex.get(Number(said?.closest("[data-turn]").dataset.turn)));
    const from = offsetIn(saids[0], range.startContainer, range.startOffset);
    // Dragged past the end of a turn: up to its end.
    const to = saids[1] ? offsetIn(saids[1], range.endContainer, range.endOffset) : Infinity;
    const time = timeOfText(first, Math.max(0, from), last ?? first, to);
    if (time) choose(time, { text: true });
  }

  let waiting = 0;
  function settle() {
    if (!waiting) return;
    cancelAnimationFrame(waiting);
    waiting = 0;
    fromText();
  }
  document.addEventListener("selectionchange", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(settle);
  });
  transcript.addEventListener("click", () => {
    if (isText && getSelection().isCollapsed) clear();
  });

  stage.addEventListener(
    "pointerdown",
    (event) => {
      if (!event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      event.stopPropagation(); // without Shift a drag seeks
      const box = stage.getBoundingClientRect();
      const timeAt = (x) => Math.round(Math.max(0, Math.min(1, (x - box.left) / box.width)) * data.durationMs);
      const from = timeAt(event.clientX);
      const move = (moved) => {
        const to = timeAt(moved.clientX);
        const next = { start: Math.min(from, to), end: Math.max(from, to) };
        if (next.end - next.start >= LEAST_MS) choose(next);
      };
      const stop = () => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", stop);
        window.removeEventListener("pointercancel", stop);
        // The click that ends the drag is no seek.
        setTimeout(() => stage.removeEventListener("click", swallow, true));
        say();
      };
      const swallow = (click) => click.stopPropagation();
      stage.addEventListener("click", swallow, true);
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", stop);
      window.addEventListener("pointercancel", stop);
    },
    true,
  );

  const set = (which) => () => {
    const base = stretch ?? marks;
    const next = { start: base.start, end: base.end, [which]: Math.round(player.time()) };
    // A start after the end, or an end before the start, begins anew.
    if (next.start !== null && next.end !== null && next.end <= next.start) {
      next[which === "start" ? "end" : "start"] = null;
    }
    stretch = null;
    isText = false;
    marks = next;
    emit();
    say();
  };

  return {
    /** @returns {Stretch | null} */
    get() {
      settle(); // a key that comes before the next frame means the words selected just now
      const chosen = now();
      if (!chosen) return null;
      const turn = turnOf(data.turns, chosen);
      const speaking = data.turns.filter((item) => item.start < chosen.end && chosen.start < item.end);
      const isOne = speaking.every((item) => item.channel === turn?.channel);
      return {
        start: chosen.start,
        end: chosen.end,
        channel: turn && (isOne || isText) ? turn.channel : null,
        turn: turn?.index ?? -1,
      };
    },
    /** @returns {boolean} whether there was something to let go of */
    clear,
    /** @param {{start: number, end: number}} next in milliseconds */
    set: (next) => choose(next),
    setStart: set("start"),
    setEnd: set("end"),
    /** @param {(stretch: {start: number, end: number} | null) => void} listener */
    on: (listener) => listeners.push(listener),
  };
}
