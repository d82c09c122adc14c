import assert from "node:assert/strict";
import { test } from "node:test";
import { readPeaks } from "../js/call/peaks.js";
import {
  clock,
  indexAt,
  lanesOfMixed,
  levelled,
  stack,
  ticks,
  timeOfOffset,
  wordAt,
} from "../js/call/timeline.js";

test("a clock counts whole seconds, and hours where there are any", () => {
  assert.equal(clock(17_900), "0:17");
  assert.equal(clock(3_723_000), "1:02:03");
  assert.equal(clock(-5), "0:00");
});

test("ticks never touch, from a minute to four hours", () => {
  for (const duration of [60_000, 3_600_000, 14_400_000]) {
    const times = ticks(duration, 1300);
    const gap = ((times[1] - times[0]) / duration) * 1300;
    assert.ok(gap >= 76, `${gap} px apart at ${duration} ms`);
    assert.equal(times[0], 0);
    assert.ok(times.at(-1) < duration);
  }
  assert.deepEqual(ticks(0, 1300), []);
});

const turns = [
  { start: 0, end: 10_000 },
  { start: 4000, end: 5000 },
  { start: 12_000, end: 13_000 },
];

test("who speaks: the one who came in, then again who held the floor, then nobody", () => {
  assert.equal(indexAt(turns, 4500), 1);
  assert.equal(indexAt(turns, 6000), 0);
  assert.equal(indexAt(turns, 11_000), -1);
  assert.equal(indexAt(turns, 12_000), 2);
  assert.equal(indexAt(turns, 13_000), -1);
  assert.equal(indexAt([], 5), -1);
});

const words = [1000, 2, 1500, 2, 2000, 5]; // "On", " a", " déjà"

test("the word being said, as offsets in the text", () => {
  assert.equal(wordAt(words, 900), null);
  assert.deepEqual(wordAt(words, 1000), [0, 2]);
  assert.deepEqual(wordAt(words, 1999), [2, 4]);
  assert.deepEqual(wordAt(words, 9999), [4, 9]);
});

test("the time of a place in the text", () => {
  assert.equal(timeOfOffset(words, 0), 1000);
  assert.equal(timeOfOffset(words, 3), 1500);
  assert.equal(timeOfOffset(words, 8), 2000);
  assert.equal(timeOfOffset(words, 9), null);
  assert.equal(timeOfOffset([], 0), null);
});

test("flags that would cover each other go to other rows", () => {
  assert.deepEqual(stack([0, 10, 20, 50], 40), [0, 1, 2, 0]);
  assert.deepEqual(stack([0, 50], 40), [0, 0]);
});

test("a quiet lane fills its height, one click does not flatten it", () => {
  const lane = new Float32Array(1000).fill(0.1);
  lane[500] = 0.3;
  const scaled = levelled(lane);
  assert.ok(Math.abs(scaled[0] - 1) < 1e-6);
  assert.equal(scaled[500], 1);
  assert.deepEqual([...levelled(new Float32Array(3))], [0, 0, 0]);
});

test("a mixed channel goes to the lane of who speaks; unknown speakers share it", () => {
  const peaks = Float32Array.of(1, 1, 1, 1);
  const spoken = [
    { start: 0, end: 1000, speaker: "agent" },
    { start: 1000, end: 2000, speaker: "prospect" },
  ];
  const [agent, prospect] = lanesOfMixed(peaks, spoken, 4000);
  assert.deepEqual([...agent].map((value) => value > 0.5), [true, false, false, false]);
  assert.deepEqual([...prospect].map((value) => value > 0.5), [false, true, false, false]);
  const unknown = lanesOfMixed(peaks, [{ start: 0, end: 1000, speaker: "unknown" }], 4000);
  assert.deepEqual(unknown, [peaks, peaks]);
});

test("peaks are read at the finest level, channel by channel", () => {
  const bytes = new Uint8Array(12 + 16 + 2 * 2 * 2 + 2 * 2);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x4343504b);
  bytes.set([1, 2, 2], 4);
  view.setUint32(12, 100, true);
  view.setUint32(16, 2, true); // two bins at the finest level
  view.setUint32(20, 10, true);
  view.setUint32(24, 1, true);
  new Int8Array(bytes.buffer, 28).set([-127, 0, 0, 64, 0, 0, -32, 32, 9, 9, 9, 9]);
  const [left, right] = readPeaks(bytes.buffer);
  assert.deepEqual([...left], [1, Math.fround(64 / 127)]);
  assert.deepEqual([...right], [0, Math.fround(32 / 127)]);
});

test("what is not peaks, or was cut short, reads as none", () => {
  assert.deepEqual(readPeaks(new ArrayBuffer(4)), []);
  assert.deepEqual(readPeaks(new TextEncoder().encode("<!doctype html><html>").buffer), []);
});
