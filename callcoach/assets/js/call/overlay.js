// What lies over the lanes: ticks, causing spans, numbered flags, notes, requests, the chosen stretch,
// the prospect's participation with its band, and the playhead. Own SVG and buttons: drawn once for
// each width and change, so that an hour with many moments stays quick; a frame of sound only moves
// the playhead.

import { createMinimap } from "./minimap.js";
import { clock, stack, ticks } from "./timeline.js";

const SVG = "http://www.w3.org/2000/svg";
const FLAG_WIDTH = 40; // px, with the gap to the next
const FLAG_ROW = 22; // px
const NAMES_ABOVE = 6; // px from the flags to the names of the lanes
const NAME_WIDTH = 90; // px at the left that the names of the lanes may take
const WAITING_WIDTH = 48; // px that the word for waiting takes
const LABELS = 14; // px under the lanes, for the times
const DIGIT = 7; // px that a letter of them takes
const MARKS = { note: "✎", request: "◆" };

const shape = (name, attributes, parent) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
};

/**
 * @param {HTMLElement} root the [data-wave] element
 * @param {object} data the page's data
 * @param {(kind: "moment" | "note" | "request", item: object) => void} onFlag one was activated
 */
export function createOverlay(root, data, onFlag) {
  const inner = root.querySelector("[data-wave-inner]");
  const scroller = root.querySelector("[data-wave-scroll]");
  const svg = root.querySelector("[data-overlay]");
  const curve = root.querySelector("[data-curve]");
  const flags = root.querySelector("[data-flags]");
  const playhead = root.querySelector("[data-playhead]");
  const names = root.querySelector(".wave-side");
  const minimap = createMinimap(root.querySelector("[data-minimap]"), scroller, data);
  const x = (ms, width) => (ms / data.durationMs) * width;
  const layer = (name) => shape("g", { class: name }, svg);
  let width = 0;
  let visible = 0; // width of the part that is seen, px
  let position = 0;
  let zoom = 1;
  let current = "";
  let chosen = null;
  let buttons = new Map(); // by key
  let spans = new Map();
  let tabbed = null;

  /** Moments, notes and requests as flags, by start. */
  function items() {
    const timed = (list) => list.filter((item) => typeof item.start === "number");
    return [
      ...data.moments.map((item) => ({ kind: "moment", key: item.key, item })),
      ...timed(data.notes).map((item) => ({ kind: "note", key: `n${item.id}`, item })),
      ...timed(data.requests).map((item) => ({ kind: "request", key: item.key, item })),
    ].sort((one, other) => one.item.start - other.item.start);
  }

  function flag({ kind, key, item }) {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = -1; // one stop for all of them; arrows go from one to the next
    button.dataset.flag = key;
    button.className = kind === "moment" ? `wave-flag is-${item.valence}` : `wave-flag is-${kind}`;
    button.classList.toggle("is-rejected", item.decision === "rejected");
    button.classList.toggle("is-confirmed", item.decision === "confirmed");
    button.classList.toggle("is-draft", item.state === "draft");
    button.textContent = `${item.mark ?? MARKS[kind]} ${item.number ?? ""}`.trim();
    button.setAttribute("aria-label", nameOf(item));
    button.title = nameOf(item);
    button.addEventListener("click", () => onFlag(kind, item));
    return button;
  }

  const nameOf = (item) =>
    [item.label, data.words[item.decision]].filter(Boolean).join(", ");

  function makeFlags() {
    const had = document.activeElement?.dataset?.flag;
    buttons = new Map(items().map((entry) => [entry.key, flag(entry)]));
    flags.replaceChildren(...buttons.values());
    place();
    rove();
    if (had) buttons.get(had)?.focus();
  }

  function place() {
    const lefts = items().map(({ item }) => x(item.start, width));
    const rows = stack(lefts, FLAG_WIDTH);
    const top = (Math.max(0, ...rows) + 1) * FLAG_ROW;
    flags.style.height = `${top}px`;
    names.style.top = `${top + NAMES_ABOVE}px`; // they stay on their lanes, which the flags push down
    [...buttons.values()].forEach((button, i) => {
      button.style.left = `${Math.min(lefts[i], width - FLAG_WIDTH)}px`;
      button.style.top = `${rows[i] * FLAG_ROW}px`;
      button.classList.toggle("is-on", button.dataset.flag === current);
    });
  }

  /** One flag takes the focus of Tab: the current one, else the first. */
  function rove() {
    const next = buttons.get(current) ?? flags.firstElementChild;
    if (next === tabbed) return;
    if (tabbed) tabbed.tabIndex = -1;
    if (next) next.tabIndex = 0;
    tabbed = next;
  }

  flags.addEventListener("keydown", (event) => {
    const direction = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" }[event.key];
    const next = direction && event.target[direction];
    if (!direction) return;
    event.preventDefault(); // elsewhere the arrows move the playhead
    next?.focus();
  });

  function draw() {
    const seen = inner.clientWidth;
    visible = scroller.clientWidth;
    if (!seen || seen === width) return;
    width = seen;
    const height = svg.clientHeight;
    svg.replaceChildren();
    const scale = layer("scale");
    for (const time of ticks(data.durationMs, width)) {
      const left = x(time, width);
      shape("line", { class: "tick", x1: left, x2: left, y1: 0, y2: height - LABELS }, scale);
      const label = clock(time);
      if (left + 3 + DIGIT * label.length > width) continue; // it would be cut off at the edge
      shape("text", { class: "tick-label", x: left + 3, y: height - 3 }, scale).textContent = label;
    }
    shape("g", { class: "spans" }, svg);
    drawQuiet(height); // over the current moment's span, which is opaque
    shape("g", { class: "chosen" }, svg);
    drawSpans(height);
    drawChosen(height);
    drawCurve();
    place();
    move(position);
    minimap.draw(zoom > 1);
  }

  /** Breaks that nothing explains and waiting: marks that are no moments, and no flags. */
  function drawQuiet(height) {
    const group = layer("quiet");
    const hatch = shape("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, group);
    shape("line", { class: "hatch", x1: 0, x2: 0, y1: 0, y2: 6 }, hatch);
    const box = ({ start, end }, least) => ({
      x: x(start, width),
      width: Math.max(least, x(end - start, width)),
      y: 0,
      height: height - LABELS,
    });
    const named = (place, text) => {
      const at = { class: "quiet-label", x: place.x + place.width / 2, y: 11, "text-anchor": "middle" };
      shape("text", at, group).textContent = text;
    };
    for (const hold of data.holds) {
      const place = box(hold, 2);
      shape("rect", { class: "hold", ...place }, group);
      // At the left are the names of the lanes.
      if (place.width > WAITING_WIDTH && place.x > NAME_WIDTH) named(place, data.words.waiting);
    }
    for (const item of data.breaks) {
      const place = box(item, 8);
      shape("rect", { class: "break", fill: "url(#hatch)", ...place }, group);
      named(place, "?");
    }
  }

  function drawSpans(height) {
    const group = svg.querySelector(".spans");
    if (!group) return;
    group.replaceChildren();
    spans = new Map();
    for (const { kind, key, item } of items()) {
      const look = kind === "moment" ? item.valence : kind;
      const left = x(item.start, width);
      const span = shape("g", { class: `span is-${look}` }, group);
      span.classList.toggle("is-rejected", item.decision === "rejected");
      span.classList.toggle("is-on", key === current);
      // A note is a bracket under the lanes, so that it hides no moment.
      const bottom = height - LABELS;
      const box = kind === "moment" ? { y: 0, height: bottom } : { y: bottom - 4, height: 4 };
      shape("rect", { x: left, width: Math.max(3, x(item.end - item.start, width)), ...box }, span);
      shape("line", { x1: left, x2: left, y1: -4, y2: bottom }, span);
      spans.set(key, span);
    }
  }

  function drawChosen(height) {
    const group = svg.querySelector(".chosen");
    if (!group) return;
    group.replaceChildren();
    if (!chosen) return;
    const left = x(chosen.start, width);
    const wide = Math.max(2, x(chosen.end - chosen.start, width));
    shape("rect", { x: left, y: 0, width: wide, height: height - LABELS }, group);
    for (const edge of [left, left + wide]) {
      shape("line", { x1: edge, x2: edge, y1: -2, y2: height - LABELS + 2 }, group);
    }
    // Inside at its end, or beside it where it is too short: the names of the lanes are on the left.
    const isWide = wide > 90 && (left > NAME_WIDTH || wide > 90 + NAME_WIDTH);
    const place = { x: left + wide + (isWide ? -6 : 6), "text-anchor": isWide ? "end" : "start" };
    const label = shape("text", { ...place, y: 11 }, group);
    label.textContent = `${clock(chosen.start)}–${clock(chosen.end)}`;
  }

  function drawCurve() {
    if (!curve) return;
    curve.replaceChildren();
    const height = curve.clientHeight;
    // Small movements are what matters: the scale follows the call, never narrower than ±0.5.
    const reach = Math.max(0.5, ...data.engagement.flatMap((point) => [Math.abs(point[3]), Math.abs(point[4])]));
    const y = (value) => ((1 - value / reach) / 2) * (height - 6) + 3;
    const middle = (point) => x((point[0] + point[1]) / 2, width);
    shape("line", { class: "zero", x1: 0, x2: width, y1: y(0), y2: y(0) }, curve);
    const upper = data.engagement.map((point) => `${middle(point)},${y(point[4])}`);
    const lower = data.engagement.map((point) => `${middle(point)},${y(point[3])}`).reverse();
    shape("polygon", { class: "band", points: [...upper, ...lower].join(" ") }, curve);
    const line = data.engagement.map((point) => `${middle(point)},${y(point[2])}`);
    shape("polyline", { class: "engagement", points: line.join(" ") }, curve);
  }

  let left = 0; // of the scrolled part, px; asked for at every frame, so it is kept
  scroller.addEventListener("scroll", () => {
    left = scroller.scrollLeft;
    minimap.scrolled(left, visible, width);
  });

  function move(ms) {
    position = ms;
    playhead.style.transform = `translateX(${x(Math.min(ms, data.durationMs), width)}px)`;
  }

  const drawn = () =>
    JSON.stringify(items().map(({ key, item }) => [key, item.start, item.end, item.label, item.decision, item.state]));
  let last = drawn();

  new ResizeObserver(draw).observe(inner);
  draw();
  makeFlags();

  return {
    /** @param {number} ms in milliseconds */
    move(ms) {
      move(ms);
      if (zoom === 1) return;
      minimap.move(ms);
      const at = x(ms, width);
      if (at < left || at > left + visible * 0.9) {
        left = Math.max(0, at - visible * 0.2);
        scroller.scrollLeft = left;
      }
    },
    /** @param {string} key of the moment or request that is current, "" for none */
    mark(key) {
      for (const [old, isOn] of [[current, false], [key, true]]) {
        buttons.get(old)?.classList.toggle("is-on", isOn);
        spans.get(old)?.classList.toggle("is-on", isOn);
      }
      current = key;
      rove();
    },
    /** @param {object} moment whose verdict changed */
    refreshMoment(moment) {
      last = drawn();
      const button = buttons.get(moment.key);
      for (const element of [button, spans.get(moment.key)]) {
        element?.classList.toggle("is-rejected", moment.decision === "rejected");
        element?.classList.toggle("is-confirmed", moment.decision === "confirmed");
      }
      button?.setAttribute("aria-label", nameOf(moment));
    },
    /** After the page's data changed; draws only when what is drawn did. */
    refresh() {
      const now = drawn();
      if (now === last) return;
      last = now;
      makeFlags();
      drawSpans(svg.clientHeight);
      minimap.draw(zoom > 1);
    },
    /** @param {{start: number, end: number} | null} stretch in milliseconds */
    choose(stretch) {
      chosen = stretch;
      drawChosen(svg.clientHeight);
    },
    /** @param {number} factor 2 to look closer, 0.5 to step back */
    zoom(factor) {
      zoom = Math.max(1, Math.min(16, zoom * factor));
      inner.style.width = `${zoom * 100}%`;
      minimap.draw(zoom > 1);
      draw();
      this.move(position);
      minimap.scrolled(scroller.scrollLeft, visible, width);
      return zoom;
    },
  };
}
