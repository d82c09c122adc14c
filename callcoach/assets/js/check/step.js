// Keys that every page of the daily check has. [data-key="t"] does what the key does; [data-go] is
// what Enter does, except on what has an Enter of its own.

import { mountKeys } from "../call/keys.js";

const OWN_ENTER = "a, button, summary, input, select, textarea, dialog";

/** Presses the first of the elements that is on the page. */
const press = (selector) => () =>
  [...document.querySelectorAll(selector)].find((each) => each.checkVisibility())?.click();

/** "Not this one", with its reasons by number while it is open. */
function leaving() {
  const menu = document.querySelector("[data-leave]");
  const reason = (number) => () => {
    if (menu?.open) menu.querySelectorAll("button[name=reason]")[number - 1]?.click();
  };
  return {
    u() {
      if (!menu) return;
      menu.open = !menu.open;
      if (menu.open) menu.querySelector("button[name=reason]").focus();
    },
    1: reason(1),
    2: reason(2),
  };
}

/**
 * @param {HTMLElement} root
 * @param {Record<string, (event: KeyboardEvent) => void>} [more] keys of this page
 */
export function mountStep(root, more = {}) {
  const named = {};
  for (const { dataset } of document.querySelectorAll("[data-key]")) {
    named[dataset.key] = press(`[data-key="${dataset.key}"]`);
  }
  mountKeys({ ...leaving(), ...named, ...more });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.defaultPrevented || event.target.closest?.(OWN_ENTER)) return;
    press("[data-go]")();
  });
  root.dataset.mounted = "";
}
