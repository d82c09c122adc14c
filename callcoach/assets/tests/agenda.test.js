// Trimming a moment: its bounds never cross, never grow too long, and keep the question inside.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boundsAfter, LONGEST_MS, SHORTEST_MS, wider } from "../js/debriefs/agenda-bounds.js";

const BOUNDS = { start: 10_000, ask: 12_000, end: 20_000 };

test("a handle stops before the other, at the call's edges, and at the longest moment", () => {
  assert.equal(boundsAfter(BOUNDS, "start", 30_000, 60_000).start, 20_000 - SHORTEST_MS);
  assert.equal(boundsAfter(BOUNDS, "start", -5, 60_000).start, 0);
  assert.equal(boundsAfter(BOUNDS, "end", 90_000, 60_000).end, 60_000);
  assert.equal(boundsAfter(BOUNDS, "end", 900_000, 900_000).end, 10_000 + LONGEST_MS);
  assert.equal(boundsAfter(BOUNDS, "end", 15_000.4, 60_000).end, 15_000);
});

test("the question stays inside, and goes where there is no room for it", () => {
  assert.equal(boundsAfter(BOUNDS, "ask", 50_000, 60_000).ask, 20_000 - SHORTEST_MS);
  assert.equal(boundsAfter(BOUNDS, "start", 13_000, 60_000).ask, 13_000 + SHORTEST_MS);
  assert.equal(boundsAfter(BOUNDS, "start", 19_900, 60_000).ask, null);
  assert.equal(boundsAfter({ ...BOUNDS, ask: null }, "end", 15_000, 60_000).ask, null);
});

test("a wider view stays within the call", () => {
  assert.deepEqual(wider({ from: 2000, to: 8000 }, 9000), { from: 0, to: 9000 });
  assert.deepEqual(wider({ from: 100_000, to: 160_000 }, 900_000), { from: 85_000, to: 175_000 });
});
