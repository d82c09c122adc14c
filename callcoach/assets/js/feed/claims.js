// What the feed asks of the server: moments to hear, and what became of them.

import { send } from "../http.js";

const RENEW_EVERY_MS = 20_000; // a third of the lease: two renewals may be lost
const SLOW_MS = 15_000; // an answer later than this counts as none

/** The server said no, and says why. */
export class Refused extends Error {
  /** @param {string} message for the person @param {number} status of HTTP */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function post(url, values, options = {}) {
  const body = new URLSearchParams(values);
  const response = await send(url, {
    method: "POST",
    body,
    signal: options.keepalive ? undefined : AbortSignal.timeout(SLOW_MS),
    ...options,
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? "", response.status);
  return answer;
}

/**
 * @param {object} settings the page's settings
 * @param {() => object[]} held what the page holds right now
 * @param {(ids: number[]) => void} onLost claims that the page no longer holds
 */
export function createClaims(settings, held, onLost) {
  const query = new URLSearchParams(settings.query).toString();
  const claimUrl = settings.claimUrl + (query ? `?${query}` : "");
  const kept = new Map(); // claim -> until when it is kept without us, ms
  let chain = Promise.resolve();

  const ids = (items) => items.map((item) => ["ids", String(item.claim)]);

  /** Asks to keep what is held. @returns whether the server answered */
  async function renew() {
    const items = held();
    if (!items.length) return true;
    try {
      const answer = await post(settings.renewUrl, ids(items));
      const lost = items.filter((item) => !answer.held.includes(item.claim));
      if (lost.length) onLost(lost.map((item) => item.claim));
      return true;
    } catch {
      return false; // the lease outlives two of these
    }
  }

  setInterval(renew, RENEW_EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") renew();
  });
  window.addEventListener("pagehide", () => {
    const items = held().filter((item) => !((kept.get(item.claim) ?? 0) > Date.now()));
    if (items.length) post(settings.releaseUrl, ids(items), { keepalive: true }).catch(() => {});
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload(); // what it held was let go of
  });

  /** Decisions are sent one after the other, as they were made. */
  const inTurn = (work) => {
    const result = chain.then(work);
    chain = result.catch(() => {});
    return result;
  };

  return {
    renew,
    /** @param {number} count */
    next: (count) => inTurn(() => post(claimUrl, { count: String(count) })),
    /** @param {object} item @param {Record<string, string>} values outcome and what goes with it */
    finish: (item, values) => inTurn(() => post(item.finishUrl, values)),
    /** @param {object} item that was rejected @param {string} reason */
    explain: (item, reason) => inTurn(() => post(item.reasonUrl, { reason })),
    undo: (item) => inTurn(() => post(item.undoUrl, {})),
    /** Keeps a moment while its call is looked at in another tab. */
    keep(item) {
      kept.set(item.claim, Date.now() + settings.keepMs);
      return post(settings.renewUrl, [...ids([item]), ["keep", "1"]]).catch(() => {});
    },
  };
}
