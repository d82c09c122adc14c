// Why a moment was rejected: asked right after, never in the way. 1 to 4 answer, any other key goes on
// with what it does. Without script the same buttons are a form, folded in the card.

import { announce } from "./announce.js";
import { inTurn } from "./queue.js";

const NO_ANSWER = new Set(["Shift", "Control", "Alt", "Meta", "Tab"]); // keys that say nothing yet

/**
 * @param {object} page
 * @param {HTMLElement} page.root [data-cards]
 * @param {object} page.data the page's data; `reasons` as [value, label], in the order of their keys
 * @param {object} page.cards
 * @param {(form: HTMLFormElement, values: object) => Promise<object | null>} page.post
 * @param {(answer: object) => void} page.apply
 */
export function mountReasons({ root, data, cards, post, apply }) {
  const values = data.reasons.map(([value]) => value);
  const labels = new Map(data.reasons);
  let asking = ""; // key of the moment that is asked about
  const given = new Map(); // what the page shows before the server has answered, by moment

  const part = (key) => cards.element(key)?.querySelector("[data-reasons]");

  function ask(key) {
    if (asking && asking !== key) stop();
    const details = part(key);
    if (!details) return;
    asking = key;
    details.open = true;
    details.classList.add("is-asking");
  }

  function stop() {
    const details = part(asking);
    asking = "";
    if (!details) return;
    details.open = false;
    details.classList.remove("is-asking");
  }

  function paint(key, reason) {
    const details = part(key);
    if (!details) return;
    details.querySelector("[data-reason-said]").textContent = labels.get(reason) ?? data.words.why;
    for (const button of details.querySelectorAll("[data-choice]")) {
      const isChosen = button.dataset.choice === reason;
      button.setAttribute("aria-pressed", String(isChosen));
      button.value = isChosen ? "" : button.dataset.choice;
    }
  }

  function give(key, reason) {
    const card = cards.element(key);
    if (card?.contains(document.activeElement)) card.focus({ preventScroll: true });
    const token = { reason };
    given.set(key, token);
    paint(key, reason);
    if (asking === key) stop();
    else if (part(key)) part(key).open = false;
    announce(labels.get(reason) ?? data.words.why);
    inTurn(async () => {
      // The form as it is now: it knows the verdict that was answered before.
      const form = cards.element(key)?.querySelector("[data-reason]");
      const answer = form?.getAttribute("action") ? await post(form, { reason }) : null;
      if (given.get(key) === token) given.delete(key);
      if (answer) apply(answer);
      else if (!given.has(key)) paint(key, "");
    });
  }

  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-reason]");
    if (!form) return;
    event.preventDefault();
    give(form.closest("[data-card]").dataset.card, event.submitter.value);
  });

  document.addEventListener(
    "keydown",
    (event) => {
      if (!asking || NO_ANSWER.has(event.key) || values[Number(event.key) - 1]) return;
      if (part(asking)?.contains(event.target)) return; // reached with Tab
      stop();
    },
    true, // before the key does what it does
  );

  return {
    /** @param {string} key of the moment to ask about; "" for none */
    ask: (key) => (key ? ask(key) : stop()),
    /** @param {number} place from 1 */
    choose(place) {
      if (asking) give(asking, values[place - 1]);
    },
    /** After cards were drawn again. */
    repaint() {
      for (const [key, { reason }] of given) paint(key, reason);
      if (asking) ask(asking);
    },
  };
}
