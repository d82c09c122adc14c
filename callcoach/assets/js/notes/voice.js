// Saying it instead of writing it: the recorder in a note's form. Held, it records for as long; a
// short press begins, another one ends. `v` does what its button does, outside the fields.

import "../../css/voice/note.scss";
import { send } from "../http.js";
import { mountVoice } from "../voice/panel.js";

const HOLD_MS = 400; // longer is holding
const ASK_MS = 1500;
const LAST_ASK_MS = 10_000;
const TYPING = "textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable], dialog";

/**
 * @param {HTMLFormElement} form
 * @param {object} parts
 * @param {() => Promise<object | null>} parts.ensure keeps the note, which then has an address
 * @param {() => void} parts.filled the words were written into the form
 * @returns {{press: () => void, release: () => void, stop: () => void} | null}
 */
export function mountNoteVoice(form, { ensure, filled }) {
  const place = form.querySelector("[data-note-voice]");
  const root = place?.querySelector("[data-voice]");
  if (!root) return null;
  place.hidden = false;
  const words = place.querySelector("[data-voice-words]");
  const label = place.querySelector("[data-voice-words-label]");
  const text = place.querySelector("[data-voice-text]");
  const use = place.querySelector("[data-voice-use]");
  const removed = place.querySelector("[data-voice-removed]");
  const idle = place.querySelector("[data-voice-idle]");
  const instead = form.elements.instead;
  let pressedAt = 0;
  let byKeyboard = false; // then the focus goes on to what ends it
  let timer = 0;

  const panel = mountVoice(root, {
    kept: (facts) => {
      showWords(facts);
      follow(ASK_MS);
    },
    discarded: () => {
      removed.hidden = false;
      showWords({ state: "none" });
      removed.querySelector("button").focus();
    },
    state: (state) => {
      idle.hidden = state !== "idle";
      if (state !== "recording") return;
      removed.hidden = true;
      if (byKeyboard) root.querySelector("[data-voice-act=stop]").focus();
      byKeyboard = false;
    },
  });

  function showWords({ state, text: said = "" }) {
    place.dataset.noteVoiceState = state;
    words.hidden = state === "none";
    label.textContent = state === "ready" && !said ? label.dataset.none : (label.dataset[state] ?? "");
    text.textContent = said;
    use.hidden = !said || instead.value.trim() === said;
  }

  /** Asks for the words until they are there; an empty field takes them. */
  function follow(wait) {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (!form.isConnected || panel.state !== "done") return;
      const response = await send(place.dataset.status).catch(() => null);
      const facts = response?.ok ? await response.json() : { state: "waiting" };
      if (!form.isConnected || panel.state !== "done") return;
      showWords(facts);
      if (facts.state === "waiting") follow(Math.min(wait * 1.4, LAST_ASK_MS));
      else if (facts.text && !instead.value.trim()) takeWords();
    }, wait);
  }

  function takeWords() {
    const said = text.textContent;
    if (instead.value.trim() && instead.value.trim() !== said) instead.value = `${instead.value.trimEnd()}\n${said}`;
    else instead.value = said;
    use.hidden = true;
    instead.dispatchEvent(new Event("input", { bubbles: true }));
    filled();
  }

  /** A recording needs a note that it belongs to. */
  async function record() {
    if (!panel.place) {
      const note = await ensure();
      if (!note) return;
      panel.place = note.voice;
      place.dataset.status = note.voice.replace("/takes/", "/status");
    }
    await panel.record();
  }

  function press() {
    if (panel.state === "recording") {
      pressedAt = 0;
      panel.stop();
      return;
    }
    pressedAt = performance.now();
    record();
  }

  function release() {
    const held = pressedAt && performance.now() - pressedAt >= HOLD_MS;
    pressedAt = 0;
    if (held && panel.state === "recording") panel.stop();
  }

  root.addEventListener("pointerdown", (event) => {
    if (event.button || !event.target.closest("[data-voice-act=record]")) return;
    if (panel.state === "recording") return;
    press();
    window.addEventListener("pointerup", release, { once: true });
    window.addEventListener("pointercancel", release, { once: true });
  });
  // The pointer has begun already; from the keyboard a press is all there is
  root.addEventListener(
    "click",
    (event) => {
      if (!event.target.closest("[data-voice-act=record]")) return;
      event.stopPropagation();
      byKeyboard = event.detail === 0;
      if (byKeyboard) record();
    },
    true,
  );
  use.addEventListener("click", takeWords);
  removed.querySelector("button").addEventListener("click", async () => {
    const response = await send(place.dataset.status.replace(/status$/, "restore"), { method: "POST" }).catch(() => null);
    if (!response?.ok) return;
    const facts = await response.json();
    removed.hidden = true;
    panel.load(facts.sound);
    for (const length of root.querySelectorAll("[data-voice-length]")) length.textContent = facts.length;
    panel.show("done");
    showWords(facts);
    follow(ASK_MS);
    root.querySelector("[data-voice-act=play]").focus();
  });

  function onKey(event) {
    if (!form.isConnected) {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("keyup", onKey);
      return;
    }
    if (event.key !== "v" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.type === "keyup") {
      release();
      return;
    }
    if (event.repeat || event.target.closest?.(TYPING)) return;
    event.preventDefault();
    press();
  }
  for (const kind of ["keydown", "keyup"]) document.addEventListener(kind, onKey);

  const state = place.dataset.noteVoiceState;
  if (state !== "none") {
    showWords({ state, text: text.textContent });
    idle.hidden = true;
    if (state === "waiting") follow(ASK_MS);
  }
  return {
    press,
    release,
    /** The form closes: nothing goes on listening. */
    stop() {
      clearTimeout(timer);
      panel.stop();
      panel.release();
    },
  };
}
