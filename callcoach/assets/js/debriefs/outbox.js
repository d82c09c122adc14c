// What was done on the presenter's page and has not reached the server: kept in the browser, sent in
// order, one at a time, again and again until it is answered. Everything in it may be sent twice.
// Words that the server refused stay as well, until somebody sends them again or throws them away.

import { send as request } from "../http.js";
import { PREFIX, browserStorage, isPassing, isStale, whenAwake } from "./kept.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
const PATIENCE_MS = 10_000;

/**
 * @typedef {{id: string, kind: string, method: string, url: string, body: object, at: number,
 *   isAged: boolean, refused?: string}} Entry `at` in milliseconds of this machine's clock; an aged
 *   entry tells the server how long ago it was done; `refused` with the server's reason it is not
 *   sent by itself
 */

/** Whether somebody wrote it: that is not to be had again from the page. */
const isWritten = (entry) => typeof entry.body?.text === "string";

/**
 * @param {string} owner whose it is, and of which debrief
 * @param {{answered: (entry: Entry, facts: object | null) => void,
 *   refused: (entry: Entry, message: string) => void, changed: () => void}} on
 * @param {object} [parts] for tests
 */
export function createOutbox(owner, on, { storage = browserStorage(), send = request, target = window } = {}) {
  const name = `${PREFIX}${owner}`;
  let entries = read(storage, name);
  let isSending = false;
  let isOffline = false;
  let isOutOfDate = false;
  let isLasting = storage !== null;
  let waitMs = FIRST_WAIT_MS;
  let timer = null;

  const waiting = () => entries.filter((entry) => entry.refused === undefined);

  const keep = () => {
    try {
      if (entries.length) storage?.setItem(name, JSON.stringify(entries));
      else storage?.removeItem(name); // computers are shared
      isLasting = storage !== null;
    } catch {
      isLasting = false; // full: it is still sent as long as the page stays open
    }
    on.changed();
  };

  const setOffline = (value) => {
    if (isOffline === value) return;
    isOffline = value;
    on.changed();
  };

  async function flush() {
    if (isSending || isOutOfDate || !waiting().length) return;
    isSending = true;
    clearTimeout(timer);
    try {
      for (let [entry] = waiting(); entry; [entry] = waiting()) {
        const { status, facts } = await attempt(entry);
        if (status === null) return retry();
        if (status === 401) return; // `send` leads to signing in; it is all kept
        waitMs = FIRST_WAIT_MS;
        setOffline(false);
        if (isStale(status, facts)) {
          isOutOfDate = true; // nothing that this page sends is taken: a new one sends it
          return on.changed();
        }
        const isTaken = status >= 200 && status < 300;
        const reason = facts?.error ?? String(status);
        if (!isTaken && isWritten(entry)) {
          entries = entries.map((one) => (one.id === entry.id ? { ...one, refused: reason } : one));
        } else entries = entries.filter((one) => one.id !== entry.id);
        keep();
        if (isTaken) on.answered(entry, facts);
        else on.refused(entry, reason);
      }
    } finally {
      isSending = false;
    }
  }

  function retry() {
    setOffline(true);
    clearTimeout(timer);
    timer = setTimeout(flush, waitMs);
    waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs);
  }

  /** @returns {Promise<{status: number | null, facts?: object | null}>} null: to be tried again */
  async function attempt(entry) {
    const body = entry.isAged
      ? { ...entry.body, age_ms: Math.max(0, Date.now() - entry.at) }
      : entry.body;
    try {
      const response = await send(entry.url, {
        method: entry.method,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (isPassing(response.status)) return { status: null };
      const facts = await response.json().catch(() => null);
      // The answer broke off, or is not the server's
      return response.ok && facts === null ? { status: null } : { status: response.status, facts };
    } catch {
      return { status: null };
    }
  }

  whenAwake(() => {
    waitMs = FIRST_WAIT_MS;
    flush();
  }, target);
  target.addEventListener("beforeunload", (event) => {
    if (entries.length && !isLasting) event.preventDefault(); // it would be gone with the page
  });

  return {
    /** @param {{id?: string, kind: string, method: string, url: string, body: object, isAged?: boolean}} what */
    put(what) {
      const id = what.id ?? crypto.randomUUID();
      entries = [...entries, { isAged: false, ...what, id, at: Date.now() }];
      keep();
      return flush();
    },
    flush,
    /** Sends what was refused once more, after all the rest. */
    again(id) {
      const entry = entries.find((one) => one.id === id);
      if (entry?.refused === undefined) return undefined;
      const { refused: _reason, ...anew } = entry;
      entries = [...entries.filter((one) => one !== entry), anew];
      keep();
      return flush();
    },
    /** Throws away what was refused. */
    discard(id) {
      entries = entries.filter((one) => one.id !== id || one.refused === undefined);
      keep();
    },
    get waiting() {
      return waiting();
    },
    get refused() {
      return entries.filter((entry) => entry.refused !== undefined);
    },
    get isOffline() {
      return isOffline;
    },
    /** The server takes nothing from this page any more: it must be reloaded. */
    get isOutOfDate() {
      return isOutOfDate;
    },
    /** Whether what is kept outlasts the page. */
    get isLasting() {
      return isLasting;
    },
    /** The page has asked the server something by itself, and was, or was not, answered. */
    heard(isAnswered) {
      setOffline(!isAnswered);
      if (isAnswered) flush();
    },
  };
}

/** @returns {Entry[]} */
function read(storage, name) {
  try {
    const found = JSON.parse(storage?.getItem(name) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}
