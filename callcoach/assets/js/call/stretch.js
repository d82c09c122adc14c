// The arithmetic of a chosen stretch. Pure: no document here, so that node can test it.

import { indexAt, timeOfOffset } from "./timeline.js";

/**
 * The time of a selection of text.
 * @param {object} first turn that it starts in: `start, end, words` (see `wordAt`)
 * @param {number} from offset in the text of `first`
 * @param {object} last turn that it ends in
 * @param {number} to offset in the text of `last`, past the last character
 * @returns {{start: number, end: number} | null} milliseconds; null when it holds no time
 */
export function timeOfText(first, from, last, to) {
  const start = timeOfOffset(first.words, from) ?? first.start;
  const end = endOfWord(last.words, to) ?? last.end;
  return end > start ? { start, end } : null;
}

/**
 * When the word ends that holds the character before offset `to`: where the next one starts, since
 * a pause after a word belongs to who makes it.
 * @param {number[]} words see `wordAt`
 * @param {number} to
 * @returns {number | null} milliseconds; null for the last word
 */
function endOfWord(words, to) {
  let offset = 0;
  for (let i = 0; i < words.length; i += 2) {
    offset += words[i + 1];
    if (to <= offset) return words[i + 2] ?? null;
  }
  return null;
}

/**
 * A start and an end set one after the other at the playhead; an end that is not set yet is where
 * the sound is now, or the end of what is being said.
 * @param {{start: number | null, end: number | null}} marks milliseconds
 * @param {number} time of the playhead
 * @param {{start: number, end: number}[]} turns
 * @returns {{start: number, end: number} | null}
 */
export function betweenMarks(marks, time, turns) {
  const turnAt = (ms) => turns[indexAt(turns, ms)];
  if (marks.start === null && marks.end === null) return null;
  const start = marks.start ?? turnAt(marks.end - 1)?.start ?? Math.max(0, marks.end - 5000);
  const end = marks.end ?? (time > start ? time : (turnAt(start)?.end ?? start + 5000));
  return end > start ? { start: Math.round(start), end: Math.round(end) } : null;
}

/**
 * Whose words a stretch holds: the turn that it shares most time with.
 * @param {{start: number, end: number, index: number, channel: number}[]} turns by start
 * @param {{start: number, end: number}} stretch
 * @returns {object | null}
 */
export function turnOf(turns, stretch) {
  let best = null;
  let most = 0;
  for (const turn of turns) {
    if (turn.start >= stretch.end) break;
    const shared = Math.min(turn.end, stretch.end) - Math.max(turn.start, stretch.start);
    if (shared > most) [best, most] = [turn, shared];
  }
  return best;
}
