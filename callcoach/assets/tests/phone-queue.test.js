import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** What a browser keeps: names are its own keys, as `localStorage` has them. */
class Kept {
  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }

  setItem(key, value) {
    this[key] = value;
  }

  removeItem(key) {
    delete this[key];
  }
}

const { PREFIX, Queue } = await import("../js/debriefs/phone-queue.js");

/** A server that keeps one answer for each item, the latest edition; `troubles` befall it in turn. */
class Server {
  constructor(troubles = []) {
    this.troubles = troubles;
    this.answers = new Map();
    this.requests = 0;
    this.send = this.send.bind(this);
  }

  async send(url, { body }) {
    this.requests += 1;
    const trouble = this.troubles.shift();
    if (trouble === "cut before") throw new TypeError("no line");
    if (trouble === 422) return Response.json({ error: "Trop long." }, { status: 422 });
    if (trouble === "csrf") return Response.json({ error: "Non.", reason: trouble }, { status: 400 });
    if (typeof trouble === "number") return new Response("", { status: trouble });
    const sent = JSON.parse(body);
    const held = this.answers.get(url);
    if (!held || sent.edition > held.edition) this.answers.set(url, sent);
    if (trouble === "cut after") throw new TypeError("the answer was lost");
    if (trouble === "portal") return new Response("<html>", { status: 200 });
    return Response.json(this.answers.get(url));
  }
}

const first = { client_id: "a", edition: 1, text: "Depuis quand ?", is_named: false };
const second = { ...first, edition: 2, text: "Depuis combien de temps ?" };
let later;

beforeEach(() => {
  later = [];
  globalThis.setTimeout = (work, wait) => later.push({ work, wait });
  globalThis.clearTimeout = () => {};
});

/** Lets the tries go by that are planned. */
async function wakeUp(times = 20) {
  for (let count = 0; later.length && count < times; count += 1) await later.shift().work();
}

for (const trouble of ["cut before", "cut after", "portal", "csrf", 502, 429, 401]) {
  test(`an answer arrives once after: ${trouble}`, async () => {
    const server = new Server([trouble, trouble]);
    const storage = new Kept();
    const queue = new Queue("7", { storage, send: server.send });
    const told = [];
    queue.listen((id, state) => told.push(state));
    await queue.put("answer:1", "/one", first);
    assert.equal(told.at(-1), "kept");
    assert.deepEqual(queue.ids(), ["answer:1"]);
    await wakeUp();
    assert.deepEqual([...server.answers.values()], [first]);
    assert.equal(told.at(-1), "sent");
    assert.deepEqual(Object.keys(storage), [], "nothing is left in the browser");
  });
}

test("what waits outlasts the page, and is sent in the order in which it was written", async () => {
  const storage = new Kept();
  const broken = new Server(Array(9).fill("cut before"));
  const before = new Queue("7", { storage, send: broken.send });
  await before.put("answer:2", "/two", first);
  await before.put("answer:1", "/one", first);
  const server = new Server();
  const after = new Queue("7", { storage, send: server.send });
  await after.flush();
  assert.deepEqual([...server.answers.keys()], ["/two", "/one"]);
  assert.deepEqual(after.ids(), []);
});

test("a text that changes while the first one is on its way is sent as well", async () => {
  const server = new Server();
  const queue = new Queue("7", { storage: new Kept(), send: server.send });
  const sent = [];
  queue.listen((id, state, detail) => state === "sent" && sent.push(detail.text));
  await Promise.all([queue.put("answer:1", "/one", first), queue.put("answer:1", "/one", second)]);
  assert.equal(server.answers.get("/one").text, second.text);
  assert.deepEqual(sent, [second.text], "the first is not said to be what was sent");
  assert.deepEqual(queue.ids(), []);
});

test("it waits longer each time, and not longer than half a minute", async () => {
  const server = new Server(Array(12).fill("cut before"));
  const queue = new Queue("7", { storage: new Kept(), send: server.send });
  await queue.put("answer:1", "/one", first);
  const waits = [];
  for (let count = 0; count < 8; count += 1) {
    const { work, wait } = later.shift();
    waits.push(wait);
    await work();
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("what is refused is kept with the reason, and not sent again", async () => {
  const server = new Server([422]);
  const queue = new Queue("7", { storage: new Kept(), send: server.send });
  await queue.put("answer:1", "/one", first);
  await queue.flush();
  assert.equal(server.requests, 1);
  assert.equal(queue.find("answer:1").refused, "Trop long.");
  assert.equal(queue.find("answer:1").body.text, first.text);
});

test("one person's words are not sent, nor kept, for another", async () => {
  const storage = new Kept();
  const server = new Server(["cut before"]);
  const mine = new Queue("7", { storage, send: server.send });
  await mine.put("answer:1", "/one", first);
  mine.keepDraft("answer:2", "Presque");
  storage.setItem("callcoach-drill:9", "untouched");
  const theirs = new Queue("8", { storage, send: server.send });
  await theirs.flush();
  assert.equal(server.answers.size, 0);
  assert.deepEqual(Object.keys(storage), ["callcoach-drill:9"]);
  assert.ok(!Object.keys(storage).some((key) => key.startsWith(PREFIX)));
});

test("what was typed and never sent is forgotten the day after", async () => {
  const storage = new Kept();
  const queue = new Queue("7", { storage, send: new Server().send });
  queue.keepDraft("answer:1", "12: Presque");
  assert.equal(new Queue("7", { storage }).draft("answer:1"), "12: Presque");
  const now = Date.now();
  Date.now = () => now + 25 * 3_600_000;
  assert.equal(new Queue("7", { storage }).draft("answer:1"), null);
  Date.now = () => now;
});

test("without storage it lasts as long as the page", async () => {
  const full = new Kept();
  full.setItem = () => {
    throw new Error("QuotaExceededError");
  };
  for (const storage of [null, full]) {
    later = [];
    const server = new Server(["cut before"]);
    const queue = new Queue("7", { storage, send: server.send });
    queue.keepDraft("answer:1", "Dep");
    assert.equal(queue.draft("answer:1"), "Dep");
    await queue.put("answer:1", "/one", first);
    await wakeUp();
    assert.deepEqual(server.answers.get("/one"), first);
  }
});
