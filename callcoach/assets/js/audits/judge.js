// Judging a sampled call: one key for each answer to the promise that is current, the words that are
// selected say where; each answer is kept at once and can be undone.

import { announce } from "../call/announce.js";
import { mountBare } from "../call/bare.js";
import { mountKeys } from "../call/keys.js";
import { mountPlaces } from "../call/places.js";
import { send } from "../http.js";
import { toast } from "../toasts.js";

const CHOICES = ["1", "2", "3", "4", "5"];

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

/** The sound and the words, as both pages have them. */
async function mountSound(root) {
  const data = JSON.parse(document.getElementById("call-data").textContent);
  const { player, selection, keys } = await mountBare(root, data);
  mountPlaces(root, player);
  return { data, selection, keys };
}

/** Enter, except on what has an Enter of its own. */
const enter = (go) => (event) => {
  const own = event.target.closest?.("button, a, summary");
  if (own) own.click();
  else go();
};

/** @param {HTMLElement} root [data-judged] */
export async function mountJudged(root) {
  const { keys } = await mountSound(root);
  const next = root.querySelector('[data-key="Enter"]');
  mountKeys({ ...keys, Enter: enter(() => next?.click()) });
  root.dataset.mounted = "";
}

/** @param {HTMLElement} root [data-judge] */
export async function mountJudge(root) {
  const { data, selection, keys } = await mountSound(root);
  const list = root.querySelector("[data-promises]");
  if (!list) {
    mountKeys(keys);
    root.dataset.mounted = "";
    return;
  }
  const finish = root.querySelector("[data-finish]");
  const promises = () => [...list.querySelectorAll("[data-promise]")];
  const itemOf = (id) => list.querySelector(`[data-promise="${id}"]`);
  const done = []; // answers to undo, the last one last
  let current = promises().find((item) => !item.dataset.standing)?.dataset.promise ?? promises()[0].dataset.promise;
  let chain = Promise.resolve();
  /** One after the other, as they were made. */
  const inTurn = (work) => {
    chain = chain.then(work);
    return chain;
  };

  function show({ scroll = true } = {}) {
    for (const item of promises()) {
      const isCurrent = item.dataset.promise === current;
      item.classList.toggle("is-current", isCurrent);
      if (isCurrent) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
    if (scroll) itemOf(current)?.scrollIntoView({ block: "nearest" });
  }

  function go(step) {
    const items = promises();
    const at = items.findIndex((item) => item.dataset.promise === current);
    current = items[(at + step + items.length) % items.length].dataset.promise;
    show();
    announce(itemOf(current).querySelector(".judge-text").textContent);
  }

  /** The next one that is open, from the current one on; the current one when none is. */
  function goOn() {
    const items = promises();
    const at = items.findIndex((item) => item.dataset.promise === current);
    const next = [...items.slice(at + 1), ...items.slice(0, at)].find((item) => !item.dataset.standing);
    if (next) current = next.dataset.promise;
    show();
  }

  async function post(url, values) {
    try {
      const response = await send(url, { method: "POST", body: new URLSearchParams(values) });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      const focused = document.activeElement;
      const typing = focused?.matches?.("[data-comment]") ? { id: focused.id, text: focused.value } : null;
      list.innerHTML = answer.html; // our own server's template
      if (typing) {
        const field = document.getElementById(typing.id);
        if (field) {
          field.value = typing.text;
          field.focus();
        }
      }
      finish.querySelector("[data-left]").textContent = answer.left ? fill(data.words.open, { left: answer.left }) : "";
      finish.querySelector("[data-finish-button]").disabled = answer.left > 0;
      show({ scroll: false });
      return answer;
    } catch (error) {
      const isOurs = error.message && !(error instanceof TypeError) && !(error instanceof SyntaxError);
      toast({ message: isOurs ? error.message : data.words.failed, category: "error" });
      return null;
    }
  }

  const urlOf = (id) => itemOf(id).querySelector("[data-judge-form]").action;
  const placeOf = (chosen) => ({
    channel: String(chosen.channel ?? data.agentChannel ?? 0),
    start_ms: String(Math.round(chosen.start)),
    end_ms: String(Math.round(chosen.end)),
  });

  /** @param {Record<string, string>} values what is sent besides the standing */
  async function judge(id, choice, values) {
    const url = urlOf(id);
    const standing = choice.value;
    const before = { ...itemOf(id).dataset };
    const number = promises().indexOf(itemOf(id)) + 1;
    selection.clear();
    const answer = await inTurn(() => post(url, { standing, ...values }));
    if (!answer) return false;
    done.push({ id, url, before });
    announce(fill(data.words.kept, { number, label: choice.dataset.label }));
    return true;
  }

  function choose(key) {
    const id = current;
    const choice = itemOf(id).querySelector(`[data-choice="${key}"]`);
    if (!choice) return;
    const chosen = selection.get();
    const isSaid = !["omitted", "not_applicable"].includes(choice.value);
    // What was not said has no place; what was said keeps the one it had
    const values = isSaid ? (chosen ? placeOf(chosen) : {}) : { nowhere: "1" };
    judge(id, choice, values).then((isKept) => isKept && current === id && goOn());
  }

  /** The words that are selected now, for the promise that is current. */
  function takeWords() {
    const chosen = selection.get();
    const pressed = itemOf(current).querySelector('[aria-pressed="true"]');
    if (!chosen || !pressed) {
      toast({ message: data.words.choose, category: "info" });
      return;
    }
    judge(current, pressed, placeOf(chosen));
  }

  /** The comment of the promise that is current or, while that one is open, of the one just judged:
      an answer goes on to the next promise, and what is typed then must not be taken for keys. */
  function comment() {
    const fieldOf = (id) => id && itemOf(id)?.querySelector("[data-comment]");
    const id = [current, done.at(-1)?.id].find(fieldOf);
    if (!id) {
      toast({ message: data.words.first, category: "info" });
      return;
    }
    current = id;
    show();
    fieldOf(id).focus();
  }

  async function undo() {
    const last = done.pop();
    if (!last) {
      announce(data.words.nothing);
      return;
    }
    const { standing, channel, start, end } = last.before;
    const place = start ? { channel, start_ms: start, end_ms: end } : { nowhere: "1" };
    const answer = await inTurn(() =>
      standing ? post(last.url, { standing, ...place }) : post(`${last.url}/take-back`, {}),
    );
    if (!answer) return;
    current = last.id;
    show();
    announce(data.words.undone);
  }

  list.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-judge-form]");
    if (!form) return;
    event.preventDefault();
    const item = form.closest("[data-promise]");
    current = item.dataset.promise;
    show({ scroll: false });
    const choice = event.submitter;
    if (choice?.dataset.choice) choose(choice.dataset.choice);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-comment]")) return;
    event.preventDefault();
    event.target.blur();
  });
  list.addEventListener("change", (event) => {
    const field = event.target.closest("[data-comment]");
    const item = field?.closest("[data-promise]");
    if (!item?.dataset.standing) return;
    const values = { standing: item.dataset.standing, comment: field.value };
    inTurn(() => post(urlOf(item.dataset.promise), values));
  });
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[data-promise]");
    if (!item) return;
    if (event.target.closest("[data-drop-place]")) {
      const pressed = item.querySelector('[aria-pressed="true"]');
      if (pressed) judge(item.dataset.promise, pressed, { nowhere: "1" });
      return;
    }
    if (event.target.closest("button")) return;
    current = item.dataset.promise;
    show({ scroll: false });
  });

  const choices = Object.fromEntries(CHOICES.map((key) => [key, () => choose(key)]));
  mountKeys({
    ...keys,
    ...choices,
    n: () => go(1),
    p: () => go(-1),
    w: takeWords,
    c: () => void inTurn(comment), // after an answer on its way
    z: undo,
    Enter: enter(() => {
      const button = finish.querySelector("[data-finish-button]");
      if (!button.disabled) finish.requestSubmit();
    }),
  });
  // On a phone the words come first, and stay there
  show({ scroll: matchMedia("(min-width: 1001px)").matches });
  root.dataset.mounted = "";
}
