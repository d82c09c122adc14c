// A run of moments: what is done, what is being heard, what is ready. No page, no server.

/**
 * @param {number} length how many moments it has; it shrinks when fewer are to be had
 */
export function createRun(length) {
  let total = length;
  const done = []; // {item, outcome}, oldest first
  const queue = []; // the first is being heard, the others are ready

  return {
    get total() {
      return total;
    },
    /** From 1. */
    get number() {
      return Math.min(done.length + 1, total);
    },
    get current() {
      return queue[0] ?? null;
    },
    get ready() {
      return queue[1] ?? null;
    },
    get held() {
      return [...queue];
    },
    get last() {
      return done.at(-1) ?? null;
    },
    /** What the last decision that can be taken back was about; null without one. */
    get undoable() {
      return done.findLast((entry) => !entry.isTheirs) ?? null;
    },
    get isOver() {
      return done.length >= total;
    },
    /** How many more may be claimed: one is heard, one is ready. */
    wanting: (ahead) => Math.max(0, Math.min(ahead - queue.length, total - done.length - queue.length)),
    /** Outcome of each moment in turn, "" for what is still to come. */
    segments: () => Array.from({ length: total }, (_unused, i) => done[i]?.outcome ?? ""),
    add(items) {
      queue.push(...items);
    },
    /** No more are to be had: what is held is the rest of the run. */
    shorten() {
      total = done.length + queue.length;
    },
    /** The current one is done. */
    finish(outcome) {
      const item = queue.shift();
      done.push({ item, outcome });
      return item;
    },
    /** A finished one comes back to be heard again, before all others. */
    bringBack(item) {
      const index = done.findLastIndex((entry) => entry.item.claim === item.claim);
      if (index >= 0) done.splice(index, 1);
      queue.unshift(item);
      total = Math.max(total, done.length + queue.length);
    },
    /** Somebody else had decided on a finished one before. */
    correct(item, outcome) {
      const entry = done.find((each) => each.item.claim === item.claim);
      if (!entry) return;
      entry.outcome = outcome;
      entry.isTheirs = true;
    },
    /** Somebody else has them now. @returns whether the current one is among them */
    drop(claims) {
      const wasCurrent = queue.length > 0 && claims.includes(queue[0].claim);
      for (let i = queue.length - 1; i >= 0; i--) if (claims.includes(queue[i].claim)) queue.splice(i, 1);
      return wasCurrent;
    },
    tally() {
      const counts = {};
      for (const { outcome } of done) counts[outcome] = (counts[outcome] ?? 0) + 1;
      return counts;
    },
  };
}
