// Entry of the call page.

import "./css/calls.scss";
import { followCards } from "./js/call/cards.js";
import { mountControls } from "./js/call/controls.js";
import { mountCorrection } from "./js/call/correction.js";
import { mountKeys } from "./js/call/keys.js";
import { loadLanes } from "./js/call/lanes.js";
import { createOverlay } from "./js/call/overlay.js";
import { createPlayer } from "./js/call/player.js";
import { followTranscript } from "./js/call/transcript.js";
import "./js/calls/live.js";

async function mount(desk) {
  const data = JSON.parse(document.getElementById("call-data").textContent);
  const wave = desk.querySelector("[data-wave]");
  const audio = desk.querySelector("audio");
  const player = createPlayer({
    audio,
    container: wave.querySelector("[data-lanes]"),
    lanes: await loadLanes(wave.dataset.peaks, data),
    durationMs: data.durationMs,
    nonce: document.querySelector("script[nonce]")?.nonce ?? "",
  });
  const cardsRoot = desk.querySelector("[data-cards]");
  const transcriptRoot = desk.querySelector("[data-transcript]");
  let cards = null;
  const overlay = createOverlay(wave, data, (moment) => cards.hear(moment));
  cards = followCards(cardsRoot, data, player, (number) => overlay.mark(number));
  const transcript = followTranscript(transcriptRoot, data, player);
  mountCorrection(transcriptRoot, player, (index) => transcript.forget(index));
  player.on("time", (ms) => overlay.move(ms));
  const controls = desk.querySelector("[data-controls]");
  if (audio) mountControls(controls, player, overlay);

  const go = (name) => () => desk.querySelector(`a[data-go="${name}"]`)?.click();
  const skip = (ms) => () => player.seek(player.time() + ms);
  mountKeys({
    " ": player.toggle,
    k: player.toggle,
    j: skip(-10_000),
    l: skip(10_000),
    ArrowLeft: skip(-3_000),
    ArrowRight: skip(3_000),
    n: cards.next,
    p: cards.previous,
    "<": () => player.changeRate(-1),
    ">": () => player.changeRate(1),
    "-": () => overlay.zoom(0.5),
    "+": () => overlay.zoom(2),
    P: go("previous"), // not brackets: French keyboards have them behind AltGr
    N: go("next"),
    e: () => desk.querySelector(".turn.is-current [data-correct]")?.click(),
    "?": () => document.getElementById("call-keys")?.showModal(),
  });
  const asked = Number(new URLSearchParams(window.location.search).get("t"));
  if (asked > 0) player.seek(asked * 1000); // seconds
  desk.dataset.mounted = "";
}

const desk = document.querySelector("[data-call-desk]");
if (desk && document.getElementById("call-data")) mount(desk);
