import assert from "node:assert/strict";
import { test } from "node:test";
import { tenths } from "../js/notes/tenths.js";
import { FIELDS, merge, sameValues } from "../js/notes/values.js";

const BASE = { ...Object.fromEntries(FIELDS.map((name) => [name, ""])), aim: "change", instead: "Un.", cause: "rushed" };

test("places are told to the tenth of a second", () => {
  assert.equal(tenths(12_200, ","), "0:12,2");
  assert.equal(tenths(59_960, "."), "1:00.0");
  assert.equal(tenths(0, ","), "0:00,0");
});

test("spaces at the ends and kinds of line ends make no difference", () => {
  assert.ok(sameValues({ ...BASE, instead: "Un\r\ndeux " }, { ...BASE, instead: "Un\ndeux" }));
  assert.ok(!sameValues(BASE, { ...BASE, hears: "x" }));
  assert.ok(sameValues({ ...BASE, start_ms: 1200 }, { ...BASE, start_ms: "1200" }));
});

test("where only one of two changed a field, that change is taken", () => {
  const merged = merge(BASE, { ...BASE, instead: "Le mien." }, { ...BASE, hears: "Le leur." });
  assert.equal(merged.instead, "Le mien.");
  assert.equal(merged.hears, "Le leur.");
});

test("where both changed a text, both are kept, mine first", () => {
  const merged = merge(BASE, { ...BASE, instead: "Le mien." }, { ...BASE, instead: "Le leur." });
  assert.equal(merged.instead, "Le mien.\nLe leur.");
});

test("where both changed a choice, mine is kept", () => {
  const merged = merge(BASE, { ...BASE, cause: "insistence" }, { ...BASE, cause: "" });
  assert.equal(merged.cause, "insistence");
});

test("what one emptied and the other left alone is empty", () => {
  assert.equal(merge(BASE, { ...BASE, instead: "" }, { ...BASE }).instead, "");
  assert.equal(merge(BASE, { ...BASE }, { ...BASE, instead: "" }).instead, "");
});

test("no word that either wrote is lost", () => {
  const words = ["", "a", "b", "c d"];
  for (const was of words)
    for (const own of words)
      for (const other of words) {
        const merged = merge({ ...BASE, hears: was }, { ...BASE, hears: own }, { ...BASE, hears: other }).hears;
        if (own !== was) assert.ok(merged.includes(own), `${was} ${own} ${other}`);
        if (other !== was) assert.ok(merged.includes(other), `${was} ${own} ${other}`);
      }
});
