// Keys of the call page. Never while typing, never with a modifier, never over a button's own key.
// [data-press="n"] is a button that does what the key does.

const TYPING = "input, textarea, select, [contenteditable], dialog";
/** Just closed: the focus is in it until the next frame. */
const GONE = "dialog:not([open])";

/**
 * @param {Record<string, (event: KeyboardEvent) => void>} actions by `event.key`; a small letter
 *   also stands for its capital, unless the capital has an action of its own
 */
export function mountKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.(TYPING) && !event.target.closest(GONE)) return;
    if (event.key === " " && event.target.closest?.("button, a, summary, [role=button]")) return;
    const action = actions[event.key] ?? actions[event.key.length === 1 ? event.key.toLowerCase() : ""];
    if (!action) return;
    event.preventDefault();
    action(event);
  });
  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-press]")?.dataset.press;
    if (key) actions[key]?.(event);
  });
}
