// Expressions in the words of a call: their words are underlined (CSS highlights, no element for
// each), and those of the label in hand are shown. Escape closes a card.

import { rangeOver } from "./transcript.js";

/** @param {HTMLElement} root [data-transcript] */
export function markExpressions(root) {
  if (!globalThis.Highlight || !CSS.highlights) return;
  const all = new Highlight();
  const chosen = new Highlight();
  chosen.priority = 1;
  CSS.highlights.set("expression", all);
  CSS.highlights.set("expression-chosen", chosen);

  function rangeOf(mark) {
    const said = mark.closest("[data-turn]")?.querySelector("[data-said]");
    return said ? rangeOver(said, Number(mark.dataset.first), Number(mark.dataset.last)) : null;
  }

  function draw() {
    all.clear();
    for (const mark of root.querySelectorAll("[data-expr-mark]")) {
      const range = rangeOf(mark);
      if (range) all.add(range);
    }
  }

  function choose(event) {
    const mark = event.target.closest?.("[data-expr-mark]");
    chosen.clear();
    const range = mark && rangeOf(mark);
    if (range) chosen.add(range);
    for (const label of root.querySelectorAll(".expr-label[aria-expanded=true]")) label.setAttribute("aria-expanded", "false");
    mark?.querySelector(".expr-label").setAttribute("aria-expanded", "true");
    if (!mark || event.type !== "focusin") return;
    mark.classList.remove("is-closed");
    mark.querySelector(".expr-card").scrollIntoView({ block: "nearest" });
  }

  root.addEventListener("pointerover", choose);
  root.addEventListener("focusin", choose);
  root.addEventListener("pointerout", (event) => event.target.closest?.("[data-expr-mark]")?.classList.remove("is-closed"));
  root.addEventListener("keydown", (event) => {
    const mark = event.target.closest?.("[data-expr-mark]");
    if (!mark || event.key !== "Escape") return;
    mark.classList.add("is-closed");
    mark.querySelector(".expr-label").setAttribute("aria-expanded", "false");
    event.stopPropagation();
  });
  root.addEventListener("click", (event) => event.target.closest(".expr-label")?.parentElement.classList.remove("is-closed"));
  draw();
  new MutationObserver(draw).observe(root, { childList: true, subtree: true }); // a correction replaces a turn
}
