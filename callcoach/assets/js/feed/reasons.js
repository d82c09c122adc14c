// Why the moment before was rejected: asked beside the next one for a while, never in its way. The
// run goes on meanwhile; 1 to 4 answer.

const OFFERED_MS = 15_000;

/**
 * @param {HTMLElement} root [data-reasons]
 * @param {(item: object, reason: string, label: string) => void} onReason
 */
export function createReasons(root, onReason) {
  const buttons = [...root.querySelectorAll("[data-reason]")];
  let item = null;
  let timer = 0;

  function leave() {
    clearTimeout(timer);
    item = null;
    root.hidden = true;
  }

  function choose(button) {
    if (!item || !button) return;
    const about = item;
    leave();
    onReason(about, button.dataset.reason, button.lastChild.textContent.trim());
  }

  root.addEventListener("click", (event) => choose(event.target.closest("[data-reason]")));
  return {
    /** @param {object | null} rejected the moment to ask about; null asks nothing */
    ask(rejected) {
      leave();
      if (!rejected) return;
      item = rejected;
      root.hidden = false;
      timer = setTimeout(leave, OFFERED_MS);
    },
    /** @param {number} place from 1 */
    choose: (place) => choose(buttons[place - 1]),
  };
}
