// What was done on the presenter's page and has not reached the server: kept in the browser, sent in
// order, one at a time, again and again until it is answered. Everything in it may be sent twice.

import { send } from "../http.js";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;
const PATIENCE_MS = 10_000;

/**
 * @typedef {{id: string, kind: string, method: string, url: string, body: object, at: number,
 *   isAged: boolean}} Entry `at` in milliseconds of this machine's clock; an aged entry tells the
 *   server how long ago it was done
 */

/**
 * @param {string} name of the place in localStorage
 * @param {{answered: (entry: Entry, facts: object | null) => void,
 *   refused: (entry: Entry, message: string) => void, changed: () => void}} on
 */
export function createOutbox(name, on) {
  let entries = read(name);
  let isSending = false;
  let isOffline = false;
  let waitMs = FIRST_WAIT_MS;
  let timer = null;

  const keep = () => {
    try {
      if (entries.length) localStorage.setItem(name, JSON.stringify(entries));
      else localStorage.removeItem(name); // computers are shared
    } catch {
      // Full or forbidden: it is still sent as long as the page stays open
    }
    on.changed();
  };

  const setOffline = (value) => {
    if (isOffline === value) return;
    isOffline = value;
    on.changed();
  };

  async function flush() {
    if (isSending || !entries.length) return;
    isSending = true;
    clearTimeout(timer);
    try {
      while (entries.length) {
        const entry = entries[0];
        const response = await attempt(entry);
        if (response === null) return retry();
        if (response.status === 401) return; // `send` leads to signing in; it is all kept
        const facts = await response.json().catch(() => null);
        waitMs = FIRST_WAIT_MS;
        setOffline(false);
        entries = entries.filter((one) => one.id !== entry.id);
        keep();
        if (response.ok) on.answered(entry, facts);
        else on.refused(entry, facts?.error ?? String(response.status));
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

  /** @returns {Promise<Response | null>} null when it is to be tried again */
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
      const isLater = response.status === 408 || response.status === 429 || response.status >= 500;
      return isLater ? null : response;
    } catch {
      return null;
    }
  }

  window.addEventListener("online", () => {
    waitMs = FIRST_WAIT_MS;
    flush();
  });

  return {
    /** @param {{id?: string, kind: string, method: string, url: string, body: object, isAged?: boolean}} what */
    put(what) {
      const id = what.id ?? crypto.randomUUID();
      entries = [...entries, { isAged: false, ...what, id, at: Date.now() }];
      keep();
      flush();
    },
    flush,
    get waiting() {
      return entries;
    },
    get isOffline() {
      return isOffline;
    },
    /** The page has asked the server something by itself, and was, or was not, answered. */
    heard(isAnswered) {
      setOffline(!isAnswered);
      if (isAnswered) flush();
    },
  };
}

/** @returns {Entry[]} */
function read(name) {
  try {
    const found = JSON.parse(localStorage.getItem(name) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}
