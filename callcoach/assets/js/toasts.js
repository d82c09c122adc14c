// Short messages in the corner, with undo where there is one.
// In the page: [data-toast]; from the server to htmx: HX-Trigger {"toast": {message, category,
// undo, undoLabel}}; from scripts: toast({...}).

import { csrfToken } from "./http.js";

const LINGER_MS = 8000; // long enough to read two lines and reach for "undo"

/** @param {HTMLElement} element a toast that is in the page */
function attach(element) {
  const close = () => element.remove();
  element.querySelector("[data-toast-close]")?.addEventListener("click", close);
  if (element.dataset.toast === "error") return; // stays until read
  let timer = setTimeout(close, LINGER_MS);
  for (const stop of ["pointerenter", "focusin"]) {
    element.addEventListener(stop, () => clearTimeout(timer));
  }
  for (const go of ["pointerleave", "focusout"]) {
    element.addEventListener(go, () => {
      clearTimeout(timer);
      timer = setTimeout(close, LINGER_MS);
    });
  }
}

/**
 * Shows a message.
 *
 * @param {object} options
 * @param {string} options.message
 * @param {string} [options.category]
 * @param {string} [options.undo] address that takes a POST and puts things back
 * @param {string} [options.undoLabel]
 * @param {string[]} [options.link] where what was done can be seen: address and words
 */
export function toast({ message, category = "success", undo, undoLabel, link }) {
  const region = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  if (!region || !template || !message) return;
  const element = template.content.firstElementChild.cloneNode(true);
  element.dataset.toast = category;
  element.classList.add(`toast-${category}`);
  element.querySelector("[data-toast-text]").textContent = message;
  const form = element.querySelector("form");
  if (undo) {
    form.action = undo;
    form.elements.csrf_token.value = csrfToken();
    if (undoLabel) form.querySelector("button").textContent = undoLabel;
    form.hidden = false;
  }
  if (link) {
    const way = element.querySelector("[data-toast-link]");
    [way.href, way.textContent] = link;
    way.hidden = false;
  }
  // The newest says what counts; only what can still be undone or must be read stays beside it
  for (const old of region.querySelectorAll("[data-toast]:not([data-toast=error])")) {
    if (old.querySelector("form")?.hidden) old.remove();
  }
  region.append(element);
  attach(element);
}

document.querySelectorAll("#toasts [data-toast]").forEach(attach);
document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "toasts") {
    const last = event.target.lastElementChild;
    if (last) attach(last);
  }
});
