// The moment of a note: its start and end in half seconds, from a selection, and heard.

import { send } from "../http.js";
import { tenths } from "./tenths.js";

const REFRESH_MS = 250; // after the last step, before the words are asked for

/**
 * @param {HTMLFormElement} form
 * @param {object} parts
 * @param {import("../call/player.js").Player} [parts.player]
 * @param {() => ({start: number, end: number, channel?: number} | null)} [parts.selection]
 *   milliseconds
 * @param {() => void} parts.changed
 */
export function mountBounds(form, { player, selection, changed }) {
  const root = form.querySelector("[data-note-bounds]");
  const { start_ms: start, end_ms: end, channel, quote } = form.elements;
  const duration = Number(root.dataset.duration);
  let prefilled = quote.value;
  let timer = 0;
  let stopAt = Infinity;

  function show() {
    for (const [name, field] of [["start", start], ["end", end]]) {
      root.querySelector(`[data-bound="${name}"]`).textContent = tenths(Number(field.value), root.dataset.comma);
    }
  }

  /** Words that nobody changed by hand follow the moment. */
  async function refresh() {
    if (quote.value !== prefilled) return;
    const place = () =>
      String(new URLSearchParams({ start_ms: start.value, end_ms: end.value, channel: channel.value }));
    const asked = place();
    const response = await send(`${root.dataset.words}?${asked}`).catch(() => null);
    if (!response?.ok) return;
    const answer = await response.json();
    // Moved on, or written by hand, while the line was slow: the answer to that comes or is not wanted
    if (asked !== place() || quote.value !== prefilled) return;
    prefilled = answer.quote;
    quote.value = prefilled;
    changed();
  }

  function place(from, to) {
    const first = Math.max(0, Math.min(Math.round(from), duration - 100));
    start.value = first;
    end.value = Math.max(first + 100, Math.min(Math.round(to), duration));
    show();
    changed();
    clearTimeout(timer);
    timer = setTimeout(refresh, REFRESH_MS);
  }

  function step(name, by) {
    const [from, to] = [Number(start.value), Number(end.value)];
    if (name === "start") place(Math.min(from + by, to - 100), to);
    else place(from, Math.max(to + by, from + 100));
  }

  function hear() {
    if (!player) return;
    player.playFrom(Number(start.value));
    stopAt = Number(end.value);
  }

  player?.on("time", (ms) => {
    if (ms < stopAt || !form.isConnected) return;
    stopAt = Infinity;
    if (player.isPlaying()) player.pause();
  });
  player?.on("jump", () => {
    stopAt = Infinity; // somebody went elsewhere: that is not ours to stop
  });

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.step) {
      const [name, by] = button.dataset.step.split(":");
      step(name, Number(by));
    }
    if (button.matches("[data-note-hear]")) hear();
    if (button.matches("[data-take-selection]")) take();
  });
  root.addEventListener("keydown", (event) => {
    const group = event.target.closest("[data-bound-group]");
    const by = { ArrowLeft: -500, ArrowDown: -500, ArrowRight: 500, ArrowUp: 500 }[event.key];
    if (!group || !by) return;
    event.preventDefault();
    event.stopPropagation(); // the arrows also move the player
    step(group.dataset.boundGroup, by);
  });

  function take() {
    const chosen = selection?.();
    if (!chosen) return;
    if (chosen.channel !== undefined && chosen.channel !== null) channel.value = chosen.channel;
    place(chosen.start, chosen.end);
  }

  const takeButton = root.querySelector("[data-take-selection]");
  function offer() {
    const chosen = selection?.();
    takeButton.hidden = !chosen || (chosen.start === Number(start.value) && chosen.end === Number(end.value));
    if (form.isConnected) return;
    for (const name of ["pointerup", "keyup"]) document.removeEventListener(name, offer);
  }
  for (const name of ["pointerup", "keyup"]) document.addEventListener(name, offer);
  offer();
  root.querySelector("[data-note-hear]").hidden = !player;
  root.dataset.live = "";
  show();
  return {
    hear,
    take,
    show,
    /** The words in the field are the server's again, not somebody's typing. */
    settle() {
      prefilled = quote.value;
    },
  };
}
