import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

globalThis.document = { querySelector: () => null, addEventListener() {} };
globalThis.window = { addEventListener() {}, removeEventListener() {}, location: { assign() {} } };
const { upload, Refused } = await import("../js/voice/upload.js");

/** A server that keeps what it is sent; `troubles` says what befalls its requests, in turn. */
class Server {
  constructor(troubles = []) {
    this.troubles = troubles;
    this.stored = new Uint8Array();
    this.requests = 0;
  }

  async answer(_url, { method = "GET", body, headers }) {
    this.requests += 1;
    const trouble = this.troubles.shift();
    if (trouble === "cut before") throw new TypeError("no line");
    if (typeof trouble === "number") return Response.json({ error: "Non." }, { status: trouble });
    if (method === "PUT") {
      const offset = Number(headers.get("Upload-Offset"));
      if (offset > this.stored.length) return Response.json({}, { status: 409 });
      const piece = new Uint8Array(body);
      this.stored = Uint8Array.from([...this.stored.slice(0, offset), ...piece]);
      this.length = Number(headers.get("Upload-Length"));
    }
    if (trouble === "cut after") throw new TypeError("the answer was lost");
    const done = this.stored.length === this.length;
    return Response.json({ offset: this.stored.length, done });
  }
}

const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
const take = { id: "a", bytes: bytes.buffer };

async function sent(server) {
  globalThis.fetch = (url, options) => server.answer(url, options);
  return upload(take, { url: "/takes/a" });
}

beforeEach(() => {
  globalThis.setTimeout = (work) => (queueMicrotask(work), 0); // nobody waits here
});

test("a recording goes in pieces and arrives as it is", async () => {
  const server = new Server();
  assert.equal((await sent(server)).done, true);
  assert.deepEqual(server.stored, bytes);
  assert.equal(server.requests, 1 + Math.ceil(bytes.length / 32_768));
});

for (const where of ["cut before", "cut after", 502, 409, 401]) {
  test(`it goes on where it was after: ${where}`, async () => {
    for (let index = 0; index < 5; index += 1) {
      const server = new Server([...Array(index).fill(null), where]);
      await sent(server);
      assert.deepEqual(server.stored, bytes);
    }
  });
}

test("a refusal ends it, with the server's reason", async () => {
  await assert.rejects(sent(new Server([null, 422])), (error) => error instanceof Refused && error.message === "Non.");
});

test("what the server has already is not sent again", async () => {
  const server = new Server();
  await sent(server);
  server.requests = 0;
  await sent(server);
  assert.equal(server.requests, 1);
});
