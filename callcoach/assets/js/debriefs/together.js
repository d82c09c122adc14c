// The host's part of a one-to-one: [data-together]. A drill is given, and an objective proposed,
// without leaving the page; what becomes of them on the other screen is asked after.

import { send } from "../http.js";
import { toast } from "../toasts.js";

const EVERY_MS = 3000;
const STATE = "[data-together-state]";

/** @param {HTMLElement} root */
export function mountTogether(root) {
  let shown = "";

  async function draw(isAnew = false) {
    const response = await send(root.dataset.together, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const drawn = new DOMParser().parseFromString(await response.text(), "text/html");
    const state = drawn.querySelector(STATE);
    const print = state.innerHTML.replace(/name="csrf_token" value="[^"]*"/gu, "");
    const has = root.querySelector(STATE);
    // What somebody is writing stays; an unchanged part keeps its focus
    if (!has || isAnew) root.replaceChildren(...drawn.body.children);
    else if (print !== shown) has.replaceWith(state);
    shown = print;
  }

  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-together-send]");
    if (!form) return;
    event.preventDefault();
    const button = event.submitter;
    if (button) button.disabled = true;
    try {
      const response = await send(form.action, {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new FormData(form),
      });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error ?? "");
      toast({ message: answer.message, undo: answer.undo });
      await draw(Boolean(form.closest("details"))); // a form that was sent is empty again
    } catch (error) {
      const message = error instanceof TypeError ? document.body.dataset.offline : error.message;
      toast({ message, category: "error" });
    }
    if (button) button.disabled = false;
  });

  const again = async () => {
    if (!document.hidden) await draw().catch(() => {});
    setTimeout(again, EVERY_MS);
  };
  again();
}
