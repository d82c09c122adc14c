// One redaction: go from strike to strike, strike and put back, undo, release. The server keeps every
// change and answers with the words as they are now.

import { mountKeys } from "../call/keys.js";
import { offsetIn } from "../call/transcript.js";
import { send } from "../http.js";
import { mountRead } from "./read.js";
import { mountSound } from "./sound.js";

const LEAD_MS = 2000; // heard before a strike: what it belongs to

/** @param {HTMLElement} root [data-redaction] */
export function mountRedaction(root) {
  let data = JSON.parse(document.getElementById("redaction-data").textContent);
  const isReleased = "released" in root.dataset;
  const words = root.querySelector("[data-words]");
  const kinds = root.querySelector("[data-kinds]");
  const trouble = root.querySelector("[data-trouble]");
  const announce = (text) => (root.querySelector("[data-announce]").textContent = text);
  const undos = [];
  let at = -1; // in data.stops
  let toPlay = null;
  let busy = Promise.resolve();

  function say(text) {
    trouble.textContent = text ?? "";
    trouble.hidden = !text;
  }

  const read = mountRead(root, data);
  const sound = mountSound(root, (ms) => {
    for (const turn of words.querySelectorAll("[data-turn]")) {
      const isNow = Number(turn.dataset.start) <= ms && ms < Number(turn.dataset.end);
      turn.classList.toggle("is-current", isNow);
      if (isNow && sound.isPlaying()) read.heard(turn);
    }
  }, () => say(data.words.broken));

  const markOf = (place) => words.querySelectorAll(`[data-strike="${place}"]`);

  function show() {
    for (const mark of words.querySelectorAll(".is-chosen")) mark.classList.remove("is-chosen");
    const place = data.stops[at];
    if (place === undefined) return;
    const marks = markOf(place);
    marks.forEach((mark) => mark.classList.add("is-chosen"));
    marks[0]?.scrollIntoView({ block: "center" });
    const strike = data.strikes[place];
    toPlay = strike.start_ms - LEAD_MS;
    const text = marks[0]?.textContent.trim() ?? "";
    const state = strike.is_struck ? data.words.struck : data.words.kept;
    announce(`${data.labels[place]}, ${state}: ${text}. ${at + 1} ${data.words.of} ${data.stops.length}`);
  }

  function go(by) {
    if (!data.stops.length) return;
    at = Math.max(0, Math.min(data.stops.length - 1, at + by));
    show();
  }

  /** One change after the other: each is based on the version that the one before gave. */
  function change(drop, add, { isUndo = false } = {}) {
    busy = busy.then(() => changeNow(drop, add, isUndo));
    return busy;
  }

  async function changeNow(drop, add, isUndo) {
    const body = JSON.stringify({ drop, add, based_on: [data.number, data.version, data.digest] });
    let answer;
    try {
      const response = await send(data.urls.spans, {
        method: "PUT",
        body,
        headers: { "Content-Type": "application/json" },
      });
      answer = await response.json();
      if (!response.ok) return say(answer.error ?? data.words.failed);
    } catch {
      return say(data.words.failed);
    }
    say();
    const before = data.strikes[data.stops[at]];
    data = answer.data;
    words.innerHTML = answer.html;
    root.querySelector("[data-counts]").innerHTML = answer.left;
    for (const field of root.querySelectorAll("[data-version]")) field.value = data.version;
    for (const field of root.querySelectorAll("[name=number]")) field.value = data.number;
    for (const field of root.querySelectorAll("[name=digest]")) field.value = data.digest;
    if (!isUndo) undos.push(answer.undo);
    read.again();
    const chosen = answer.undo.drop[0] ?? before;
    if (chosen) {
      const place = data.strikes.findIndex((item) => isSame(item, chosen));
      if (place >= 0) at = data.stops.indexOf(place);
      else at = Math.min(at, data.stops.length - 1);
    }
    show();
    if (isUndo) announce(data.words.undone);
  }

  const isSame = (one, other) =>
    one.turn === other.turn && one.start === other.start && one.end === other.end && one.start_ms === other.start_ms;

  function flip(place) {
    const strike = data.strikes[place];
    if (!strike || isReleased) return;
    if (strike.by === "person" && strike.is_struck) return change([strike], []);
    return change([strike], [{ ...strike, is_struck: !strike.is_struck }]);
  }

  /** The chosen words of one turn, or null. */
  function selected() {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed) return null;
    const range = chosen.getRangeAt(0);
    const saids = [range.startContainer, range.endContainer].map((node) =>
      (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest?.("[data-said]"),
    );
    const said = saids[0];
    if (!said || !words.contains(said)) return null;
    const start = Math.max(0, offsetIn(said, range.startContainer, range.startOffset));
    // Dragged past the end of a turn: up to its end
    const end = saids[1] === said ? offsetIn(said, range.endContainer, range.endOffset) : said.textContent.length;
    if (end <= start) return null;
    return { turn: Number(said.closest("[data-turn]").dataset.turn), start, end };
  }

  function strikeAs(kind) {
    const place = selected();
    if (!place) return announce(data.words.choose);
    getSelection().removeAllRanges();
    return change([], [{ ...place, kind, by: "person", is_struck: true }]);
  }

  function strikeOrPutBack() {
    if (selected()) return strikeAs(data.kinds[0]);
    return flip(data.stops[at]);
  }

  function undo() {
    const last = undos.pop();
    if (!last) return announce(data.words.nothing);
    return change(last.drop, last.add, { isUndo: true });
  }

  if (kinds) {
    document.addEventListener("selectionchange", () => {
      kinds.hidden = !selected();
    });
    for (const button of kinds.querySelectorAll("[data-kind]")) {
      button.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
      button.addEventListener("click", () => strikeAs(button.dataset.kind));
    }
  }
  words.addEventListener("click", (event) => {
    const turn = event.target.closest("[data-play-turn]")?.closest("[data-turn]");
    if (turn) return sound.playFrom(Number(turn.dataset.start));
    const mark = event.target.closest("[data-strike]");
    if (!mark || !getSelection().isCollapsed) return;
    const place = Number(mark.dataset.strike);
    if (data.stops[at] === place) return flip(place);
    at = data.stops.indexOf(place);
    show();
  });

  const actions = {
    " ": () => {
      if (sound.isPlaying() || toPlay === null) return sound.toggle();
      sound.playFrom(toPlay);
      toPlay = null;
    },
    j: () => go(1),
    k: () => go(-1),
    n: () => root.ownerDocument.querySelector("[data-next]")?.click(),
  };
  if (!isReleased) {
    Object.assign(actions, { x: strikeOrPutBack, z: undo });
    data.kinds.forEach((kind, place) => {
      actions[String(place + 1)] = () => strikeAs(kind);
    });
  }
  mountKeys(actions);
  const form = root.querySelector("[data-release]");
  document.addEventListener("keydown", (event) => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.repeat;
    if (event.key !== "Enter" || !isPlain || !form || event.defaultPrevented) return;
    if (event.target.closest("a, button, input, select, textarea, summary, dialog, [role=button]")) return;
    event.preventDefault();
    // What is being saved comes first: the version that is released is the one that is shown
    busy.then(() => form.requestSubmit());
  });
  root.dataset.mounted = "";
}
