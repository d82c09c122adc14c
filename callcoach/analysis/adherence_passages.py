"""Passages of a side's turns, and how far each says what a line of the script says.

Meaning is compared as `callcoach.analysis.intents` does, around the packaged background, so that what
all sentences of a telephone call share counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from callcoach.analysis.adherence_words import Token, merge_numbers, pattern, shared
from callcoach.analysis.embedding import Embedder, Vectors
from callcoach.analysis.intents import space_of
from callcoach.analysis.model import Turn
from callcoach.analysis.text import questions, tokens

#: A passage of more words than this is cut at its commas; a shorter one than `MIN_WORDS` says too
#: little to be compared.
LONG_PASSAGE, MIN_WORDS = 24, 2
#: Passages whose meaning is read, for each minute of the call (as `scene.READ_PER_MINUTE`), but no
#: fewer than the second and no more than the third: the longest are read first.
READ_PER_MINUTE, READ_ALWAYS, READ_AT_MOST = 60, 60, 600
#: What a passage loses for each part by which it fits another line better, and where a question meets
#: a statement. Measured: docs/adherence.md.
BETTER_ELSEWHERE, OTHER_FORM = 0.5, 0.15
_ENDS = (".", "?", "!", "…")


@dataclass(frozen=True, slots=True)
class Passage:
    """Words ``[first, end)`` of one turn."""

    turn: Turn
    first: int
    end: int
    text: str
    words: frozenset[str]
    asks: bool

    @property
    def start_s(self) -> float:
        return self.turn.words[self.first].start_s

    @property
    def end_s(self) -> float:
        return self.turn.words[self.end - 1].end_s


@dataclass(frozen=True)
class PassageValues:
    """How far passages say lines; rows are lines, columns passages.

    Args:
        near: nearness in meaning, -1 to 1; None without a sentence model.
        fits: nearness and share of words added up, less what speaks against it.
    """

    near: Vectors | None
    fits: Vectors

    @property
    def has_meaning(self) -> bool:
        return self.near is not None

    def value(self, line: int, passage: int) -> float:
        return float(self.fits[line, passage])

    def nearness(self, line: int) -> float | None:
        """Of the nearest passage, 0 to 1; None without a sentence model."""
        if self.near is None:
            return None
        return float(np.clip(self.near[line].max(initial=0.0), 0.0, 1.0))


def passages_of(turns: Iterable[Turn], duration_s: float) -> tuple[Passage, ...]:
    """Sentences of some turns, and each with the one that follows it; in order of time."""
    found = []
    for turn in turns:
        cuts = _cuts(turn)
        spans = {*cuts, *((one[0], two[1]) for one, two in pairwise(cuts))}
        for first, end in sorted(spans):
            text = "".join(word.word for word in turn.words[first:end]).strip()
            words = frozenset(t.text for t in merge_numbers(Token(w) for w in tokens(text)))
            if len(tokens(text)) >= MIN_WORDS:
                found.append(Passage(turn, first, end, text, words, bool(questions(text))))
    most = min(READ_AT_MOST, max(READ_ALWAYS, round(duration_s / 60 * READ_PER_MINUTE)))
    longest = sorted(found, key=lambda passage: -len(passage.words))[:most]
    return tuple(sorted(longest, key=lambda p: (p.turn.index, p.first, p.end)))


def _cuts(turn: Turn) -> list[tuple[int, int]]:
    """The turn's sentences as stretches of words, long ones cut at their commas."""
    cuts: list[tuple[int, int]] = []
    first = comma = 0
    for number, word in enumerate(turn.words):
        mark = word.word.rstrip()[-1:]
        if mark in _ENDS or number == len(turn.words) - 1:
            cuts.append((first, number + 1))
            first = comma = number + 1
        elif mark in (",", ";", ":"):
            if number + 1 - first > LONG_PASSAGE and comma > first:
                cuts.append((first, comma))
                first = comma
            comma = number + 1
    return cuts


def compare(
    lines: Sequence[str],
    passages: Sequence[Passage],
    language: str,
    embedder: Embedder | None,
    *,
    is_form_free: bool = False,
) -> PassageValues:
    """How far each passage says each line.

    Args:
        is_form_free: a question may be told as a statement, and one passage say several lines.
    """
    shape = (len(lines), len(passages))
    wanted = [pattern(line) for line in lines]
    fits = np.array([[shared(line, p.words) for p in passages] for line in wanted]).reshape(shape)
    near: Vectors | None = None
    if embedder is not None:
        near = np.zeros(shape)
        if lines and passages:
            space = space_of(embedder, language)
            said = space.place([passage.text for passage in passages])
            near = space.place([line.replace("{", "").replace("}", "") for line in lines]) @ said.T
        fits = fits + near
    if not is_form_free and lines and passages:
        asked = np.array([bool(questions(line)) for line in lines])
        asks = np.array([passage.asks for passage in passages])
        fits = fits - _elsewhere(fits) - OTHER_FORM * (asked[:, None] != asks[None, :])
    return PassageValues(near, fits)


def _elsewhere(fits: Vectors) -> Vectors:
    """What each passage loses as evidence of a line because it fits another one better."""
    if len(fits) < 2:
        return np.zeros_like(fits)
    ordered = np.sort(fits, axis=0)
    best, second = ordered[-1], ordered[-2]
    others = np.where(fits == best, second, best)
    return np.asarray(BETTER_ELSEWHERE * np.maximum(0.0, others - fits))
