// Trimming a moment on the waveform: its beginning, its end, and where it stops and asks. Every
// handle is a slider that the keyboard moves; what lies at its edge is heard when it rests.

import { loadLanes, paintLanes } from "../call/lanes.js";
import { send } from "../http.js";
import { boundsAfter, wider } from "./agenda-bounds.js";
import { tenths } from "../notes/tenths.js";

const EDGE_MS = 1500; // heard at an edge
const REST_MS = 300; // after the last step of a key, before the edge is heard
const STEPS = { ArrowLeft: -100, ArrowDown: -100, ArrowRight: 100, ArrowUp: 100, PageDown: -1000, PageUp: 1000 };

function mountTrim(form) {
  const data = JSON.parse(document.getElementById("trim-data").textContent);
  const part = (name) => form.querySelector(`[data-${name}]`);
  const audio = part("trim-audio");
  const wave = part("trim-wave");
  const canvas = part("trim-canvas");
  const asks = part("asks");
  const handles = Object.fromEntries(
    [...form.querySelectorAll("[role=slider]")].map((element) => [element.dataset.handle, element]),
  );
  const fields = { start: form.elements.start_ms, ask: form.elements.ask_ms, end: form.elements.end_ms };
  const comma = document.documentElement.lang === "fr" ? "," : ".";
  let bounds = { start: data.start, ask: data.ask, end: data.end };
  let saved = JSON.stringify(bounds);
  let view = wider({ from: bounds.start, to: bounds.end }, data.durationMs);
  let lanes = null;
  let stopAt = Infinity;
  let heardTimer = 0;

  const share = (ms) => Math.max(0, Math.min(1, (ms - view.from) / (view.to - view.from)));
  const percent = (ms) => `${100 * share(ms)}%`;

  function paint() {
    if (!lanes || !canvas.clientWidth) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    const cut = lanes.map((lane) => {
      const bin = (ms) => Math.round((ms / data.durationMs) * lane.length);
      return lane.subarray(bin(view.from), Math.max(bin(view.from) + 1, bin(view.to)));
    });
    paintLanes(cut, canvas.getContext("2d"), form);
  }

  function show() {
    for (const [name, handle] of Object.entries(handles)) {
      const at = bounds[name];
      handle.hidden = at === null;
      if (at === null) continue;
      handle.style.left = percent(at);
      handle.setAttribute("aria-valuenow", at);
      handle.setAttribute("aria-valuetext", tenths(at, comma));
    }
    part("trim-before").style.width = percent(bounds.start);
    part("trim-after").style.left = percent(bounds.end);
    const rest = part("trim-rest");
    rest.hidden = bounds.ask === null;
    if (bounds.ask !== null) {
      rest.style.left = percent(bounds.ask);
      rest.style.width = `${100 * (share(bounds.end) - share(bounds.ask))}%`;
    }
    const scale = part("trim-scale");
    scale.querySelector("[data-from]").textContent = tenths(view.from, comma);
    scale.querySelector("[data-to]").textContent = tenths(view.to, comma);
    const seconds = ((bounds.end - bounds.start) / 1000).toFixed(2).replace(".", comma);
    part("trim-length").textContent = part("trim-length").dataset.words.replace("SECONDS", seconds);
    for (const name of ["ask", "rest"]) part(`hear="${name}"`).hidden = bounds.ask === null;
    part("trim-beyond").hidden =
      !data.given || (bounds.start >= data.given[0] && bounds.end <= data.given[1]);
    form.toggleAttribute("data-changed", JSON.stringify(bounds) !== saved);
  }

  function write() {
    for (const [name, field] of Object.entries(fields)) field.value = bounds[name] ?? "";
    asks.checked = bounds.ask !== null;
  }

  function place(name, ms) {
    bounds = boundsAfter(bounds, name, ms, data.durationMs);
    if (bounds.start < view.from || bounds.end > view.to) {
      view = wider({ from: bounds.start, to: bounds.end }, data.durationMs);
      paint();
    }
    write();
    show();
  }

  function play(from, to) {
    audio.currentTime = from / 1000;
    stopAt = to;
    audio.play().catch(() => {}); // refused by the browser: the button plays it
  }

  function hearEdge(name) {
    const at = bounds[name];
    if (at === null) return;
    if (name === "start") play(at, Math.min(bounds.end, at + EDGE_MS));
    else play(Math.max(bounds.start, at - EDGE_MS), at);
  }

  function hearPart(name) {
    if (!audio.paused) {
      audio.pause();
      return;
    }
    const from = name === "rest" ? bounds.ask : bounds.start;
    play(from, name === "ask" ? bounds.ask : bounds.end);
  }

  function frame() {
    const ms = audio.currentTime * 1000;
    if (!audio.paused && ms >= stopAt) audio.pause();
    part("trim-head").style.left = percent(ms);
    part("trim-head").hidden = ms < view.from || ms > view.to;
    if (form.isConnected && !audio.paused) requestAnimationFrame(frame);
  }
  audio.addEventListener("play", () => requestAnimationFrame(frame));

  for (const [name, handle] of Object.entries(handles)) {
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
      audio.pause();
      const frameBox = wave.getBoundingClientRect();
      const still = { ...view };
      const move = (moved) => {
        const at = (moved.clientX - frameBox.left) / frameBox.width;
        place(name, still.from + Math.max(0, Math.min(1, at)) * (still.to - still.from));
      };
      const end = () => {
        handle.removeEventListener("pointermove", move);
        hearEdge(name);
      };
      handle.addEventListener("pointermove", move);
      handle.addEventListener("lostpointercapture", end, { once: true });
    });
    handle.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      place(name, bounds[name] + (event.shiftKey ? step / 10 : step));
      clearTimeout(heardTimer);
      heardTimer = setTimeout(hearEdge, REST_MS, name);
    });
  }

  for (const [name, field] of Object.entries(fields)) {
    field.addEventListener("change", () => {
      if (name === "ask" && field.value === "") bounds.ask = null;
      else if (field.value !== "") place(name, Number(field.value));
      write();
      show();
    });
  }
  asks.addEventListener("change", () => {
    bounds.ask = null;
    if (asks.checked) place("ask", (bounds.start + bounds.end) / 2);
    write();
    show();
  });
  part("wider").addEventListener("click", () => {
    view = wider(view, data.durationMs);
    paint();
    show();
  });
  wave.addEventListener("click", (event) => {
    if (event.target.closest("[role=slider]")) return;
    const box = wave.getBoundingClientRect();
    play(view.from + ((event.clientX - box.left) / box.width) * (view.to - view.from), bounds.end);
  });
  form.addEventListener("click", (event) => {
    const name = event.target.closest("[data-hear]")?.dataset.hear;
    if (name) hearPart(name);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, button, a, [contenteditable]");
    if (event.key !== " " || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    hearPart("whole");
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const error = part("trim-error");
    const said = part("trim-said");
    const sent = JSON.stringify(bounds);
    const button = part("trim-save");
    button.disabled = true;
    const response = await send(form.action, { method: "POST", body: new FormData(form) }).catch(() => null);
    const answer = await response?.json().catch(() => null);
    button.disabled = false;
    error.hidden = Boolean(response?.ok && answer);
    if (!error.hidden) {
      error.textContent = [answer?.error, answer?.advice].filter(Boolean).join(" ") || said.dataset.offline;
      return;
    }
    saved = sent;
    for (const field of document.querySelectorAll("[data-row-version]")) field.value = answer.row_version;
    document.querySelector("[data-said-place]").innerHTML = answer.said;
    document.querySelector("[data-consent-place]").innerHTML = answer.consent;
    said.textContent = said.dataset.saved;
    form.dataset.savedAs = answer.row_version;
    show();
  });
  window.addEventListener("beforeunload", (event) => {
    if (form.hasAttribute("data-changed")) event.preventDefault();
  });

  for (const name of ["trim-wave", "trim-scale", "asks-row", "trim-hint", 'hear="whole"']) part(name).hidden = false;
  fields.start.max = fields.end.max = data.durationMs;
  new ResizeObserver(paint).observe(canvas);
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  loadLanes(data.peaksUrl, data).then((found) => {
    lanes = found;
    paint();
  });
  show();
  form.dataset.mounted = "";
}

const form = document.querySelector("[data-trim]");
if (form) mountTrim(form);
