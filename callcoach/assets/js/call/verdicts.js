// Confirm and reject. The card answers at once; when the server refuses it goes back to what it
// was, and says why. Without script its buttons are a form.

import { send } from "../http.js";
import { toast } from "../toasts.js";
import { announce } from "./announce.js";
import { inTurn } from "./queue.js";
import { mountReasons } from "./reasons.js";

const MARKS = { confirmed: "✓", rejected: "✕" };

/**
 * @param {object} page
 * @param {HTMLElement} page.root [data-cards]
 * @param {object} page.data the page's data
 * @param {object} page.cards
 * @param {object} page.overlay
 * @param {object} page.undo
 * @param {(payload: object, options?: object) => void} page.applyChange
 */
export function mountVerdicts({ root, data, cards, overlay, undo, applyChange }) {
  const { words } = data;
  /** What the page shows before the server has answered, by moment. */
  const expected = new Map();
  /** What was rejected is no longer marked in the words. */
  function strike({ key, number, decision }) {
    const marks = document.querySelectorAll(`.pin[data-hear="${key}"], mark[data-moment="${number}"]`);
    for (const mark of marks) mark.classList.toggle("is-rejected", decision === "rejected");
  }
  data.moments.forEach(strike);

  const momentOf = (key) => [...data.moments, ...data.heldBack].find((moment) => moment.key === key);

  /** `text` is what the server wrote of a verdict it knows; without it the server has yet to answer. */
  function paint(key, decision, text) {
    const card = cards.element(key);
    const moment = momentOf(key);
    if (!card || !moment) return;
    moment.decision = decision;
    card.classList.toggle("is-confirmed", decision === "confirmed");
    card.classList.toggle("is-rejected", decision === "rejected");
    for (const button of card.querySelectorAll("[data-judge]")) button.hidden = button.value === decision;
    card.querySelector("[data-verdict-line]").hidden = !decision;
    card.querySelector("[data-state]").textContent =
      text ?? (decision ? `${MARKS[decision]} ${words[decision]}` : "");
    const back = card.querySelector("[data-withdraw]");
    if (back) back.hidden = text === undefined;
    const reasons_ = card.querySelector("[data-reasons]");
    if (reasons_) reasons_.hidden = decision !== "rejected";
    overlay.refreshMoment(moment);
    strike(moment);
  }

  /** Shows `decision` now; returns what to call with the answer: true when it holds. */
  function expect(key, decision) {
    const before = momentOf(key).decision;
    const text = cards.element(key).querySelector("[data-state]").textContent;
    const token = {};
    expected.set(key, { decision, token });
    paint(key, decision);
    return (holds) => {
      if (expected.get(key)?.token !== token) return; // a later decision is on its way
      expected.delete(key);
      if (!holds) paint(key, before, text);
    };
  }

  /** Applies an answer; what was decided after it was asked for stays before the eyes. */
  function apply(answer) {
    applyChange(answer, { remember: false });
    for (const [key, { decision }] of expected) paint(key, decision);
    reasons.repaint();
  }

  /** @returns {Promise<object | null>} the answer; null when it was refused */
  async function post(form, values = {}) {
    const body = new FormData(form);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    let response;
    try {
      response = await send(form.action, { method: "POST", body });
    } catch {
      toast({ message: document.body.dataset.offline, category: "error" });
      return null;
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    if (answer.cards) return { ...answer, isClash: true };
    toast({ message: answer.error ?? document.body.dataset.offline, category: "error" });
    return null;
  }

  const reasons = mountReasons({ root, data, cards, post, apply });

  function judge(key, decision) {
    const moment = momentOf(key);
    const card = cards.element(key);
    if (!moment || !card?.querySelector("[data-verdict]")) return;
    const said = words[decision];
    if (moment.decision === decision) {
      announce(said);
      return;
    }
    const before = moment.decision;
    const settle = expect(key, decision);
    announce(said);
    const entry = undo.push({ url: null, revert: () => expect(key, before) });
    reasons.ask(decision === "rejected" ? key : "");
    inTurn(async () => {
      // The form as it is now: it knows what was answered to the decision before.
      const answer = await post(cards.element(key).querySelector("[data-verdict]"), { decision });
      const holds = answer !== null && !answer.isClash;
      entry.url = holds ? answer.undo : null;
      if (!entry.url) undo.drop(entry);
      settle(holds);
      if (!answer) return;
      if (answer.isClash) expected.delete(key);
      apply(answer);
      if (answer.isClash) cards.element(key)?.querySelector("[data-keep-theirs]")?.focus();
    });
  }

  function withdraw(form) {
    const key = form.dataset.withdraw;
    const settle = expect(key, "");
    inTurn(async () => {
      const answer = await post(form);
      settle(answer !== null);
      if (answer) apply(answer);
    });
  }

  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-verdict], [data-withdraw]");
    if (!form) return;
    event.preventDefault();
    const card = form.closest("[data-card]");
    if (form.dataset.withdraw) withdraw(form);
    else judge(card.dataset.card, event.submitter.value);
    // The button pressed may be hidden now: the keys go on from the card.
    if (!card.contains(document.activeElement) || document.activeElement.hidden) {
      card.focus({ preventScroll: true });
    }
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-keep-theirs]");
    if (!link) return;
    event.preventDefault();
    const card = link.closest("[data-card]");
    link.closest("[data-clash]").remove();
    card.focus({ preventScroll: true });
  });

  function remind() {
    const shown = [...document.querySelectorAll("[data-toast-text]")].map((text) => text.textContent);
    if (!shown.includes(words.chooseFirst)) toast({ message: words.chooseFirst, category: "info" });
  }

  return {
    /** Says why the moment rejected last was: 1 to 4. */
    reason: reasons.choose,
    askWhy: reasons.ask,
    /** Judges the current moment. */
    decide(decision) {
      const moment = cards.current();
      if (!moment) remind();
      else if (cards.element(moment.key).querySelector("[data-clash]")) {
        cards.element(moment.key).querySelector("[data-keep-theirs]").focus();
      } else judge(moment.key, decision);
    },
  };
}
