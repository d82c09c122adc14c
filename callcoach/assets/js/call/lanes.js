// The two lanes of sound: the agent above the middle line, the prospect below it.

import { readPeaks } from "./peaks.js";
import { lanesOfMixed, levelled } from "./timeline.js";

const BAR = 2; // width of a bar, CSS pixels
const PITCH = 3; // from one bar to the next
const MIDDLE_GAP = 2; // from the middle line to a lane, so that the lanes never touch
const REST = 1.2; // height of a bar in silence

/**
 * Fetches the server's peaks; lanes of silence when they cannot be had, for the page works without.
 *
 * @param {string} url
 * @param {object} data the page's data
 * @returns {Promise<[Float32Array, Float32Array]>} agent, prospect, in [0, 1]
 */
export async function loadLanes(url, data) {
  const channels = url ? await fetchPeaks(url) : [];
  if (!channels.length) return [new Float32Array(1), new Float32Array(1)];
  if (data.separate && channels.length > 1) {
    const agent = data.agentChannel === 1 ? 1 : 0;
    return [levelled(channels[agent]), levelled(channels[1 - agent])];
  }
  return lanesOfMixed(levelled(channels[0]), data.turns, data.durationMs);
}

async function fetchPeaks(url) {
  try {
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok) return [];
    return readPeaks(await response.arrayBuffer());
  } catch {
    return []; // offline or broken: the lanes stay flat, the words and the sound still work
  }
}

/**
 * Draws one canvas of the lanes. Called by wavesurfer with the slice that the canvas shows.
 *
 * @param {(Float32Array | number[])[]} channels agent, prospect
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLElement} container whose colours are used
 */
export function paintLanes([agent, prospect], context, container) {
  const { width, height } = context.canvas;
  const ratio = window.devicePixelRatio || 1;
  const colours = getComputedStyle(container);
  const middle = height / 2;
  const reach = (middle - MIDDLE_GAP * ratio) * 0.94;
  const lanes = [
    [agent, colours.getPropertyValue("--agent"), -1],
    [prospect ?? agent, colours.getPropertyValue("--prospect"), 1],
  ];
  for (const [peaks, colour, direction] of lanes) {
    context.fillStyle = colour.trim() || "#555";
    context.beginPath();
    for (let x = 0; x < width; x += PITCH * ratio) {
      const from = Math.floor((x / width) * peaks.length);
      const to = Math.max(from + 1, Math.floor(((x + PITCH * ratio) / width) * peaks.length));
      let top = 0;
      for (let i = from; i < to && i < peaks.length; i++) top = Math.max(top, Math.abs(peaks[i]));
      const tall = Math.max(REST * ratio, top * reach);
      const y = direction < 0 ? middle - MIDDLE_GAP * ratio - tall : middle + MIDDLE_GAP * ratio;
      context.roundRect(x, y, BAR * ratio, tall, ratio);
    }
    context.fill();
  }
}
