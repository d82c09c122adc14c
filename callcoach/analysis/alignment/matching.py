"""How far stretches of what was said speak of a statement: its words, their kin, and its meaning.

Words are the same when they are spelt alike, share a stem, or stand in one group of the packaged
lists. Meaning is compared as `callcoach.analysis.intents` does, around the packaged background.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from callcoach.analysis.alignment.quantities import EVERY, Quantity, quantities
from callcoach.analysis.alignment.reading import Side, Token, read_text
from callcoach.analysis.alignment.words import Words, load_words, starts_with
from callcoach.analysis.embedding import Embedder, Vectors
from callcoach.analysis.intents import space_of

_ENDINGS = re.compile(r"(?:er|ez|ir|ons|ent|ait|ais|e|es|i|it|is)$")
#: Clauses read as one stretch, and its most words.
MOST_CLAUSES, MOST_WORDS = 4, 36
#: What a word found is worth: spelt alike, in the same group.
FUZZY, KIN = 0.9, 0.75
#: Two words of five letters or more that are this alike are the same.
ALIKE = 0.8
#: What a unit and a name are worth beside another word of a statement.
UNIT_WEIGHT, NAME_WEIGHT = 0.25, 0.3
#: What the same figure adds to the share of words found.
FIGURE_BONUS = 0.25
#: Nearness in meaning that counts like all words.
NEAR = 0.6
#: What a word is worth that the other side has just said: an answer need not repeat it.
HEARD = 0.5
#: Stretches compared by meaning, the longest first, and their most clauses and words: each costs
#: 10 to 60 ms.
READ_AT_MOST, READ_CLAUSES, READ_WORDS = 90, 2, 24


@dataclass(frozen=True)
class Wording:
    """One wording of a statement.

    Args:
        words: its words of content, with what each is worth and whether a negation reaches it.
        figures: its figures.
    """

    text: str
    tokens: tuple[Token, ...]
    words: tuple[tuple[str, float, bool], ...]
    figures: tuple[Quantity, ...]

    @property
    def telling(self) -> tuple[Quantity, ...]:
        """The figures that tell it from other statements; "par mois" stands in too many."""
        return tuple(f for f in self.figures if f.dimension != EVERY) or self.figures


@dataclass(frozen=True)
class Stretch:
    """Tokens ``[first, end)`` of one turn, whole clauses."""

    first: int
    end: int
    clauses: int
    figures: tuple[Quantity, ...]


@dataclass(frozen=True)
class Match:
    """How a stretch says a wording.

    Args:
        share: of the wording's words found, 0 to 1.
        near: nearness in meaning, -1 to 1; None without a sentence model.
        pairs: for each word of the wording the token that says it, or -1.
    """

    wording: Wording
    stretch: Stretch
    share: float
    near: float | None
    pairs: tuple[int, ...]

    @property
    def has_figure(self) -> bool:
        """Whether a figure of the wording is said."""
        return any(one.equals(two) for one in self.wording.telling for two in self.stretch.figures)

    @property
    def score(self) -> float:
        """How surely the stretch speaks of the wording, about 0 to 1."""
        share = min(1.0, self.share + FIGURE_BONUS * self.has_figure * (self.share > 0))
        if self.near is None:
            return share
        return max(share, 0.5 * share + 0.5 * min(1.0, max(0.0, self.near) / NEAR))


@lru_cache(maxsize=1024)
def read_wording(text: str, language: str, names: frozenset[str]) -> Wording:
    """A wording ready to be looked for; `names` say little because the whole call is about them."""
    words = load_words(language)
    tokens = read_text(text, language)
    units = {unit[0] for unit in words.units}
    own: list[tuple[str, float, bool]] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        size = starts_with([t.text for t in tokens], at, tuple(words.same))
        if (token.has_content and not token.is_no) or size > 1:
            text_of = token.text if size <= 1 else words.same[_slice(tokens, at, size)]
            value = UNIT_WEIGHT if token.text in units else 1.0
            value = NAME_WEIGHT if token.text in names else value
            own.append((text_of, value, token.is_denied))
        at += max(size, 1)
    return Wording(text, tokens, tuple(own), quantities(tokens, words))


def _slice(tokens: Sequence[Token], at: int, size: int) -> tuple[str, ...]:
    return tuple(token.text for token in tokens[at : at + size])


@lru_cache(maxsize=65536)
def alike(one: str, other: str) -> float:
    """How far two folded words are the same: 0, or from `KIN` to 1.

    >>> alike("economies", "economiser"), alike("etude", "etage")
    (1.0, 0.0)
    """
    if one == other:
        return 1.0
    shortest = min(len(one), len(other))
    if shortest < 4:
        return 0.0
    prefix = 0
    while prefix < shortest and one[prefix] == other[prefix]:
        prefix += 1
    longer = abs(len(one) - len(other))
    if prefix == shortest and longer > 4:
        return 0.0
    if prefix >= max(5, round(0.7 * shortest)) or prefix == shortest:
        return 1.0 if longer <= 4 else FUZZY
    if _stem(one) == _stem(other):
        return FUZZY
    value = fuzz.ratio(one, other) / 100
    return FUZZY if shortest >= 5 and value >= ALIKE else 0.0


def _stem(word: str) -> str:
    """A verb without its ending ("partez", "partir"); a word that would be too short stays whole."""
    stem = _ENDINGS.sub("", word)
    return stem if len(stem) >= 4 else word


class Sayings:
    """Everything one side said, in stretches, to be held against many statements."""

    def __init__(
        self,
        side: Side,
        embedder: Embedder | None,
        names: frozenset[str] = frozenset(),
        other: Side | None = None,
    ) -> None:
        self.side = side
        self._heard = _heard_before(side, other)
        self._names = names
        self._embedder = embedder
        self.words = load_words(side.language)
        self._kin = _kin_of(side, self.words)
        self.stretches = tuple(self._stretches())
        self._vectors: Vectors | None = None

    @property
    def has_meaning(self) -> bool:
        """Whether meaning is compared, or words alone."""
        return self._embedder is not None

    def matches(self, wordings: Sequence[Wording]) -> list[Match]:
        """Each stretch with the wording it fits best, best first."""
        if not self.stretches or not wordings:
            return []
        near = self._near(wordings)
        best: list[Match | None] = [None] * len(self.stretches)
        for number, wording in enumerate(wordings):
            table = self._table(wording)
            weights = np.array([weight for _, weight, _ in wording.words])
            told = {
                heard: np.array(
                    [any(alike(word, text) for text in heard) for word, _, _ in wording.words]
                )
                for heard in set(self._heard)
            }
            for place, stretch in enumerate(self.stretches):
                part = table[:, stretch.first : stretch.end]
                if part.shape[0] and part.shape[1]:
                    places = part.argmax(axis=1)
                    values = part[np.arange(len(places)), places]
                    heard = self._heard[self.side.tokens[stretch.first].turn]
                    taken = values + HEARD * ((values == 0) & told[heard])
                    share = float(taken @ weights / weights.sum()) if values.any() else 0.0
                    pairs = tuple(
                        int(p) + stretch.first if v > 0 else -1
                        for p, v in zip(places, values, strict=True)
                    )
                else:
                    share, pairs = 0.0, ()
                meaning = None if near is None else float(near[number, place])
                match = Match(wording, stretch, share, meaning, pairs)
                held = best[place]
                if held is None or match.score > held.score:
                    best[place] = match
        found = [match for match in best if match is not None]
        return sorted(found, key=lambda m: (-m.score, m.stretch.end - m.stretch.first))

    def worth(self, word: str, place: int) -> float:
        """How far the token at `place` says a folded word."""
        token = self.side.tokens[place]
        if word not in self._names and any(
            fuzz.ratio(token.text, name) >= 100 * ALIKE for name in self._names
        ):
            return 0.0  # "Grainville" is not "grains"
        value = alike(word, token.text) if token.value is None else 0.0
        head = self.words.same.get((word,), word)
        return max(value, KIN if self._kin[place] == head else 0.0)

    def _table(self, wording: Wording) -> npt.NDArray[np.float64]:
        """Words of the wording by tokens."""
        table = np.zeros((len(wording.words), len(self.side.tokens)))
        for row, (word, _, _) in enumerate(wording.words):
            table[row] = [self.worth(word, place) for place in range(len(self.side.tokens))]
        return table

    def _stretches(self) -> list[Stretch]:
        """One to `MOST_CLAUSES` clauses in a row of one turn."""
        found: list[Stretch] = []
        clauses = self.side.clauses
        tokens = self.side.tokens
        for number, (first, _) in enumerate(clauses):
            for last in range(number, min(len(clauses), number + MOST_CLAUSES)):
                end = clauses[last][1]
                if tokens[end - 1].turn != tokens[first].turn or end - first > MOST_WORDS:
                    break
                found.append(
                    Stretch(
                        first,
                        end,
                        last - number + 1,
                        quantities(tokens[first:end], self.words),
                    )
                )
        return found

    def _near(self, wordings: Sequence[Wording]) -> Vectors | None:
        """Nearness in meaning, wordings by stretches; None without a sentence model."""
        if self._embedder is None:
            return None
        space = space_of(self._embedder, self.side.language)
        if self._vectors is None:
            texts = [self.side.quote(s.first, s.end) for s in self.stretches]
            read = self._read()
            self._vectors = np.zeros((len(texts), 0))
            placed = space.place([texts[place] for place in read])
            self._vectors = np.zeros((len(texts), placed.shape[1]))
            self._vectors[read] = placed
        return np.asarray(space.place([wording.text for wording in wordings]) @ self._vectors.T)

    def _read(self) -> list[int]:
        """Stretches whose meaning is read: short ones say little, and each costs time."""
        sizes = [stretch.end - stretch.first for stretch in self.stretches]
        worth = [
            place
            for place, stretch in enumerate(self.stretches)
            if stretch.clauses <= READ_CLAUSES and 3 <= sizes[place] <= READ_WORDS
        ]
        return sorted(sorted(worth, key=lambda place: -sizes[place])[:READ_AT_MOST])


def _heard_before(side: Side, other: Side | None) -> tuple[frozenset[str], ...]:
    """For each turn of the side what the other said last before it."""
    found: list[frozenset[str]] = []
    for turn in side.turns:
        last = -1
        for number, said in enumerate(other.turns if other is not None else ()):
            if said.start_s < turn.start_s:
                last = number
        found.append(
            frozenset(t.text for t in other.tokens if t.turn == last and t.has_content)
            if other is not None and last >= 0
            else frozenset()
        )
    return tuple(found)


def _kin_of(side: Side, words: Words) -> list[str]:
    """For each token the word that stands for its group, "" for none."""
    kin = [""] * len(side.tokens)
    texts = side.texts
    phrases = tuple(sorted(words.same, key=len, reverse=True))
    at = 0
    while at < len(texts):
        size = starts_with(texts, at, phrases)
        for place in range(at, at + size):
            kin[place] = words.same[tuple(texts[at : at + size])]
        at += max(size, 1)
    return kin
