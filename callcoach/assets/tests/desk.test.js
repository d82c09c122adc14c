import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurn } from "../js/call/queue.js";
import { nextRate } from "../js/call/rate.js";
import { stopFrom, stopsOf } from "../js/call/stops.js";
import { betweenMarks, timeOfText, turnOf } from "../js/call/stretch.js";

const moments = [
  { key: "p1", start: 1000, end: 2000, decision: "" },
  { key: "p2", start: 5000, end: 6000, decision: "rejected" },
  { key: "p3", start: 9000, end: 9500, decision: "confirmed" },
];
const requests = [
  { key: "r1", start: 7000, end: 8000 },
  { key: "r2", start: null, end: null },
];

test("n and p stop at what nobody rejected and at what agents asked for, by time", () => {
  assert.deepEqual(stopsOf(moments, requests).map((stop) => stop.key), ["p1", "r1", "p3"]);
  assert.equal(stopFrom(moments, requests, null, 0, 1).key, "p1");
  assert.equal(stopFrom(moments, requests, moments[0], 0, 1).key, "r1");
  assert.equal(stopFrom(moments, requests, requests[0], 0, 1).key, "p3");
  assert.equal(stopFrom(moments, requests, moments[2], 0, 1), null);
  assert.equal(stopFrom(moments, requests, moments[0], 0, -1), null);
});

test("from a moment just rejected, n and p go on from its place", () => {
  assert.equal(stopFrom(moments, requests, moments[1], 0, 1).key, "r1");
  assert.equal(stopFrom(moments, requests, moments[1], 0, -1).key, "p1");
});

test("without a current moment the playhead decides", () => {
  assert.equal(stopFrom(moments, requests, null, 6500, 1).key, "r1");
  assert.equal(stopFrom(moments, requests, null, 6500, -1).key, "p1");
  assert.equal(stopFrom([], [], null, 0, 1), null);
});

// "On a un outil" and " oui" in the next turn
const first = { start: 1000, end: 3000, words: [1000, 2, 1400, 2, 1800, 3, 2200, 6] };
const second = { start: 4000, end: 5000, words: [4000, 3] };

test("selected words are from the first word's start to the last word's end", () => {
  assert.deepEqual(timeOfText(first, 3, first, 4), { start: 1400, end: 1800 });
  assert.deepEqual(timeOfText(first, 0, first, 13), { start: 1000, end: 3000 });
  assert.deepEqual(timeOfText(first, 8, second, 3), { start: 2200, end: 5000 });
});

test("a corrected turn has no words in time: it is chosen whole", () => {
  const corrected = { start: 1000, end: 3000, words: [] };
  assert.deepEqual(timeOfText(corrected, 4, corrected, 6), { start: 1000, end: 3000 });
});

const turns = [
  { index: 0, channel: 0, start: 0, end: 4000 },
  { index: 1, channel: 1, start: 4500, end: 9000 },
];

test("a start without an end reaches the playhead, else the end of what is said", () => {
  assert.deepEqual(betweenMarks({ start: 1000, end: null }, 3000, turns), { start: 1000, end: 3000 });
  assert.deepEqual(betweenMarks({ start: 1000, end: null }, 1000, turns), { start: 1000, end: 4000 });
  assert.deepEqual(betweenMarks({ start: null, end: 6000 }, 0, turns), { start: 4500, end: 6000 });
  assert.deepEqual(betweenMarks({ start: 500, end: 900 }, 0, turns), { start: 500, end: 900 });
  assert.equal(betweenMarks({ start: null, end: null }, 0, turns), null);
});

test("a stretch belongs to the turn that it shares most time with", () => {
  assert.equal(turnOf(turns, { start: 3000, end: 6000 }).index, 1);
  assert.equal(turnOf(turns, { start: 4100, end: 4400 }), null);
});

test("speeds go up and down in steps and stay within their ends", () => {
  assert.equal(nextRate(1, 1), 1.25);
  assert.equal(nextRate(0.75, -1), 0.75);
  assert.equal(nextRate(2, 1), 2);
  assert.equal(nextRate(1.1, 1), 1.25, "an unknown speed counts as the ordinary one");
});

test("what the server is asked goes one after the other, also after a failure", async () => {
  const said = [];
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const one = inTurn(async () => {
    await wait(20);
    said.push("one");
    throw new Error("offline");
  });
  const two = inTurn(async () => said.push("two"));
  await assert.rejects(one);
  await two;
  assert.deepEqual(said, ["one", "two"]);
});
