// Entry of the call page.

import "./css/desk.scss";
import { followCards } from "./js/call/cards.js";
import { changeApplier } from "./js/call/changes.js";
import { mountControls } from "./js/call/controls.js";
import { mountCorrection } from "./js/call/correction.js";
import { markExpressions } from "./js/call/expressions.js";
import { mountKeys } from "./js/call/keys.js";
import "./js/call/kind.js";
import { loadLanes } from "./js/call/lanes.js";
import { mountHolds } from "./js/call/holds.js";
import { mountMissed } from "./js/call/missed.js";
import { createOverlay } from "./js/call/overlay.js";
import { mountPlaces } from "./js/call/places.js";
import { createPlayer } from "./js/call/player.js";
import { createSelection } from "./js/call/selection.js";
import { mountStart } from "./js/call/start.js";
import { mountTags } from "./js/call/tags.js";
import { followTranscript } from "./js/call/transcript.js";
import { createUndo } from "./js/call/undo.js";
import { mountVerdicts } from "./js/call/verdicts.js";
import { mountRequests } from "./js/agent/requests.js";
import "./js/calls/live.js";
import { mountStretch } from "./js/debriefs/stretch.js";
import { mountNotes } from "./js/notes/desk.js";

async function mount(desk) {
  const data = JSON.parse(document.getElementById("call-data").textContent);
  const wave = desk.querySelector("[data-wave]");
  const audio = desk.querySelector("audio[data-audio]");
  const player = createPlayer({
    audio,
    container: wave.querySelector("[data-lanes]"),
    lanes: await loadLanes(wave.dataset.peaks, data),
    durationMs: data.durationMs,
    nonce: document.querySelector("script[nonce]")?.nonce ?? "",
  });
  const root = desk.querySelector("[data-cards]");
  const transcriptRoot = desk.querySelector("[data-transcript]");
  const stage = wave.querySelector("[data-wave-stage]");
  let cards = null;
  let applyChange = null;
  const overlay = createOverlay(wave, data, (kind, item) => {
    if (kind !== "note") return cards.hear(item);
    player.playFrom(Math.max(0, item.start - 8000)); // as a moment: from what led to it
    document.getElementById(`note-${item.id}`)?.scrollIntoView({ block: "nearest" });
  });
  cards = followCards(root, data, player, overlay.mark);
  const undo = createUndo(data.words, (payload) => applyChange(payload));
  applyChange = changeApplier({ desk, data, cards, overlay, undo, player });
  const onChange = (stretch) => overlay.choose(stretch);
  const selection = createSelection({ transcript: transcriptRoot, stage, data, player, onChange });
  const verdicts = mountVerdicts({ root, data, cards, overlay, undo, applyChange });
  const transcript = followTranscript(transcriptRoot, data, player);
  markExpressions(transcriptRoot);
  mountCorrection(transcriptRoot, player, (index) => transcript.forget(index));
  player.on("time", (ms) => overlay.move(ms));
  if (audio) mountControls(desk.querySelector("[data-controls]"), player, overlay);
  const callId = Number(desk.dataset.callDesk);
  const notes = mountNotes({ desk, callId, data, player, selection, overlay, cards, undo, applyChange });
  const asked = Number(new URLSearchParams(window.location.search).get("t"));
  const requests = mountRequests({ desk, data, player, cards, applyChange });
  const hearHold = mountHolds(desk, data, player); // before the first jump, which may go into one
  const fromStart = mountStart(desk, data, player, asked);
  mountPlaces(root, player);
  const missed = mountMissed({ desk, data, player, selection, applyChange });
  const toDebrief = mountStretch({ desk, data, player, selection });
  const chosen = data.moments.find((moment) => `#moment-${moment.number}` === window.location.hash);
  if (chosen) {
    cards.choose(chosen);
    if (chosen.decision === "rejected") verdicts.askWhy(chosen.key);
    const { pathname, search } = window.location;
    window.history.replaceState(null, "", pathname + search); // for this once
  }

  /** What is being said; before anything was said, what comes next. */
  function correct() {
    const next = data.turns.find((turn) => turn.end > player.time());
    const turn =
      transcriptRoot.querySelector(".turn.is-current") ??
      (next && transcriptRoot.querySelector(`[data-turn="${next.index}"]`));
    turn?.querySelector("[data-correct]")?.click();
  }

  const go = (name) => () => desk.querySelector(`a[data-go="${name}"]`)?.click();
  const skip = (ms) => () => player.skip(ms);
  mountKeys({
    " ": player.toggle,
    k: player.toggle,
    j: skip(-10_000),
    l: skip(10_000),
    ArrowLeft: skip(-3_000),
    ArrowRight: skip(3_000),
    0: fromStart,
    n: cards.next,
    p: cards.previous,
    r: cards.again,
    c: () => verdicts.decide("confirmed"),
    x: () => verdicts.decide("rejected"),
    1: () => verdicts.reason(1),
    2: () => verdicts.reason(2),
    3: () => verdicts.reason(3),
    4: () => verdicts.reason(4),
    z: () => undo.run(),
    m: () => notes.compose(),
    M: () => notes.composeWhole(),
    v: (event) => event.repeat || notes.speak(),
    b: missed ? missed.open : requests.markMoment,
    h: hearHold,
    a: toDebrief,
    s: selection.setStart,
    d: selection.setEnd,
    "[": selection.setStart,
    "]": selection.setEnd,
    Escape: () => notes.close() || selection.clear(),
    "<": () => player.changeRate(-1),
    ">": () => player.changeRate(1),
    "-": () => overlay.zoom(0.5),
    "+": () => overlay.zoom(2),
    P: go("previous"), // French keyboards have brackets behind AltGr
    N: go("next"),
    g: mountTags({ desk, applyChange }),
    e: correct,
    "?": () => document.getElementById("call-keys")?.showModal(),
  });
  desk.dataset.mounted = "";
}

const desk = document.querySelector("[data-call-desk]");
if (desk && document.getElementById("call-data")) mount(desk);
