import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

const { createOutbox } = await import("../js/debriefs/outbox.js");

/** What a browser keeps. */
class Kept extends Map {
  getItem(key) {
    return this.get(key) ?? null;
  }

  setItem(key, value) {
    this.set(key, value);
  }

  removeItem(key) {
    this.delete(key);
  }
}

/** A server that `troubles` befall in turn, by their number or name; then it takes everything. */
function serverWith(...troubles) {
  const asked = [];
  const send = async (url, { body }) => {
    asked.push([url, JSON.parse(body)]);
    const trouble = troubles.shift();
    if (trouble === "cut") throw new TypeError("no line");
    if (trouble === "portal") return new Response("<html>");
    if (trouble === "csrf") return Response.json({ error: "Non.", reason: trouble }, { status: 400 });
    if (trouble) return Response.json({ error: "Trop long." }, { status: trouble });
    return Response.json({ revision: 7 });
  };
  return { asked, send };
}

const NOTE = { id: "n", kind: "note", method: "PUT", url: "/note", body: { text: "On en reparle.", item_id: 3 } };
const GO = { id: "g", kind: "live", method: "PUT", url: "/item", body: { item_id: 4 }, isAged: true };
let later;

beforeEach(() => {
  later = [];
  globalThis.setTimeout = (work, wait) => later.push({ work, wait });
  globalThis.clearTimeout = () => {};
});

/** A page of user 7's with debrief 2, and what it was told. */
function open(storage, server) {
  const told = [];
  const outbox = createOutbox(
    "7:present:2",
    {
      answered: (entry) => told.push(["answered", entry.id]),
      refused: (entry, message) => told.push(["refused", entry.id, message]),
      changed: () => {},
    },
    { storage, send: server.send, target: new EventTarget() },
  );
  return { outbox, told };
}

for (const trouble of ["cut", "portal", 408, 425, 429, 500]) {
  test(`what was done is kept, and sent in order, after: ${trouble}`, async () => {
    const storage = new Kept();
    const server = serverWith(trouble, trouble);
    const { outbox, told } = open(storage, server);
    await outbox.put(NOTE);
    assert.equal(outbox.isOffline, true);
    await outbox.put(GO);
    assert.deepEqual([...storage.keys()], ["callcoach-debrief:7:present:2"]);
    assert.deepEqual(later.map(({ wait }) => wait), [1000, 2000]);
    await later.at(-1).work();
    assert.deepEqual(told, [["answered", "n"], ["answered", "g"]]);
    assert.deepEqual(server.asked.map(([url]) => url), ["/note", "/note", "/note", "/item"]);
    assert.ok("age_ms" in server.asked.at(-1)[1]);
    assert.equal(outbox.isOffline, false);
    assert.equal(storage.size, 0, "nothing is left in the browser");
  });
}

test("a page that is out of date keeps everything, and a new one sends it", async () => {
  const storage = new Kept();
  const server = serverWith("csrf");
  const old = open(storage, server);
  await old.outbox.put(NOTE);
  await old.outbox.put(GO);
  old.outbox.heard(true);
  assert.equal(old.outbox.isOutOfDate, true);
  assert.equal(old.outbox.isOffline, false, "it is not the network's fault");
  assert.equal(server.asked.length, 1, "it does not knock again and again");
  assert.deepEqual(old.outbox.waiting.map((entry) => entry.id), ["n", "g"]);
  assert.deepEqual(old.told, []);
  const anew = open(storage, server);
  await anew.outbox.flush();
  assert.deepEqual(anew.told, [["answered", "n"], ["answered", "g"]]);
  assert.deepEqual(server.asked.at(1), ["/note", NOTE.body]);
  assert.equal(storage.size, 0);
});

test("signed out, it is all kept for when the same person is back", async () => {
  const { outbox, told } = open(new Kept(), serverWith(401));
  await outbox.put(NOTE);
  assert.deepEqual(outbox.waiting.map((entry) => entry.id), ["n"]);
  assert.deepEqual(told, []);
});

test("words that were refused stay, also for the next page, until they are sent or discarded", async () => {
  const storage = new Kept();
  const server = serverWith(422);
  const first = open(storage, server);
  await Promise.all([first.outbox.put(NOTE), first.outbox.put(GO)]);
  assert.deepEqual(first.told, [["refused", "n", "Trop long."], ["answered", "g"]]);
  assert.deepEqual(first.outbox.waiting, [], "they hold nothing up");
  const { outbox, told } = open(storage, server);
  await outbox.flush();
  assert.equal(server.asked.length, 2, "nor are they sent by themselves");
  const [{ body, refused }] = outbox.refused;
  assert.deepEqual([body, refused], [NOTE.body, "Trop long."]);
  await outbox.again("n");
  assert.deepEqual(told, [["answered", "n"]]);
  assert.equal(storage.size, 0);
});

test("discarding takes away what was refused, and only that", async () => {
  const { outbox } = open(new Kept(), serverWith(404, "cut"));
  await outbox.put(NOTE);
  await outbox.put({ ...NOTE, id: "m" });
  outbox.discard("m");
  outbox.discard("n");
  assert.deepEqual(outbox.refused, []);
  assert.deepEqual(outbox.waiting.map((entry) => entry.id), ["m"]);
});

test("a refused step that nobody wrote is let go of: the server's state is shown instead", async () => {
  const storage = new Kept();
  const { outbox, told } = open(storage, serverWith(409));
  await outbox.put(GO);
  assert.deepEqual(told, [["refused", "g", "Trop long."]]);
  assert.deepEqual([outbox.refused, storage.size], [[], 0]);
});

test("where the browser keeps nothing, the page is not left without a word", async () => {
  const full = new Kept();
  full.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  for (const storage of [null, full]) {
    const target = new EventTarget();
    const on = { answered() {}, refused() {}, changed() {} };
    const outbox = createOutbox("7:present:2", on, { storage, send: serverWith("csrf").send, target });
    await outbox.put(NOTE);
    const leaving = new Event("beforeunload", { cancelable: true });
    target.dispatchEvent(leaving);
    assert.deepEqual([outbox.isLasting, leaving.defaultPrevented], [false, true]);
  }
});
