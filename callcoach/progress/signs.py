"""What would show that it came back, and where. Pure functions over turns, flags and figures.

A sign that is found is no verdict: it says where to listen. One that cannot be counted, and calls
in which nothing was found, name the place most like the one the note is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rapidfuzz import fuzz

from callcoach.analysis import lexicon
from callcoach.analysis.model import Cause, Speaker, Valence, Word
from callcoach.analysis.model import Turn as ReadableTurn
from callcoach.analysis.text import tokens
from callcoach.calls.mapping import ShownTurn, to_ms, to_s
from callcoach.calls.models import TippingPoint
from callcoach.progress.models import SignKind

#: What is between quotation marks in a note, French, English and plain.
_QUOTED = re.compile(r"[«“\"]\s*([^«»“”\"]{2,120}?)\s*[»”\"]")
#: A turn shorter than this is an interjection, not an answer to listen to.
_ANSWER_MS = 1000
#: Figures that are about one turn: whose.
_LONGEST = {
    "longest_monologue_s": Speaker.AGENT.value,
    "prospect_longest_turn_s": Speaker.PROSPECT.value,
}


@dataclass(frozen=True, slots=True)
class Sign:
    """What would show that it came back.

    Args:
        kind: a `SignKind`.
        subject: the cause, the expression or the figure's name; "" for ears.
        bound: for a figure, in its unit.
        is_upper: for a figure, whether above the bound is what came back.
    """

    kind: SignKind
    subject: str = ""
    bound: float | None = None
    is_upper: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, milliseconds, half-open; a channel."""

    channel: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a call shows.

    Args:
        is_detected: None when the sign cannot be counted there.
        value: of a figure, in its unit.
        place: None for the whole call.
    """

    is_detected: bool | None
    value: float | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at of one call: its current analysis.

    Args:
        flags: put before people, and rejected by nobody.
        figures: name -> {value, unit, reason}.
        turns: with people's corrections, by start.
    """

    flags: Sequence[TippingPoint]
    figures: Mapping[str, Mapping[str, Any]]
    turns: Sequence[ShownTurn]


def is_flagged(cause: str) -> bool:
    """Whether the engine raises this cause as something to change."""
    try:
        return Cause(cause).valence is Valence.NEGATIVE
    except ValueError:
        return False


def suggest(cause: str, quote: str, texts: Iterable[str]) -> Sign:
    """The sign a note names by itself.

    Args:
        cause: the note's, or "".
        quote: what the agent said there.
        texts: what the note says; an expression it quotes from the agent's words is the sign.

    >>> suggest("", "Est-ce que je vous dérange ?", ["« je vous dérange » s'excuse"]).subject
    'je vous dérange'
    """
    if is_flagged(cause):
        return Sign(SignKind.CAUSE, cause)
    said = f" {' '.join(tokens(quote))} "
    for text in texts:
        for phrase in _QUOTED.findall(text):
            folded = " ".join(tokens(phrase))
            if len(folded) > 1 and f" {folded} " in said:
                return Sign(SignKind.EXPRESSION, phrase.strip())
    return Sign(SignKind.EARS)


def look(sign: Sign, call: Looked, said_before: str) -> Found:
    """Look for a sign in a call.

    Args:
        said_before: what the prospect had said where the note is, for finding a like place.
    """
    if sign.kind == SignKind.CAUSE:
        return _cause(sign, call, said_before)
    if sign.kind == SignKind.EXPRESSION:
        return _expression(sign, call, said_before)
    if sign.kind == SignKind.FIGURE:
        return _figure(sign, call)
    return Found(None, None, like_place(call.turns, said_before))


def like_place(turns: Sequence[ShownTurn], said_before: str) -> Place | None:
    """The agent's answer to what resembles `said_before` most; the longest one when nothing does,
    None when the agent says nothing.
    """
    answers: list[tuple[float, int, ShownTurn]] = []
    before = ""
    for turn in turns:
        if turn.speaker == Speaker.PROSPECT.value:
            before = turn.text
        elif turn.speaker == Speaker.AGENT.value and turn.end_ms - turn.start_ms >= _ANSWER_MS:
            likeness = fuzz.token_set_ratio(_folded(before), _folded(said_before))
            answers.append((likeness, turn.end_ms - turn.start_ms, turn))
    if not answers:
        return None
    return _place(max(answers, key=lambda item: item[:2])[2])


def said_before(turns: Sequence[ShownTurn], start_ms: int) -> str:
    """What the prospect said last before a moment; "" for nothing."""
    heard = [
        turn.text
        for turn in turns
        if turn.speaker == Speaker.PROSPECT.value and turn.start_ms < start_ms and turn.text
    ]
    return heard[-1] if heard else ""


def _cause(sign: Sign, call: Looked, before: str) -> Found:
    flags = [flag for flag in call.flags if flag.cause == sign.subject]
    if not flags:
        return Found(False, None, like_place(call.turns, before))
    surest = max(flags, key=lambda flag: flag.confidence)
    return Found(True, None, Place(surest.channel, surest.start_ms, surest.end_ms))


def _expression(sign: Sign, call: Looked, before: str) -> Found:
    wanted = lexicon.prepare([" ".join(tokens(sign.subject))])  # folded: never read as a pattern
    spoken = [turn for turn in call.turns if turn.speaker == Speaker.AGENT.value]
    if not any(turn.text for turn in spoken):
        return Found(None, None, None)  # who speaks is not known, or nothing could be read
    for turn in spoken:
        hits = lexicon.find(lexicon.read_turn(_readable(turn)), wanted)
        if hits:
            at = Place(turn.channel, to_ms(hits[0].start_s), to_ms(hits[0].end_s))
            return Found(True, None, at)
    return Found(False, None, like_place(call.turns, before))


def _figure(sign: Sign, call: Looked) -> Found:
    value = call.figures.get(sign.subject, {}).get("value")
    if value is None or sign.bound is None:
        return Found(None, None, None)
    beyond = value > sign.bound if sign.is_upper else value < sign.bound
    whose = _LONGEST.get(sign.subject)
    turns = [turn for turn in call.turns if turn.speaker == whose]
    longest = max(turns, key=lambda turn: turn.end_ms - turn.start_ms, default=None)
    return Found(bool(beyond), float(value), _place(longest) if longest else None)


def _readable(turn: ShownTurn) -> ReadableTurn:
    """A turn as the matcher reads it; corrected words are spread evenly over its time."""
    words: Sequence[tuple[str, int, int, float]] = turn.words
    if turn.is_corrected:
        parts = turn.text.split()
        step = (turn.end_ms - turn.start_ms) / max(1, len(parts))
        bounds = [round(turn.start_ms + index * step) for index in range(len(parts) + 1)]
        words = [
            (f" {part}", start, end, 1.0)
            for part, (start, end) in zip(parts, pairwise(bounds), strict=True)
        ]
    return ReadableTurn(
        turn.index,
        Speaker(turn.speaker),
        turn.channel,
        to_s(turn.start_ms),
        to_s(turn.end_ms),
        turn.text,
        tuple(Word(word, to_s(start), to_s(end), sure) for word, start, end, sure in words),
    )


def _place(turn: ShownTurn) -> Place:
    return Place(turn.channel, turn.start_ms, turn.end_ms)


def _folded(text: str) -> str:
    return " ".join(tokens(text))
