"""Where a query occurs in a text, what to show of a long one, and when it was said. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcoach.search.syntax import Query
from callcoach.search.words import tokens

#: Characters shown before the first hit and after the last one of a long text: two lines or so
#: each; and how much longer than that a text must be to be cut at all.
BEFORE, AFTER, SLACK = 160, 240, 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `is_hit` where the query occurs."""

    text: str
    is_hit: bool = False


def spans(query: Query, text: str) -> list[tuple[int, int]]:
    """Where the terms of the query occur: half-open ranges of characters, in order, not touching
    each other's words.
    """
    said = tokens(text)
    hit = sorted({place for term in query.terms for place in term.places(said)})
    found: list[tuple[int, int]] = []
    for first, last in hit:
        start, end = said[first].start, said[last - 1].end
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def pieces(query: Query, text: str) -> list[Piece]:
    """The text cut into hits and what lies between, long ends left out at a word."""
    marks = spans(query, text)
    start, end = _window(marks, text)
    cut: list[Piece] = [Piece("… ")] if start else []
    at = start
    for first, last in marks:
        if first < start or last > end:
            continue
        if first > at:
            cut.append(Piece(text[at:first]))
        cut.append(Piece(text[first:last], is_hit=True))
        at = last
    if at < end:
        cut.append(Piece(text[at:end]))
    if end < len(text):
        cut.append(Piece(" …"))
    return cut


def _window(marks: Sequence[tuple[int, int]], text: str) -> tuple[int, int]:
    first = marks[0][0] if marks else 0
    start = first - BEFORE
    start = 0 if start < SLACK else text.find(" ", start, first) + 1 or start
    near = [last for at, last in marks if at < start + BEFORE + AFTER] or [first]
    end = near[-1] + AFTER
    if end > len(text) - SLACK:
        return start, len(text)
    return start, text.rfind(" ", near[-1], end) if " " in text[near[-1] : end] else end


def spoken_at_ms(
    offset: int, text: str, words: Sequence[Sequence[object]], start_ms: int, end_ms: int
) -> int:
    """When the character at `offset` of a turn was said, milliseconds.

    Args:
        text: of the turn as it is shown.
        words: ``[word, start_ms, end_ms, …]`` as recognised, with their leading spaces. Where they
            are not the text (somebody corrected it) the time is in proportion to the characters.
        start_ms, end_ms: of the turn.
    """
    recognised = "".join(str(word[0]) for word in words)
    if recognised.strip() == text.strip() and words:
        at = -(len(recognised) - len(recognised.lstrip()))
        for word in words:
            at += len(str(word[0]))
            if at > offset:
                return int(str(word[1]))
    share = min(1.0, offset / len(text)) if text else 0.0
    return start_ms + int((end_ms - start_ms) * share)
