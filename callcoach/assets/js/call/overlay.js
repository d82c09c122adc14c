// What lies over the lanes: ticks, causing spans, numbered flags, the prospect's participation
// with its band, and the playhead. Own SVG and buttons: drawn once for each width.

import { clock, stack, ticks } from "./timeline.js";

const SVG = "http://www.w3.org/2000/svg";
const FLAG_WIDTH = 40; // px, with the gap to the next
const FLAG_ROW = 22; // px
const LABELS = 14; // px under the lanes, for the times

const shape = (name, attributes, parent) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
};

/**
 * @param {HTMLElement} root the [data-wave] element
 * @param {object} data the page's data
 * @param {(moment: object) => void} onFlag a flag was activated
 */
export function createOverlay(root, data, onFlag) {
  const inner = root.querySelector("[data-wave-inner]");
  const scroller = root.querySelector("[data-wave-scroll]");
  const svg = root.querySelector("[data-overlay]");
  const curve = root.querySelector("[data-curve]");
  const flags = root.querySelector("[data-flags]");
  const playhead = root.querySelector("[data-playhead]");
  const x = (ms, width) => (ms / data.durationMs) * width;
  let drawnWidth = 0;
  let zoom = 1;

  const buttons = data.moments.map((moment) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `wave-flag is-${moment.valence}`;
    button.textContent = `${moment.mark} ${moment.number}`;
    button.setAttribute("aria-label", moment.label);
    button.title = moment.label;
    button.addEventListener("click", () => onFlag(moment));
    flags.append(button);
    return button;
  });

  function draw() {
    const width = inner.clientWidth;
    if (!width || width === drawnWidth) return;
    drawnWidth = width;
    const height = svg.clientHeight;
    svg.replaceChildren();
    for (const time of ticks(data.durationMs, width)) {
      const left = x(time, width);
      shape("line", { class: "tick", x1: left, x2: left, y1: 0, y2: height - LABELS }, svg);
      shape("text", { class: "tick-label", x: left + 3, y: height - 3 }, svg).textContent = clock(time);
    }
    for (const moment of data.moments) {
      const left = x(moment.start, width);
      const wide = Math.max(3, x(moment.end - moment.start, width));
      const group = shape("g", { class: `span is-${moment.valence}`, "data-moment": moment.number }, svg);
      shape("rect", { x: left, y: 0, width: wide, height: height - LABELS }, group);
      shape("line", { x1: left, x2: left, y1: -4, y2: height - LABELS }, group);
    }
    drawCurve(width);
    const lefts = data.moments.map((moment) => x(moment.start, width));
    const rows = stack(lefts, FLAG_WIDTH);
    flags.style.height = `${(Math.max(0, ...rows) + 1) * FLAG_ROW}px`;
    buttons.forEach((button, i) => {
      button.style.left = `${Math.min(lefts[i], width - FLAG_WIDTH)}px`;
      button.style.top = `${rows[i] * FLAG_ROW}px`;
    });
    move(position);
  }

  function drawCurve(width) {
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

  let position = 0;
  function move(ms) {
    position = ms;
    const left = x(Math.min(ms, data.durationMs), drawnWidth);
    playhead.style.transform = `translateX(${left}px)`;
  }

  new ResizeObserver(draw).observe(inner);
  draw();

  return {
    /** @param {number} ms in milliseconds */
    move(ms) {
      move(ms);
      if (zoom === 1) return;
      const left = x(ms, drawnWidth);
      const visible = scroller.clientWidth;
      if (left < scroller.scrollLeft || left > scroller.scrollLeft + visible * 0.9) {
        scroller.scrollLeft = left - visible * 0.2;
      }
    },
    /** @param {number} number of the moment that is being heard, 0 for none */
    mark(number) {
      buttons.forEach((button, i) => {
        button.classList.toggle("is-on", data.moments[i].number === number);
      });
      for (const group of svg.querySelectorAll(".span")) {
        group.classList.toggle("is-on", Number(group.dataset.moment) === number);
      }
    },
    /** @param {number} factor 2 to look closer, 0.5 to step back */
    zoom(factor) {
      zoom = Math.max(1, Math.min(16, zoom * factor));
      inner.style.width = `${zoom * 100}%`;
      draw();
      this.move(position);
      return zoom;
    },
  };
}
