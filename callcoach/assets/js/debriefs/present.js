// The presenter's page. The server says what is before everybody; what is done here shows at once,
// goes into the outbox, and until it is sent the server's older state does not take it back.

import { mountKeys } from "../call/keys.js";
import { send } from "../http.js";
import { toast } from "../toasts.js";
import { keepInStep } from "./instep.js";
import { createOutbox } from "./outbox.js";
import { mountAnswers } from "./present-answers.js";
import { mountClock } from "./present-clock.js";
import { mountDialogs } from "./present-dialogs.js";
import { mountSheets } from "./present-sheets.js";
import { mountTogether } from "./together.js";

const POLL_MS = 1000;
const POLL_OFFLINE_MS = 3000;
const PATIENCE_MS = 8000;

/** @param {HTMLElement} root */
export function mountPresent(root) {
  const addresses = JSON.parse(root.dataset.addresses);
  const words = JSON.parse(document.getElementById("present-words").textContent);
  let facts = JSON.parse(document.getElementById("present-facts").textContent);
  let isGone = false;
  const isTogether = "oneToOne" in root.dataset;
  const clock = mountClock(root, words);

  const outbox = createOutbox(`${root.dataset.user}:present:${root.dataset.present}`, {
    answered: (entry, answer) => {
      if (outbox.waiting.length) return;
      if (answer?.revision) apply(answer);
      else poll(); // a note or a decision: the rest comes with the next look
    },
    refused: (_entry, message) => {
      toast({ message, category: "error" });
      if (!outbox.waiting.length) poll(true);
    },
    changed: () => {
      showNetwork();
      showTrouble();
      dialogs?.showWritten(facts, outbox);
    },
  });

  // Before a team the sound comes from this screen alone; of the two of a one-to-one either stops it
  const moved = (sound) => together?.tell(sound);
  const sheets = mountSheets(root, addresses, words, moved, () => outbox.isOffline);
  const together = isTogether
    ? keepInStep({ live: addresses.live, move: addresses.sound, send, player: () => sheets.player() })
    : null;
  root.querySelectorAll("[data-together]").forEach(mountTogether);
  const answers = mountAnswers(root, addresses, words, () => poll(true));
  const dialogs = mountDialogs({ root, addresses, words, outbox, itemId: () => facts.item?.id ?? null, marked });

  const line = () => facts.items.find((one) => one.id === facts.item?.id);
  const place = () => facts.items.findIndex((one) => one.id === facts.item?.id);
  const asks = () => Boolean(line()?.asks);
  const isRevealed = () => !asks() || facts.item.phase === "revealed";

  /** All of it anew, as the server says; never an older state than the one that is shown. */
  function apply(found) {
    if (found.revision < facts.revision) return;
    if (found.state !== "running") return gone();
    facts = found;
    clock.set(found.clock);
    sheets.allow(found);
    render();
  }

  /** The debrief is not here any more: the page goes with it, unless words would go as well. */
  function gone() {
    isGone = true;
    showTrouble();
    if (!outbox.refused.length && !outbox.waiting.length) window.location.reload();
  }

  /** What is written here and cannot be sent from here is said, and never goes unseen. */
  function showTrouble() {
    const box = root.querySelector("[data-trouble]");
    let text = "";
    if (outbox.isOutOfDate) text = outbox.isLasting ? words.outOfDate : words.outOfDateHere;
    else if (isGone && (outbox.refused.length || outbox.waiting.length)) text = `${words.ended} ${words.refusedBelow}`;
    box.hidden = !text;
    box.querySelector("button").hidden = !outbox.isOutOfDate;
    const shown = box.querySelector("[data-trouble-text]");
    if (shown.textContent !== text) shown.textContent = text;
  }

  function render() {
    const { item } = facts;
    root.dataset.phase = item?.phase ?? "";
    root.querySelector("[data-place]").textContent = item
      ? words.place.replace("{number}", place() + 1).replace("{count}", facts.items.length)
      : "";
    root.querySelector("[data-empty]")?.toggleAttribute("hidden", facts.items.length > 0);
    const next = facts.items[place() + 1];
    sheets.show(item?.id ?? null, Boolean(item) && isRevealed(), next?.id ?? null);
    answers.show(facts, asks(), isRevealed());
    dialogs.show(facts, outbox);
    showButtons(next);
    showNetwork();
    showTrouble();
  }

  /** One accent: the one next thing to do. */
  function showButtons(next) {
    const phase = facts.item?.phase;
    const able = {
      previous: place() > 0,
      ask: asks() && phase === "shown",
      reveal: asks() && !isRevealed(),
      next: Boolean(next),
      end: true,
    };
    let accent = "end";
    if (able.ask) accent = "ask";
    else if (able.reveal) accent = "reveal";
    else if (able.next) accent = "next";
    for (const button of root.querySelectorAll("[data-act]")) {
      const name = button.dataset.act;
      if (name === "rest") {
        button.setAttribute("aria-pressed", String(clock.isResting));
        continue;
      }
      button.disabled = !able[name];
      button.classList.toggle("btn-primary", name === accent);
    }
  }

  function showNetwork() {
    const count = outbox.waiting.length;
    const chip = root.querySelector("[data-offline-chip]");
    chip.hidden = !outbox.isOffline;
    const text = count ? words.waiting.replace("{count}", count) : words.offline;
    const shown = root.querySelector("[data-offline-text]");
    if (shown.textContent !== text) shown.textContent = text;
  }

  /** Leaves an item behind, as the server will. */
  function leave() {
    const old = line();
    const spent = clock.now();
    if (!old) return spent;
    old.spent_s = Math.round(spent.item / 1000);
    if (isRevealed()) old.is_closed = true;
    return spent;
  }

  function go(step) {
    const target = facts.items[place() + step];
    if (!target) {
      if (step > 0) toast({ message: words.last });
      return;
    }
    const spent = leave();
    together?.forget();
    const phase = target.asks && target.is_closed ? "revealed" : "shown";
    facts.item = { id: target.id, phase };
    facts.answers = [];
    facts.answer_count = 0;
    clock.set({
      item_ms: 1000 * target.spent_s,
      item_budget_ms: 60_000 * target.minutes,
      total_ms: spent.total,
      is_resting: false,
    });
    outbox.put({ kind: "live", method: "PUT", url: addresses.item, body: { item_id: target.id }, isAged: true });
    render();
  }

  function turn(phase) {
    if (!facts.item || !asks() || isRevealed()) return;
    if (phase === facts.item.phase) return;
    facts.item.phase = phase;
    const now = clock.now();
    clock.set({ item_ms: now.item, total_ms: now.total, is_resting: false });
    outbox.put({
      kind: "live",
      method: "PUT",
      url: addresses.item,
      body: { item_id: facts.item.id, phase },
      isAged: true,
    });
    together?.forget();
    sheets.player()?.stop();
    render();
  }

  function rest() {
    const now = clock.now();
    const isResting = !clock.isResting;
    clock.set({ item_ms: now.item, total_ms: now.total, is_resting: isResting });
    outbox.put({ kind: "live", method: "PUT", url: addresses.rest, body: { is_resting: isResting }, isAged: true });
    render();
  }

  function marked(userId, presence) {
    const person = facts.presence.find((one) => one.user_id === userId);
    if (person) person.presence = presence;
    outbox.put({
      kind: "presence",
      method: "PUT",
      url: `${addresses.attendance}${userId}`,
      body: { presence },
    });
    dialogs.show(facts, outbox);
  }

  let polling = null;
  /** @param {boolean} isAnew also when nothing has changed there: something was refused here */
  async function poll(isAnew = false) {
    clearTimeout(polling);
    let pause = POLL_MS;
    try {
      const seen = isAnew ? "" : `?seen=${facts.revision}`;
      const response = await send(`${addresses.live}${seen}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (response.status === 200) {
        const found = await response.json();
        outbox.heard(true);
        if (outbox.waiting.length) sheets.allow(found); // what may not be heard goes at once
        else apply(found);
      } else if (response.status === 204) outbox.heard(true);
      else if (response.status === 404) {
        outbox.heard(true); // what waits is answered as well, and then stays as refused
        gone();
      }
      else pause = POLL_OFFLINE_MS;
    } catch {
      outbox.heard(false);
      pause = POLL_OFFLINE_MS;
    }
    clearTimeout(polling);
    polling = setTimeout(poll, pause, false);
  }

  mountKeys({
    " ": () => sheets.player()?.toggle(),
    ArrowRight: (event) => event.repeat || go(1),
    ArrowLeft: (event) => event.repeat || go(-1),
    ArrowDown: () => sheets.scroll(1),
    ArrowUp: () => sheets.scroll(-1),
    a: () => turn("asking"),
    r: () => turn("revealed"),
    t: (event) => event.repeat || rest(),
    n: () => dialogs.open("note"),
    d: () => dialogs.open("decision"),
    p: () => dialogs.open("presence"),
    e: () => dialogs.open("end"),
    "?": () => dialogs.open("keys"),
  });
  root.querySelector("[data-trouble] button").addEventListener("click", () => window.location.reload());
  clock.set(facts.clock);
  render();
  outbox.flush();
  polling = setTimeout(poll, POLL_MS, false);
  root.dataset.mounted = "";
}
