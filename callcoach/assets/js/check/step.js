// Keys that every page of the daily check has. [data-key="t"] does what the key does; [data-go] is
// what Enter does where nothing has the focus.

import { mountKeys } from "../call/keys.js";

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
    if (event.key !== "Enter" || event.defaultPrevented || event.target !== document.body) return;
    press("[data-go]")();
  });
  root.dataset.mounted = "";
}
