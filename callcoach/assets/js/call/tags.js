// Tags of the call: put on with Enter, taken off with their cross, or with Backspace in the empty
// field. Without scripts each is a form of its own.

import { send } from "../http.js";
import { toast } from "../toasts.js";
import { inTurn } from "./queue.js";

/**
 * @param {object} page
 * @param {HTMLElement} page.desk
 * @param {(payload: object) => void} page.applyChange
 * @returns {() => void} go to the field that adds one
 */
export function mountTags({ desk, applyChange }) {
  const root = desk.querySelector("[data-tags]");
  const field = () => root?.querySelector("[data-tag-add] [name=name]") ?? null;
  if (!root) return () => {};

  /** @param {HTMLFormElement} form @param {() => void} then where the focus goes, once it is done */
  function post(form, then) {
    const { action } = form; // the list may be drawn anew before its turn comes
    const body = new FormData(form);
    return inTurn(async () => {
      let response = null;
      try {
        response = await send(action, { method: "POST", body });
      } catch {
        // no connection
      }
      const answer = (await response?.json().catch(() => null)) ?? {};
      if (response?.ok) {
        applyChange(answer);
        then();
      } else toast({ message: answer.error ?? document.body.dataset.offline, category: "error" });
    });
  }

  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-tag-form]");
    if (!form) return;
    event.preventDefault();
    if (form.matches("[data-tag-add]")) {
      const input = form.elements.name;
      const typed = input.value.trim();
      if (!typed) return;
      post(form, () => field()?.focus());
      return;
    }
    const place = [...root.querySelectorAll(".tag form")].indexOf(form);
    post(form, () => {
      const left = root.querySelectorAll(".tag button");
      (left[Math.min(place, left.length - 1)] ?? field())?.focus();
    });
  });
  root.addEventListener("keydown", (event) => {
    const input = event.target.closest("[data-tag-add] [name=name]");
    if (event.key === "Backspace" && (!input || !input.value) && !event.repeat) {
      const forms = [...root.querySelectorAll(".tag form")];
      const form = input ? forms.at(-1) : event.target.closest(".tag")?.querySelector("form");
      if (!form) return;
      event.preventDefault();
      if (!input) form.requestSubmit();
      else post(form, () => field()?.focus());
    } else if (event.key === "Escape" && input) {
      input.value = "";
      input.blur();
      event.stopPropagation();
    }
  });

  return () => field()?.focus();
}
