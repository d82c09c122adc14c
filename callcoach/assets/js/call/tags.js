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

  /**
   * @param {HTMLFormElement} form
   * @param {() => HTMLElement | null} next what has the focus afterwards, if the list still has it
   */
  function post(form, next) {
    const { action } = form; // the list may be drawn anew before its turn comes
    const body = new FormData(form);
    const input = form.matches("[data-tag-add]") ? form.elements.name : null;
    if (input) input.value = ""; // free for the next one while this one is on its way
    return inTurn(async () => {
      let response = null;
      try {
        response = await send(action, { method: "POST", body });
      } catch {
        // no connection
      }
      const answer = (await response?.json().catch(() => null)) ?? {};
      if (response?.ok) {
        const typed = field()?.value ?? "";
        const hadFocus = root.contains(document.activeElement);
        applyChange(answer);
        if (field()) field().value = typed;
        if (hadFocus) next()?.focus();
        return;
      }
      if (input && field() && !field().value) field().value = String(body.get("name"));
      toast({ message: answer.error ?? document.body.dataset.offline, category: "error" });
    });
  }

  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-tag-form]");
    if (!form) return;
    event.preventDefault();
    if (form.matches("[data-tag-add]")) {
      if (form.elements.name.value.trim()) post(form, field);
      return;
    }
    const place = [...root.querySelectorAll(".tag form")].indexOf(form);
    post(form, () => {
      const left = root.querySelectorAll(".tag button");
      return left[Math.min(place, left.length - 1)] ?? field();
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
      else post(form, field);
    } else if (event.key === "Escape" && input) {
      input.value = "";
      input.blur();
      event.stopPropagation();
    }
  });

  return () => field()?.focus();
}
