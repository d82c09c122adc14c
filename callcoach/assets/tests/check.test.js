import assert from "node:assert/strict";
import { test } from "node:test";
import { heardShare, withPiece } from "../js/check/heard.js";

test("what is heard twice counts once", () => {
  let pieces = withPiece([], 1000, 3000);
  pieces = withPiece(pieces, 2000, 4000);
  assert.deepEqual(pieces, [[1000, 4000]]);
  assert.equal(heardShare(pieces, 0, 10_000), 0.3);
});

test("pieces that touch are one, others stay apart and in order", () => {
  const pieces = withPiece(withPiece(withPiece([], 5000, 6000), 1000, 2000), 2000, 3000);
  assert.deepEqual(pieces, [[1000, 3000], [5000, 6000]]);
  assert.deepEqual(withPiece(pieces, 2500, 5500), [[1000, 6000]]);
});

test("a piece without length changes nothing", () => {
  assert.deepEqual(withPiece([[1, 2]], 5, 5), [[1, 2]]);
});

test("only what lies in the stretch counts", () => {
  assert.equal(heardShare([[0, 4000], [9000, 20_000]], 2000, 10_000), 3000 / 8000);
  assert.equal(heardShare([], 5, 5), 1);
});
