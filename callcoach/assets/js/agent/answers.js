// "Understood" and answers under a note, without loading the page again: on a slow line that is
// seconds. The forms work by themselves; a refusal or a broken line is said in a toast, and what
// was typed stays.

import { send } from "../http.js";
import { toast } from "../toasts.js";

/**
 * Sends a form and gives the answer; null when it was refused or the server was not reached.
 *
 * @param {HTMLFormElement} form
 * @returns {Promise<Record<string, any> | null>}
 */
export async function post(form, submitter = null) {
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  try {
    const response = await send(form.action, {
      method: "POST",
      body: new FormData(form, submitter),
    });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    toast({ message: [answer.error, answer.advice].filter(Boolean).join(" "), category: "error" });
  } catch {
    toast({ message: document.body.dataset.offline, category: "error" });
  } finally {
    for (const button of buttons) button.removeAttribute("aria-disabled");
  }
  return null;
}

/** @param {HTMLElement} note @param {boolean} understood */
function showUnderstood(note, understood) {
  const yes = note.querySelector("[data-acknowledge]");
  const back = note.querySelector("[data-unacknowledge]");
  yes.hidden = understood;
  back.hidden = !understood;
  (understood ? back : yes).querySelector("button").focus();
}

/** The form on the page that does what the undo of a message would do, if there is one. */
function undoOf(form) {
  if (!form.closest("#toasts")) return null;
  const forms = [...document.querySelectorAll("[data-unacknowledge]")];
  return forms.find((own) => own.action === form.action) ?? null;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const undone = undoOf(form);
  if (undone) {
    event.preventDefault();
    form.closest("[data-toast]").remove();
    undone.requestSubmit();
    return;
  }
  const note = form.closest("[data-note]");
  if (!note || !form.matches("[data-acknowledge], [data-unacknowledge], [data-reply]")) return;
  event.preventDefault();
  if (form.querySelector("[aria-disabled]")) return; // on its way
  const answer = await post(form);
  if (!answer) return;
  if (form.matches("[data-reply]")) {
    note.querySelector("[data-thread]").innerHTML = answer.html; // escaped by our own template
    form.reset();
    const details = form.closest("details");
    details.open = false;
    details.querySelector("summary").focus();
    toast({ message: answer.message });
    return;
  }
  showUnderstood(note, answer.acknowledged);
  toast({ message: answer.message, undo: answer.undo, undoLabel: answer.undo_label });
});
