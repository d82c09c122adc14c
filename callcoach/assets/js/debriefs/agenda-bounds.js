// Pure arithmetic of trimming: no document here, so that node can test it. Milliseconds.

/** As callcoach/debriefs/operations/moments.py has it: shortest part, longest moment. */
export const SHORTEST_MS = 200;
export const LONGEST_MS = 120_000;
/** Seen on both sides of a moment at first. */
const AROUND_MS = 6000;

const within = (value, low, high) => Math.round(Math.max(low, Math.min(high, value)));

/**
 * The bounds after a handle was put somewhere: never crossed, never empty, never longer than allowed.
 * The question stays inside; where there is no room left for it, there is none.
 *
 * @param {{start: number, ask: number | null, end: number}} bounds
 * @param {"start" | "ask" | "end"} name the handle
 * @param {number} ms
 * @param {number} durationMs of the call
 */
export function boundsAfter(bounds, name, ms, durationMs) {
  const { start, ask, end } = bounds;
  if (name === "ask") return { start, end, ask: within(ms, start + SHORTEST_MS, end - SHORTEST_MS) };
  const moved =
    name === "start"
      ? { start: within(ms, Math.max(0, end - LONGEST_MS), end - SHORTEST_MS), end }
      : { start, end: within(ms, start + SHORTEST_MS, Math.min(durationMs, start + LONGEST_MS)) };
  if (ask === null || moved.end - moved.start < 2 * SHORTEST_MS) return { ...moved, ask: null };
  return { ...moved, ask: within(ask, moved.start + SHORTEST_MS, moved.end - SHORTEST_MS) };
}

/** A wider view: at least some seconds more on both sides, half as much again. */
export function wider({ from, to }, durationMs) {
  const more = Math.max(AROUND_MS, (to - from) / 4);
  return { from: Math.max(0, Math.round(from - more)), to: Math.min(durationMs, Math.round(to + more)) };
}
