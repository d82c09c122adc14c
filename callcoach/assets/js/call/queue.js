// Actions of the desk reach the server one after the other, in the order in which they were asked
// for: what the second says of the page is true once the first is answered.

let last = Promise.resolve();

/**
 * @template T
 * @param {() => Promise<T>} job never rejects
 * @returns {Promise<T>}
 */
export function inTurn(job) {
  const next = last.then(job);
  last = next.catch(() => {});
  return next;
}
