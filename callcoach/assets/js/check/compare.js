// A marked call beside its flags: one of the moments is the current one, which the keys act on.

import { soundOf } from "./card.js";
import { mountStep } from "./step.js";

/** @param {HTMLElement} root [data-check-compare] */
export function mountCompare(root) {
  const items = JSON.parse(document.getElementById("check-data").textContent);
  const rows = [...root.querySelectorAll("[data-row]")];
  const sound = soundOf(root, () => {});
  let current = null;
  let heard = null; // the row whose stretch is loaded

  function choose(row) {
    current?.classList.remove("is-on");
    current?.removeAttribute("aria-current");
    current = row;
    if (!row) return;
    row.classList.add("is-on");
    row.setAttribute("aria-current", "true");
  }

  function hear(row) {
    choose(row);
    if (heard === row) return sound.replay();
    heard = row;
    sound.hear(items.find((item) => item.claim === row.dataset.row));
  }

  const step = (by) => () => {
    // The one that the page begins with is heard first
    const next = heard || !current ? rows[rows.indexOf(current) + by] : current;
    if (!next) return;
    next.focus();
    hear(next);
  };

  /** A cause that is still to be named is asked for first. */
  const press = (key) => () => {
    const button = current?.querySelector(`[data-row-key="${key}"]`);
    const why = button?.form.querySelector("select[required]");
    if (why && !why.value) why.focus();
    else button?.click();
  };

  root.addEventListener("click", (event) => {
    const row = event.target.closest("[data-row]");
    if (event.target.closest("[data-hear-row]")) hear(row);
  });
  root.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row) choose(row);
  });
  mountStep(root, {
    n: step(1),
    p: step(-1),
    r: () => current && hear(current),
    " ": () => (heard ? sound.toggle() : current && hear(current)),
    c: press("c"),
    x: press("x"),
    k: press("k"),
  });
  // After a decision the page is here again: on with the next moment that waits for a word
  const decided = new URLSearchParams(window.location.search).get("after");
  const after = rows.findIndex((row) => row.dataset.row === decided);
  const waiting = rows.find((row, i) => i > after && row.querySelector("[data-row-key]"));
  if (after >= 0 && waiting) waiting.focus();
  else choose(rows.find((row) => row.querySelector("[data-row-key]")) ?? null);
}
