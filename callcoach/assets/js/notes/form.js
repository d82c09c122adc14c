// The form of a note, wherever it is opened: the desk and the listening feed.

import { send } from "../http.js";
import { toast } from "../toasts.js";
import { mountBounds } from "./bounds.js";
import { showConflict } from "./conflict.js";
import { keepDraft } from "./draft.js";
import { offerNames } from "./mentions.js";
import { mountLines } from "./lines.js";
import { mountParts } from "./parts.js";
import { mountTemplates } from "./templates.js";
import { mountNoteVoice } from "./voice.js";

const NEAR = 0.85; // share of a field's limit from which what is left is shown

/**
 * Fetches the form and puts it into `container`, with the focus where the agent's words go.
 *
 * Ctrl or ⌘ with Enter sends; Escape leaves and keeps the draft; Alt with Enter plays the moment.
 *
 * @param {HTMLElement} container emptied first; the form is removed from it when it closes
 * @param {string} url GET /calls/<id>/notes/new?… or /notes/<id>/edit
 * @param {object} [on]
 * @param {(answer: object) => void} [on.onSent] the server's answer; the form is closed already
 * @param {(answer: object) => void} [on.onSaved] after each saved draft, the form staying open
 * @param {(state: {kept: boolean}) => void} [on.onClose] left without sending; `kept` when there
 *   is a draft
 * @param {import("../call/player.js").Player} [on.player]
 * @param {() => ({start: number, end: number, channel?: number} | null)} [on.selection]
 * @returns {Promise<OpenForm | null>} null when there is no form to be had (a message says why)
 */
export async function openNoteForm(container, url, on = {}) {
  const form = await fetchForm(url, container);
  return form && mountNoteForm(form, on);
}

/**
 * @typedef {{form: HTMLFormElement, close: () => Promise<void>, focus: () => void,
 *   voice: {press: () => void, release: () => void} | null}} OpenForm
 */

/**
 * A form that is in the page already.
 *
 * @param {HTMLFormElement} form [data-note-form]
 * @param {object} [on] as for `openNoteForm`
 * @returns {OpenForm}
 */
export function mountNoteForm(form, on = {}) {
  const status = form.querySelector("[data-note-status]");
  const text = form.dataset;
  const error = form.querySelector("[data-note-error]");
  let leaving = false;
  let sending = false;
  let closed = false;

  function say(name, detail) {
    form.dataset.saving = name;
    const words = { saved: text.textSaved, waiting: text.textWaiting, refused: text.textRefused }[name];
    // "Saving" comes and goes with every pause in typing: seen, not read out.
    if (words !== undefined && status.textContent !== words) status.textContent = words;
    if (name === "refused" || name === "saved") {
      error.hidden = !(detail?.error && !detail.conflict);
      error.textContent = detail?.error ?? "";
      for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
      const bad = detail?.field && form.elements[detail.field];
      if (bad?.setAttribute) bad.setAttribute("aria-invalid", "true");
    }
  }

  const draft = keepDraft(form, {
    status: say,
    saved: (answer) => on.onSaved?.(answer),
    conflict(answer) {
      const again = sending || answer.note.sent ? submit : () => draft.save();
      showConflict(form, answer, { draft, again, settled });
    },
  });
  const bounds = mountBounds(form, {
    player: on.player,
    selection: on.selection,
    changed: () => draft.schedule(),
  });

  const showParts = mountParts(form, () => draft.schedule());

  const showLines = mountLines(form, () => draft.schedule());

  function settled() {
    bounds.show();
    showParts();
    showLines();
    dress();
    focus();
  }

  mountTemplates(form, settled);
  const voice = mountNoteVoice(form, { ensure: draft.ensure, filled: dress });
  const people = JSON.parse(text.mentions || "[]");
  for (const name of ["hears", "instead"]) {
    const named = () => people.filter((person) => !person.onlyKeep || aim() === "keep");
    offerNames(form.elements[name], named, text.textPeople);
  }

  function remove() {
    closed = true;
    draft.stop();
    voice?.stop();
    form.remove();
  }

  /** What is typed after it was sent would neither be sent nor kept. */
  function busy(is) {
    sending = is;
    if (is) form.setAttribute("aria-busy", "true");
    else form.removeAttribute("aria-busy");
    for (const area of form.querySelectorAll("textarea")) area.readOnly = is;
  }

  async function submit() {
    if (sending) return;
    busy(true);
    const answer = await draft.send();
    busy(false);
    if (closed) return;
    if (answer === null) {
      say("waiting");
      error.textContent = text.textNotSent;
      error.hidden = false;
    } else if (answer.refused) {
      if (!answer.conflict) (answer.field ? form.elements[answer.field] : main())?.focus?.();
    } else {
      remove();
      on.onSent?.(answer);
    }
  }

  async function close() {
    if (closed || sending) return;
    if (form.dataset.mode === "edit") {
      if (draft.isDirty() && !leaving) {
        leaving = true; // said once; the second time leaves
        error.textContent = text.textLeave;
        error.hidden = false;
        return;
      }
      remove();
      on.onClose?.({ kept: false });
      return;
    }
    if (draft.isDirty()) {
      // Null too when what was on its way already was all there was to save.
      const answer = await draft.save();
      // What could not be saved stays in front of whoever wrote it.
      if (answer?.refused || draft.isDirty()) return;
    }
    const kept = form.dataset.mode === "draft";
    remove();
    if (kept) toast({ message: text.textKept, category: "info" });
    on.onClose?.({ kept });
  }

  const aim = () => form.elements.aim.value;
  const main = () => form.elements[aim() === "keep" ? "hears" : "instead"];
  function focus() {
    const field = main();
    field.focus({ preventScroll: true });
    field.setSelectionRange(field.value.length, field.value.length);
    // A form higher than its place shows what is written and what sends it.
    for (const part of [form.querySelector(".note-send"), field]) part.scrollIntoView({ block: "nearest" });
  }

  /** What depends on the other fields: labels, height, what is left. */
  function dress() {
    for (const label of form.querySelectorAll("[data-label-keep]")) {
      label.textContent = aim() === "keep" ? label.dataset.labelKeep : label.dataset.labelChange;
    }
    for (const area of form.querySelectorAll("textarea")) {
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight + 2}px`;
      const left = form.querySelector(`[data-left="${area.name}"]`);
      const limit = Number(area.dataset.limit);
      left.hidden = area.value.length < limit * NEAR;
      left.textContent = left.hidden ? "" : text.textLeft.replace("{n}", limit - area.value.length);
      left.classList.toggle("is-over", area.value.length > limit);
    }
  }

  form.addEventListener("input", () => {
    leaving = false;
    dress();
  });
  form.addEventListener("change", dress);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-note-close]")) return;
    event.preventDefault();
    close();
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const enter = event.key === "Enter";
    if (enter && (event.ctrlKey || event.metaKey)) submit();
    else if (enter && event.altKey) bounds.hear();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  dress();
  focus();
  return { form, close, focus, voice };
}

/** The server escapes what people wrote; nothing else is put into the page as HTML. */
async function fetchForm(url, container) {
  const region = document.getElementById("toasts");
  let response;
  try {
    response = await send(url, { headers: { Accept: "text/html", "X-Fragment": "note" } });
  } catch {
    toast({ message: region?.dataset.offline ?? container.dataset.offline ?? "", category: "error" });
    return null;
  }
  if (!response.ok) {
    window.location.assign(url); // the page says what is wrong
    return null;
  }
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  const form = template.content.querySelector("[data-note-form]");
  if (!form) return null;
  container.replaceChildren(form);
  return form;
}
