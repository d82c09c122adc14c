// "Missed here": [data-missed], a small form for a moment that no flag shows, over the chosen stretch
// or where the sound is. The server answers with the moment; the page is loaded anew on it.

import { send } from "../http.js";
import { toast } from "../toasts.js";
import { clock } from "./timeline.js";

const SHOWN = 90; // characters of what is being marked

/**
 * @param {object} page
 * @param {HTMLElement} page.desk
 * @param {object} page.data the page's data
 * @param {import("./player.js").Player} page.player
 * @param {{get: () => object | null, clear: () => boolean}} page.selection
 * @param {(payload: object) => void} page.applyChange
 * @returns {{open: () => void} | null} null for those who may not
 */
export function mountMissed({ desk, data, player, selection, applyChange }) {
  const details = desk.querySelector("[data-missed]");
  if (!details) return null;
  const form = details.querySelector("form");
  const fields = form.elements;
  const words = details.querySelector("[data-missed-words]");
  const cancel = details.querySelector("[data-missed-close]");
  cancel.hidden = false;
  let back = null; // what had the focus

  function say(chosen, at) {
    // As the server does: what the agent said last
    const agent = data.turns.filter((turn) => turn.speaker === "agent");
    const begun = (agent.length ? agent : data.turns).filter((turn) => turn.start <= at);
    const index = chosen ? chosen.turn : begun.at(-1)?.index;
    const said = desk.querySelector(`[data-turn="${index}"]`);
    const copy = said?.querySelector("[data-said]")?.cloneNode(true);
    for (const hint of copy?.querySelectorAll(".visually-hidden") ?? []) hint.remove();
    const text = copy?.textContent.trim() ?? "";
    words.hidden = !text;
    const name = said?.querySelector(".turn-name")?.textContent ?? "";
    words.textContent = `${name} : « ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text} »`;
  }

  /** @param {{start: number, end: number, channel: number | null} | null} chosen @param {number} at */
  function fill(chosen, at) {
    for (const name of ["start_ms", "end_ms", "channel"]) fields[name].value = "";
    if (chosen) {
      fields.start_ms.value = Math.round(chosen.start);
      fields.end_ms.value = Math.round(chosen.end);
      fields.channel.value = chosen.channel ?? "";
    }
    fields.at.value = clock(chosen ? chosen.start : at);
    if (!chosen) fields.at.dataset.exact = `${Math.floor(at / 60000)}:${((at / 1000) % 60).toFixed(1).padStart(4, "0")}`;
    say(chosen, at);
  }

  function open(at) {
    player.pause();
    back = details.contains(document.activeElement) ? back : document.activeElement;
    delete fields.at.dataset.exact;
    fill(at === undefined ? selection.get() : null, at ?? player.time());
    details.open = true;
    requestAnimationFrame(() => {
      details.scrollIntoView({ block: "nearest" });
      fields.cause.focus({ preventScroll: true });
    });
  }

  function close() {
    details.open = false;
    // A field that is no longer seen would keep the keys to itself for a moment
    if (details.contains(document.activeElement)) document.activeElement.blur();
    if (back?.isConnected) back.focus({ preventScroll: true });
  }

  fields.at.addEventListener("input", () => {
    for (const name of ["start_ms", "end_ms", "channel"]) fields[name].value = "";
    delete fields.at.dataset.exact;
    words.hidden = true;
  });
  details.querySelector("summary").addEventListener("click", (event) => {
    event.preventDefault();
    if (details.open) close();
    else open();
  });
  cancel.addEventListener("click", close);
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target === fields.cause) form.requestSubmit();
    else return;
    event.preventDefault();
  });
  fields.cause.addEventListener("dblclick", () => form.requestSubmit());
  desk.addEventListener("click", (event) => {
    const here = event.target.closest("[data-missed-at]");
    if (here) open(Number(here.dataset.missedAt));
    const play = event.target.closest("[data-play-break]");
    if (play) player.playFrom(Number(play.dataset.playBreak));
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.busy) return;
    form.dataset.busy = "1";
    const body = new FormData(form);
    if (fields.at.dataset.exact) body.set("at", fields.at.dataset.exact);
    try {
      const response = await send(form.action, { method: "POST", body });
      const answer = await response.json().catch(() => ({}));
      if (response.ok) {
        close();
        selection.clear();
        applyChange(answer);
      } else toast({ message: answer.error ?? document.body.dataset.offline, category: "error" });
    } catch {
      toast({ message: document.body.dataset.offline, category: "error" });
    } finally {
      delete form.dataset.busy;
    }
  });
  return { open: () => open() };
}
