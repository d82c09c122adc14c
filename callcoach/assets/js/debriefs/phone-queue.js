// What a phone has to say while its connection comes and goes: kept in this browser until the server
// has it, and tried again, less and less often. Every entry carries an id and an edition made here,
// so that what arrives twice, or late, is one. Signing out forgets all of it; it is asked about first
// (js/leaving.js).

import { send as request } from "../http.js";
import { PREFIX, browserStorage, isPassing, isStale, whenAwake } from "./kept.js";

export { PREFIX };
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;
const DRAFT_MS = 24 * 3_600_000;
const PATIENCE_MS = 20_000; // a phone that slept holds a connection that is none any more

/** Where there is no storage, or it is full, what is kept lasts as long as the page. */
class Shelf {
  constructor(storage) {
    this.storage = storage;
    this.here = new Map();
  }

  get(key) {
    if (this.here.has(key)) return this.here.get(key);
    return this.storage?.getItem(key) ?? null;
  }

  /** @returns {boolean} whether it outlasts the page */
  set(key, value) {
    try {
      if (this.storage) {
        this.storage.setItem(key, value);
        this.here.delete(key);
        return true;
      }
    } catch {
      // full
    }
    this.here.set(key, value);
    return false;
  }

  remove(key) {
    this.here.delete(key);
    this.storage?.removeItem(key);
  }

  keys() {
    return [...new Set([...Object.keys(this.storage ?? {}), ...this.here.keys()])];
  }
}

/**
 * @typedef {object} Entry
 * @property {string} url
 * @property {object} body what is sent as JSON
 * @property {number} at when it was put here, milliseconds
 * @property {string} [refused] the server's reason; such an entry is not sent again
 */

export class Queue {
  /**
   * @param {string} owner whose it is; what another person left here is forgotten
   * @param {object} [parts] for tests
   */
  constructor(owner, { storage = browserStorage(), send = request } = {}) {
    this.shelf = new Shelf(storage);
    this.send = send;
    this.mine = `${PREFIX}${owner}:`;
    this.listeners = [];
    this.timer = 0;
    this.wait = 0;
    this.flight = null;
    for (const key of this.shelf.keys()) {
      if (!key.startsWith(PREFIX)) continue;
      const isOld = Date.now() - Number.parseInt(this.shelf.get(key), 10) > DRAFT_MS;
      if (!key.startsWith(this.mine) || isOld) this.shelf.remove(key);
    }
  }

  /** @param {(id: string, state: "kept" | "sending" | "sent" | "refused" | "stale", detail?: any) => void} listener */
  listen(listener) {
    this.listeners.push(listener);
  }

  tell(id, state, detail) {
    for (const listener of this.listeners) listener(id, state, detail);
  }

  /** @returns {Entry | null} */
  find(id) {
    try {
      return JSON.parse(this.shelf.get(`${this.mine}send:${id}`) ?? "null");
    } catch {
      return null; // not ours
    }
  }

  /** @returns {string[]} ids of what waits, the oldest first */
  ids() {
    const start = `${this.mine}send:`;
    return this.shelf
      .keys()
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(start.length))
      .filter((id) => this.find(id) && !this.find(id).refused)
      .sort((one, other) => this.find(one).at - this.find(other).at);
  }

  /**
   * Keeps something and sends it as soon as that goes; what waited under this id gives way.
   *
   * @returns {Promise<void>} once it was tried
   */
  put(id, url, body) {
    this.shelf.set(`${this.mine}send:${id}`, JSON.stringify({ url, body, at: Date.now() }));
    this.tell(id, "sending");
    return this.flush();
  }

  /** @returns {string | null} what is typed and not to be sent yet */
  draft(id) {
    const kept = this.shelf.get(`${this.mine}draft:${id}`);
    return kept === null ? null : kept.slice(kept.indexOf(":") + 1);
  }

  /** Kept with its time: what nobody sent is forgotten the day after. */
  keepDraft(id, text) {
    this.shelf.set(`${this.mine}draft:${id}`, `${Date.now()}:${text}`);
  }

  forget(id) {
    this.shelf.remove(`${this.mine}send:${id}`);
  }

  forgetDraft(id) {
    this.shelf.remove(`${this.mine}draft:${id}`);
  }

  /** Sends all that waits, one after the other; a second call meanwhile waits for the first. */
  async flush() {
    clearTimeout(this.timer);
    if (this.flight) {
      await this.flight;
      if (this.flight) return this.flight; // somebody else goes on with it
    }
    if (!this.ids().length) return undefined;
    this.flight = this.run().finally(() => {
      this.flight = null;
    });
    return this.flight;
  }

  async run() {
    const tried = new Map(); // a newer text under an id that was sent meanwhile goes once more
    for (;;) {
      const id = this.ids().find((one) => tried.get(one) !== JSON.stringify(this.find(one)));
      if (id === undefined) return;
      const entry = this.find(id);
      tried.set(id, JSON.stringify(entry));
      if (!(await this.trySend(id, entry))) {
        for (const other of this.ids()) this.tell(other, "kept");
        this.wait = Math.min(LAST_RETRY_MS, this.wait ? this.wait * 2 : FIRST_RETRY_MS);
        this.timer = setTimeout(() => this.flush(), this.wait);
        return;
      }
    }
  }

  /** @returns {Promise<boolean>} whether the server has said yes or no */
  async trySend(id, entry) {
    let response = null;
    try {
      response = await this.send(entry.url, {
        method: "POST",
        body: JSON.stringify(entry.body),
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        signal: globalThis.AbortSignal?.timeout?.(PATIENCE_MS),
      });
    } catch {
      return false; // no connection
    }
    // Signed out meanwhile: it stays for when the same person is back (js/http.js leads there)
    if (isPassing(response.status) || response.status === 401) return false;
    this.wait = 0;
    const answer = await response.json().catch(() => null);
    if (response.ok && answer === null) return false; // the answer broke off, or is not the server's
    if (isStale(response.status, answer)) {
      this.tell(id, "stale");
      return false;
    }
    const isNewest = JSON.stringify(this.find(id)) === JSON.stringify(entry);
    if (response.ok) {
      if (isNewest) {
        this.forget(id);
        this.tell(id, "sent", answer);
      }
      return true;
    }
    const reason = answer?.error ?? answer?.message ?? "";
    if (isNewest) {
      this.shelf.set(`${this.mine}send:${id}`, JSON.stringify({ ...entry, refused: reason || "?" }));
      this.tell(id, "refused", reason);
    }
    return true;
  }

  /** Tries again when the connection comes back and when the phone wakes. */
  keepTrying(target = window) {
    whenAwake(() => {
      this.wait = 0;
      this.flush();
    }, target);
    this.flush();
  }
}

if (typeof document !== "undefined") {
  document.addEventListener("submit", (event) => {
    const path = new URL(event.target.action, window.location.href).pathname;
    if (!["/sign-out", "/switch-user/leave"].includes(path)) return;
    const storage = browserStorage();
    for (const key of Object.keys(storage ?? {})) {
      if (key.startsWith(PREFIX)) storage.removeItem(key);
    }
  });
}
