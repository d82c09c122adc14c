// A call to be marked blind: m and p mark where the sound is, or what is chosen; marks are kept at
// once. What was heard is remembered on this device, so that a reload does not begin anew.

import { announce } from "../call/announce.js";
import { mountBare } from "../call/bare.js";
import { clock, indexAt } from "../call/timeline.js";
import { send } from "../http.js";
import { toast } from "../toasts.js";
import { heardShare, withPiece } from "./heard.js";
import { mountStep } from "./step.js";

const LENGTH_MS = 1000; // of a mark set at the playhead
const LONGEST_STEP_MS = 1500; // between two times of one playing; a longer one is a jump
const BEFORE_MS = 3000; // a mark is heard from what led to it

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");

function remembered(key) {
  try {
    const pieces = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(pieces) ? pieces : [];
  } catch {
    return []; // storage is switched off, or not ours
  }
}

function remember(key, pieces) {
  try {
    localStorage.setItem(key, JSON.stringify(pieces));
  } catch {
    // then it is this page's only
  }
}

/** @param {HTMLElement} root [data-check-blind] */
export async function mountBlind(root) {
  const data = JSON.parse(document.getElementById("call-data").textContent);
  data.moments = data.marks;
  const { player, overlay, selection, keys } = await mountBare(root, data);
  const done = mountHeard(root, data, player);
  const marks = mountMarks(root, data, player, selection, overlay);
  mountStep(root, {
    ...keys,
    m: () => marks.add("negative"),
    p: () => marks.add("positive"),
    z: marks.removeLast,
    Enter: (event) => {
      // On a button or a link Enter is its own
      if (!event.target.closest?.("button, a, summary")) done();
      else event.target.closest("button, a, summary").click();
    },
  });
}

/** Counts what is heard. @returns {() => void} say that all is marked */
function mountHeard(root, data, player) {
  const form = root.querySelector("[data-done]");
  const key = `callcoach.check.${root.dataset.checkBlind}`;
  const least = Number(form.dataset.least);
  const [from, to] = [data.talkStart, data.limit];
  let pieces = remembered(key);
  let last = null;

  function show() {
    const share = heardShare(pieces, from, to);
    const percent = Math.min(100, Math.floor(100 * share));
    form.querySelector("[data-heard]").textContent = `${percent} %`;
    form.querySelector("[data-heard-bar]").value = percent;
    form.querySelector("[data-heard-field]").value = String(share);
    if (share >= least) form.querySelector("[data-left]").textContent = "";
    return share;
  }

  player.on("time", (ms) => {
    const step = last === null ? 0 : ms - last;
    if (player.isPlaying() && step > 0 && step < LONGEST_STEP_MS) {
      pieces = withPiece(pieces, last, ms);
      remember(key, pieces);
      show();
    }
    last = ms;
  });
  player.on("jump", () => {
    last = null;
  });
  form.addEventListener("submit", (event) => {
    const share = show();
    if (share >= least) return;
    event.preventDefault();
    const percent = Math.ceil(100 * (least - share));
    const text = fill(data.words.left, { percent, time: clock((least - share) * (to - from)) });
    form.querySelector("[data-left]").textContent = text;
  });
  show();
  return () => form.requestSubmit();
}

function mountMarks(root, data, player, selection, overlay) {
  const list = root.querySelector("[data-marks]");
  let chain = Promise.resolve();
  let latest = data.marks.at(-1)?.id ?? 0;

  async function post(url, values) {
    try {
      const response = await send(url, { method: "POST", body: new URLSearchParams(values) });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      const focused = document.activeElement?.id;
      list.innerHTML = answer.html; // our own server's template
      data.moments = answer.marks;
      overlay.refresh();
      if (focused) document.getElementById(focused)?.focus();
      return answer;
    } catch (error) {
      toast({ message: error.message && !(error instanceof TypeError) ? error.message : data.words.failed, category: "error" });
      return null;
    }
  }

  /** One after the other, as they were made. */
  const inTurn = (work) => {
    chain = chain.then(work);
    return chain;
  };

  function place() {
    const chosen = selection.get();
    if (chosen) return chosen;
    const start = Math.round(player.time());
    const turn = data.turns[indexAt(data.turns, start)];
    return { start, end: Math.min(start + LENGTH_MS, data.limit), channel: turn?.channel ?? null };
  }

  async function add(valence) {
    const { start, end, channel } = place();
    if (start >= data.limit || end > data.limit) {
      toast({ message: data.words.beyond, category: "info" });
      return;
    }
    selection.clear();
    const values = { channel: String(channel ?? 0), start_ms: String(start), end_ms: String(end), valence };
    const answer = await inTurn(() => post(list.dataset.url, values));
    if (!answer) return;
    latest = answer.mark;
    announce(fill(data.words.marked, { time: clock(start) }));
  }

  async function remove(url) {
    const answer = await inTurn(() => post(url, { remove: "1" }));
    if (!answer) return;
    latest = Math.max(0, ...answer.marks.map((mark) => mark.id));
    announce(data.words.removed);
  }

  list.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-mark-form]");
    if (!form) return;
    event.preventDefault();
    const button = event.submitter;
    if (button?.name === "remove") {
      remove(form.action);
      return;
    }
    const cause = form.querySelector("[data-cause]");
    const valence = button?.value ?? cause.dataset.valence;
    // A cause of the other direction no longer fits
    const kept = valence === cause.dataset.valence ? cause.value : "";
    inTurn(() => post(form.action, { valence, cause: kept }));
  });
  list.addEventListener("change", (event) => {
    event.target.closest("[data-cause]")?.form.requestSubmit();
  });
  list.addEventListener("click", (event) => {
    const id = Number(event.target.closest("[data-hear-mark]")?.dataset.hearMark);
    const mark = id && data.moments.find((item) => item.id === id);
    if (mark) player.playFrom(Math.max(0, mark.start - BEFORE_MS));
  });

  return {
    add,
    removeLast() {
      const form = latest && list.querySelector(`[data-mark="${latest}"] [data-mark-form]`);
      if (form) remove(form.action);
    },
  };
}
