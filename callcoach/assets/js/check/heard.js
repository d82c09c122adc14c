// How much of a stretch was heard, whatever was heard twice. Pure: node can test it.

/**
 * Adds a piece to what was heard.
 * @param {[number, number][]} pieces apart and in order, milliseconds
 * @param {number} from
 * @param {number} to
 * @returns {[number, number][]} the same with [from, to), joined where they touch
 */
export function withPiece(pieces, from, to) {
  if (!(to > from)) return pieces;
  const joined = [];
  let [start, end] = [from, to];
  for (const [first, last] of pieces) {
    if (last < start || first > end) joined.push([first, last]);
    else [start, end] = [Math.min(start, first), Math.max(end, last)];
  }
  joined.push([start, end]);
  return joined.sort((one, other) => one[0] - other[0]);
}

/**
 * The part of [from, to) that was heard, 0 to 1; 1 of nothing.
 * @param {[number, number][]} pieces
 */
export function heardShare(pieces, from, to) {
  if (to <= from) return 1;
  const cut = pieces.map(([first, last]) => Math.max(0, Math.min(last, to) - Math.max(first, from)));
  return cut.reduce((sum, part) => sum + part, 0) / (to - from);
}
