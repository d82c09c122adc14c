// The small waveform of a moment: two lanes, the causing stretch, and where one listens.

import { loadLanes, paintLanes } from "../call/lanes.js";

const lanesOf = new Map(); // peaks address -> promise of both lanes of the whole call
const KEPT = 6; // calls whose lanes are kept

function lanes(item) {
  if (!lanesOf.has(item.peaksUrl)) {
    lanesOf.set(item.peaksUrl, loadLanes(item.peaksUrl, item));
    if (lanesOf.size > KEPT) lanesOf.delete(lanesOf.keys().next().value);
  }
  return lanesOf.get(item.peaksUrl);
}

/** Fetches ahead what the next moment draws. */
export const prepareWave = (item) => lanes(item);

/**
 * @param {HTMLElement} root [data-wave]
 * @param {object} item
 * @param {(ms: number) => void} onSeek
 */
export function createWave(root, item, onSeek) {
  const canvas = root.querySelector("[data-wave-canvas]");
  const cause = root.querySelector("[data-wave-cause]");
  const head = root.querySelector("[data-wave-head]");
  const span = Math.max(1, item.to - item.from);
  const share = (ms) => Math.max(0, Math.min(1, (ms - item.from) / span));

  function place() {
    cause.style.left = `${100 * share(item.start)}%`;
    cause.style.width = `${100 * (share(item.end) - share(item.start))}%`;
    cause.hidden = item.wholeCall;
  }

  async function draw() {
    const both = await lanes(item);
    if (!canvas.isConnected || !canvas.clientWidth) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    const cut = both.map((lane) => {
      const bin = (ms) => Math.round((ms / item.durationMs) * lane.length);
      return lane.subarray(bin(item.from), Math.max(bin(item.from) + 1, bin(item.to)));
    });
    paintLanes(cut, canvas.getContext("2d"), root);
  }

  place();
  draw();
  const sized = new ResizeObserver(draw);
  sized.observe(canvas);
  const themed = new MutationObserver(draw);
  themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  root.addEventListener("click", (event) => {
    const frame = root.getBoundingClientRect();
    onSeek(item.from + ((event.clientX - frame.left) / frame.width) * span);
  });

  return {
    /** @param {number} ms */
    move(ms) {
      head.style.left = `${100 * share(ms)}%`;
    },
    close() {
      sized.disconnect();
      themed.disconnect();
    },
  };
}
