// "Add to the next debrief": the page stays as it is, where the sound is too; the answer is a short
// message with undo and the way to the agenda. Without this script the form loads the page anew.

import { send } from "../http.js";
import { toast } from "../toasts.js";

const ADD = "/debriefs/add/";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!new URL(form.action, window.location.href).pathname.startsWith(ADD)) return;
  event.preventDefault();
  if (form.dataset.adding) return;
  form.dataset.adding = "1";
  try {
    const response = await send(form.action, { method: "POST", body: new FormData(form) });
    const answer = await response.json().catch(() => ({}));
    toast(answer.toast ?? { message: answer.error ?? document.body.dataset.offline, category: "error" });
    if (answer.toast) form.dispatchEvent(new CustomEvent("added", { bubbles: true }));
  } catch {
    toast({ message: document.body.dataset.offline, category: "error" });
  } finally {
    delete form.dataset.adding;
    delete form.dataset.sent; // it may be wanted again after an undo
  }
});
