// Saving a note while it is written: debounced, one request at a time, trying again when the server
// cannot be reached. What is in the fields is never replaced by an answer.

import { send as request } from "../http.js";
import { readValues, sameValues } from "./values.js";

const PAUSE_MS = 800; // of typing, before a draft is saved
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 30_000;
const JSON_ONLY = { Accept: "application/json" };

/** Worth trying again later: not the text's fault. */
const isPassing = (status) => status >= 500 || status === 429 || status === 408;

/**
 * @param {HTMLFormElement} form [data-note-form]
 * @param {object} on
 * @param {(name: "saving" | "saved" | "waiting" | "refused", detail?: object) => void} on.status
 * @param {(answer: object) => void} on.saved
 * @param {(answer: object) => void} on.conflict somebody saved in between
 */
export function keepDraft(form, on) {
  let base = readValues(form); // what the server holds, or what the page prefilled
  let lost = []; // what was sent without an answer: the server may hold it
  let flight = null;
  let timer = 0;
  let wait = 0;
  let closed = false;
  let known = null; // addresses of the note, once the server has said them
  const savesItself = () => form.dataset.mode !== "edit";
  const isDirty = () => !sameValues(readValues(form), base);
  const saveUrl = () => form.action;
  const sendUrl = () => (form.dataset.mode === "edit" ? form.action : form.dataset.send);

  /**
   * @param {() => string} url asked again for each try: a new note gets its own after the first
   * @returns {Promise<object | null>} the answer, with `refused` when it was not taken; null when
   *   the server could not be reached
   */
  async function post(url, { keepalive = false } = {}) {
    const values = readValues(form);
    on.status("saving");
    let response = null;
    try {
      response = await request(url(), { method: "POST", body: new FormData(form), headers: JSON_ONLY, keepalive });
    } catch {
      // no connection
    }
    if (!response || isPassing(response.status)) {
      lost.push(values);
      return null;
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) {
      lost = [];
      adopt(values, answer.note);
      return answer;
    }
    if (answer.conflict && lost.some((values) => sameValues(values, answer.theirs))) {
      adopt(answer.theirs, answer.note); // the answer to an earlier try was lost on its way
      lost = [];
      return post(url, { keepalive });
    }
    on.status("refused", answer);
    if (answer.conflict) on.conflict(answer);
    return { ...answer, refused: true };
  }

  /** From here on the server holds `values`. */
  function adopt(values, note) {
    base = values;
    if (!note) return;
    known = note;
    form.elements.based_on.value = note.version;
    form.action = note.action;
    form.dataset.send = note.send;
    form.dataset.mode = note.sent ? "edit" : "draft"; // another window may have sent it
  }

  function later(keepalive = false) {
    clearTimeout(timer);
    if (closed) return;
    wait = Math.min(LAST_RETRY_MS, wait ? wait * 2 : FIRST_RETRY_MS);
    timer = setTimeout(() => save({ keepalive }), wait);
    on.status("waiting");
  }

  /** Saves what is new, now; resolves when the server has it, has refused it, or is not there. */
  async function save({ keepalive = false } = {}) {
    clearTimeout(timer);
    while (flight) await flight;
    // A note that was sent while this waited is never changed without its writer's saying so.
    if (closed || !savesItself() || !isDirty()) return null;
    flight = post(saveUrl, { keepalive });
    const answer = await flight;
    flight = null;
    if (answer === null) {
      later(keepalive);
      return null;
    }
    wait = 0;
    if (answer.refused) return answer;
    on.status("saved");
    on.saved(answer);
    if (isDirty()) schedule();
    return answer;
  }

  function schedule() {
    if (!savesItself() || closed) return;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  }

  const retryNow = () => {
    if (wait && savesItself()) save();
  };
  const guard = (event) => {
    if (isDirty()) event.preventDefault();
  };
  const flush = () => {
    if (document.visibilityState === "hidden" && savesItself() && isDirty()) save({ keepalive: true });
  };
  form.addEventListener("input", schedule);
  form.addEventListener("change", schedule);
  window.addEventListener("online", retryNow);
  window.addEventListener("beforeunload", guard);
  document.addEventListener("visibilitychange", flush);

  return {
    isDirty,
    save,
    schedule,
    /** What it takes to hang something on the note: it is kept, even when it says nothing yet. */
    async ensure() {
      clearTimeout(timer);
      while (flight) await flight;
      if (known) return known;
      flight = post(saveUrl);
      const answer = await flight;
      flight = null;
      if (answer && !answer.refused) {
        on.status("saved");
        on.saved(answer);
      } else if (answer === null) on.status("waiting");
      return known;
    },
    base: () => base,
    /** After a conflict: what the server holds now. */
    adopt(values, note) {
      adopt(values, note);
      lost = [];
    },
    /** A new note is saved as a draft first, so that sending again after a lost answer sends once. */
    async send() {
      clearTimeout(timer);
      while (flight) await flight;
      flight = (async () => {
        if (form.dataset.mode === "new") {
          const made = await post(saveUrl);
          if (made === null || made.refused) return made;
        }
        return post(sendUrl);
      })();
      const answer = await flight;
      flight = null;
      return answer;
    },
    stop() {
      closed = true;
      clearTimeout(timer);
      window.removeEventListener("online", retryNow);
      window.removeEventListener("beforeunload", guard);
      document.removeEventListener("visibilitychange", flush);
    },
  };
}
