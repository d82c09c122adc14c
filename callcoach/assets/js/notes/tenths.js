// Places in a call to the tenth of a second. No document here, so that node can test it.

/**
 * 12200 is "0:12,2" or "0:12.2": to the tenth, since notes move in halves.
 * @param {number} ms
 * @param {string} comma
 */
export function tenths(ms, comma) {
  const all = Math.round(ms / 100);
  const seconds = Math.floor(all / 10);
  const rest = String(seconds % 60).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${rest}${comma}${all % 10}`;
}
