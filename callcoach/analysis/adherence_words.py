"""Words of a script line found again in what an agent said: local alignment and shared content.

Source: TIPPING.md §2, script adherence: token local alignment finds a line that was read in spite of
recognition errors (coverage 0.87) and not one that was freely said (0.00). Pure functions on folded
words; numbers in letters and in digits are the same word, since recognition writes either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from callcoach.analysis.model import Turn
from callcoach.analysis.text import STOPWORDS, tokens

#: A grammar word proves little: what it weighs beside a content word.
GRAMMAR_WEIGHT = 0.35
#: Two words of four letters or more that are this alike are the same, bent by recognition or an
#: ending: one wrong letter in four to six.
ALIKE = 0.75
#: What the alignment pays for a word of the agent's that the line has not, for one at a placeholder,
#: for what the other side said in between, and for a word of the line that is missing (a share of its
#: weight).
EXTRA_WORD, FILLED_WORD, OTHER_SIDE, MISSING = 0.12, 0.01, 0.5, 0.25

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_UNITS = {
    word: value
    for value, word in enumerate(
        """zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze
        seize""".split()  # noqa: SIM905 - a word list reads better so
    )
    if value != 1  # an article more often
}
_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "vingts": 20}
_HUNDREDS = frozenset({"cent", "cents"})


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word; `turn` and `first`..`last` are the turn and its words that it stands for."""

    text: str
    turn: int = 0
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A line ready to be looked for.

    Args:
        words: its folded words, without placeholders.
        weights: what each proves, more than 0.
        is_open: after which words a placeholder stands; the last entry is for the line's start.
    """

    words: tuple[str, ...]
    weights: tuple[float, ...]
    is_open: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where a line was found.

    Args:
        share: weighted share of its words found in order, 0 to 1.
        first, last: indices of the first and last word found among the tokens looked through.
    """

    share: float
    first: int
    last: int


def merge_numbers(found: Iterable[Token]) -> tuple[Token, ...]:
    """Numbers in letters written in digits, "quinze cents" as one word, so that either spelling fits.

    >>> [token.text for token in merge_numbers(Token(t) for t in "quinze cents metres".split())]
    ['1500', 'metres']
    """
    merged: list[Token] = []
    value, opened, closed = -1, None, None
    for token in (*found, None):
        part = _number(token.text) if token is not None else -1
        joined = _join(value, part) if opened is not None and part >= 0 else -1
        if token is not None and closed is not None and token.turn != closed.turn:
            joined = -1
        if joined >= 0 and token is not None:
            value, closed = joined, token
            continue
        if opened is not None and closed is not None:
            merged.append(Token(str(value), opened.turn, opened.first, closed.last))
            opened = closed = None
        if token is None:
            break
        if part >= 0:
            value, opened, closed = part, token, token
        else:
            merged.append(token)
    return tuple(merged)


def stream_of(turns: Iterable[Turn]) -> tuple[Token, ...]:
    """All folded words of some turns, in order, with the words that they come from."""
    return merge_numbers(
        Token(text, turn.index, number, number)
        for turn in turns
        for number, word in enumerate(turn.words)
        for text in tokens(word.word)
    )


def _number(word: str) -> int:
    """The number that one word says; -1 for any other word."""
    if word.isdigit() and len(word) <= 9:
        return int(word)
    if word in _HUNDREDS:
        return 100
    return _UNITS.get(word, _TENS.get(word, 1000 if word == "mille" else -1))


def _join(value: int, part: int) -> int:
    """`value` followed by `part` as one number; -1 when they are two numbers."""
    tail = value % 100
    if part == 1000:
        return value * 1000 if 0 < value < 1000 else -1
    if part == 100:
        if 0 < value < 100:
            return value * 100
        return value + 99 * tail if value >= 1000 and 1 < tail < 10 else -1
    if part == 20 and tail == 4:
        return value + 76
    if tail == 0 and value >= 100 and part < 100:
        return value + part
    if part < 10 and tail >= 20 and tail % 10 == 0:
        return value + part
    if part < 20 and tail in (60, 80):
        return value + part
    if part in range(2, 10) and tail in (70, 90):
        return value + part
    return -1


def weight(word: str) -> float:
    """What a folded word proves, from `GRAMMAR_WEIGHT` to 1."""
    return GRAMMAR_WEIGHT if word in STOPWORDS or (len(word) < 3 and not word.isdigit()) else 1.0


