import assert from "node:assert/strict";
import test from "node:test";
import { createRun } from "../js/feed/run.js";

const item = (claim) => ({ claim });

test("a run holds the moment being heard and the next, and no more than its length", () => {
  const run = createRun(3);
  assert.equal(run.wanting(2), 2);
  run.add([item(1), item(2)]);
  assert.equal(run.current.claim, 1);
  assert.equal(run.ready.claim, 2);
  assert.equal(run.wanting(2), 0);
  run.finish("confirmed");
  assert.equal(run.wanting(2), 1);
  run.add([item(3)]);
  run.finish("passed");
  assert.equal(run.wanting(2), 0, "a fourth would be kept from others for nothing");
  run.finish("rejected");
  assert.equal(run.isOver, true);
  assert.deepEqual(run.tally(), { confirmed: 1, passed: 1, rejected: 1 });
});

test("a run is shorter when fewer are to be had", () => {
  const run = createRun(12);
  run.add([item(1)]);
  run.shorten();
  assert.deepEqual(run.segments(), [""]);
  run.finish("passed");
  assert.equal(run.isOver, true);
});

test("what is taken back is heard again before all others", () => {
  const run = createRun(2);
  run.add([item(1), item(2)]);
  run.finish("confirmed");
  assert.equal(run.undoable.item.claim, 1);
  run.bringBack(item(1));
  assert.equal(run.current.claim, 1);
  assert.equal(run.ready.claim, 2);
  assert.equal(run.number, 1);
  assert.equal(run.undoable, null);
});

test("what somebody else decided cannot be taken back, and counts as passed", () => {
  const run = createRun(3);
  run.add([item(1), item(2)]);
  run.finish("confirmed");
  run.finish("rejected");
  run.correct(item(2), "passed");
  assert.equal(run.undoable.item.claim, 1);
  assert.deepEqual(run.tally(), { confirmed: 1, passed: 1 });
});

test("what was lost leaves the run, and says whether it was being heard", () => {
  const run = createRun(3);
  run.add([item(1), item(2)]);
  assert.equal(run.drop([2]), false);
  assert.equal(run.drop([1]), true);
  assert.equal(run.current, null);
  assert.equal(run.wanting(2), 2, "others take their place");
});