@lru_cache(maxsize=2048)
def pattern(text: str) -> Pattern:
    """The line `text`, its ``{placeholders}`` open to anything short."""
    words: list[str] = []
    opens: list[bool] = []
    start_open = False
    pieces = _PLACEHOLDER.split(text)
    for number, piece in enumerate(pieces):
        own = [token.text for token in merge_numbers(Token(word) for word in tokens(piece))]
        words += own
        opens += [False] * len(own)
        if number < len(pieces) - 1:
            if opens:
                opens[-1] = True
            else:
                start_open = True
    return Pattern(tuple(words), tuple(weight(word) for word in words), (*opens, start_open))


@lru_cache(maxsize=65536)
def likeness(one: str, other: str) -> float:
    """How far two folded words are the same, 0 or from `ALIKE` to 1."""
    if one == other:
        return 1.0
    if len(one) < 4 or len(other) < 4 or one.isdigit() or other.isdigit():
        return 0.0
    value = fuzz.ratio(one, other) / 100
    return value if value >= ALIKE else 0.0


def align(wanted: Pattern, said: Sequence[Token]) -> Alignment | None:
    """The best place of the line in `said`, by Smith and Waterman; None where no word of it is.

    Words between two turns of `said` that are not neighbours cost `OTHER_SIDE`.
    """
    if not wanted.words or not said:
        return None
    vocabulary = {token.text for token in said}
    columns = {word: number for number, word in enumerate(vocabulary)}
    at = np.array([columns[token.text] for token in said])
    extra = np.full(len(said), EXTRA_WORD)
    for number in range(1, len(said)):
        if said[number].turn != said[number - 1].turn:
            extra[number] += OTHER_SIDE
    paid = np.cumsum(extra)
    filled = np.cumsum(np.where(extra > EXTRA_WORD, extra, FILLED_WORD))
    rows = [np.zeros(len(said) + 1)]
    scores: list[npt.NDArray[np.float64]] = []
    for number, word in enumerate(wanted.words):
        alike = np.array([likeness(word, other) for other in vocabulary])[at]
        # a word unlike it may stand in its place: recognition puts one word for another
        scores.append(np.where(alike > 0, alike * wanted.weights[number], -MISSING))
        before = rows[-1]
        row = np.maximum(0.0, before - MISSING * wanted.weights[number])
        row[1:] = np.maximum(row[1:], before[:-1] + scores[-1])
        spent = filled if wanted.is_open[number] else paid
        held = row[1:] + spent
        row[1:] = np.maximum(row[1:], np.maximum.accumulate(held) - spent)
        rows.append(row)
    return _trace(wanted, rows, scores)


def _trace(
    wanted: Pattern,
    rows: Sequence[npt.NDArray[np.float64]],
    scores: Sequence[npt.NDArray[np.float64]],
) -> Alignment | None:
    """Follow the best alignment back from its end."""
    table = np.stack(rows)
    row, column = (int(part) for part in np.unravel_index(table.argmax(), table.shape))
    found: list[int] = []
    matched = 0.0
    while row > 0 and column > 0 and table[row, column] > 1e-9:
        value, score = table[row, column], scores[row - 1][column - 1]
        if abs(table[row - 1, column - 1] + score - value) < 1e-9:
            row, column = row - 1, column - 1
            if score > 0:
                matched += wanted.weights[row]
                found.append(column)
        elif abs(table[row - 1, column] - MISSING * wanted.weights[row - 1] - value) < 1e-9:
            row -= 1
        else:
            column -= 1
    if not found:
        return None
    return Alignment(min(1.0, matched / sum(wanted.weights)), found[-1], found[0])


def shared(wanted: Pattern, said: Iterable[str]) -> float:
    """Weighted share of the line's words that are among `said`, whatever their order, 0 to 1.

    >>> shared(pattern("une étude en trois semaines"), ("3", "semaines", "pour", "etude"))
    0.8108108108108109
    """
    words = set(said)
    if not wanted.words:
        return 0.0
    total = sum(wanted.weights)
    found = sum(
        value
        for word, value in zip(wanted.words, wanted.weights, strict=True)
        if any(likeness(word, other) for other in words)
    )
    return found / total
