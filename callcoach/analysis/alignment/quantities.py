"""Figures with their unit: durations, money, shares, and numbers of things.

Does not detect: clock times and dates as such; a figure counts only where the words around it are
those of a statement. Rates ("by month") are not compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcoach.analysis.alignment.reading import Token
from callcoach.analysis.alignment.words import Words, occurrences

#: Two figures are the same up to this share of the larger; where one is "about", up to the second.
#: A month is 30 or 31 days, four weeks are nearly one.
SAME, ABOUT_SAME, SAME_MONTHS = 0.01, 0.2, 0.07
#: Words between two figures of which the first has no unit of its own ("d'une dizaine de jours à
#: cinq", "cinq à dix jours").
_SPAN = 4
#: Dimension of how often something comes, in days.
EVERY = "every"
#: Letters of the noun that a number counts by which two counts are of the same thing.
_STEM = 5
_LINKS = frozenset(
    {"a", "ou", "et", "de", "d", "to", "or", "and", "contre", "euh", "environ", "about", "plus"}
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure of tokens ``[first, end)``.

    Args:
        value: in the unit of the dimension (days, euros, percent, square metres …).
        dimension: what it measures; of a plain number the beginning of the noun it counts.
        is_about: not meant to the letter.
    """

    value: float
    dimension: str
    first: int
    end: int
    is_about: bool = False

    def equals(self, other: Quantity) -> bool:
        """The same figure of the same thing."""
        if self.dimension != other.dimension:
            return False
        allowed = ABOUT_SAME if self.is_about or other.is_about else SAME
        if self.dimension == "duration" and max(self.value, other.value) >= 28:
            allowed = max(allowed, SAME_MONTHS)
        return abs(self.value - other.value) <= allowed * max(self.value, other.value)


def quantities(tokens: Sequence[Token], words: Words) -> tuple[Quantity, ...]:
    """The figures in some tokens; `Quantity.first` counts from the start of `tokens`."""
    texts = [token.text for token in tokens]
    found: list[Quantity] = []
    bare: list[tuple[int, float]] = []
    between, no_share = words.single("often.between"), words.single("often.no_share")
    for number, token in enumerate(tokens):
        if token.value is None:
            continue
        unit = _unit(texts, number + 1, words)
        if unit is None and number + 1 < len(texts) and texts[number + 1] in ("de", "d"):
            unit = _unit(texts, number + 2, words)  # une dizaine de jours
            unit = (unit[0], unit[1], unit[2] + 1) if unit else None
        if unit is None and texts[number + 1 : number + 2] and texts[number + 1] in between:
            unit = _unit(texts, number + 2, words)  # les dix premiers jours
            unit = (unit[0], unit[1], unit[2] + 1) if unit else None
        about = _is_about(tokens, number, words)
        if unit is not None:
            dimension, size, taken = unit
            found.append(Quantity(token.value * size, dimension, number, number + 1 + taken, about))
            continue
        following = tokens[number + 1] if number + 1 < len(tokens) else None
        if (
            following is not None
            and following.clause == token.clause
            and following.has_content
            and len(following.text) > 3
        ):
            found.append(Quantity(token.value, following.text[:_STEM], number, number + 2, about))
        else:
            bare.append((number, token.value))
    for number, value in bare:
        near = _linked(found, number, texts)
        if near is not None:
            size = near.value / (tokens[near.first].value or 1.0)
            found.append(Quantity(value * size, near.dimension, number, number + 1, near.is_about))
    for _, end in occurrences(texts, words.lists["often.every"]):
        unit = _unit(texts, end, words)
        if unit is not None and unit[0] == "duration":
            found.append(Quantity(unit[1], EVERY, end, end + unit[2]))
    for first, end in occurrences(texts, tuple(words.fractions)):
        after = texts[end] if end < len(texts) else ""
        if after not in no_share:
            found.append(Quantity(words.fractions[tuple(texts[first:end])], "percent", first, end))
    return tuple(sorted(found, key=lambda quantity: quantity.first))


def _unit(texts: Sequence[str], at: int, words: Words) -> tuple[str, float, int] | None:
    """Dimension, size and number of words of the unit at `at`."""
    for size in (2, 1):
        known = words.units.get(tuple(texts[at : at + size]))
        if known is not None and at + size <= len(texts):
            return (*known, size)
    return None


def _is_about(tokens: Sequence[Token], number: int, words: Words) -> bool:
    before = [token.text for token in tokens[max(0, number - 3) : number]]
    after = [token.text for token in tokens[number + 1 : number + 5]]
    approximate = words.lists["approximate"]
    # a number that was said as "une dizaine" stands after its article
    said_about = tokens[number].value in (10, 12, 15, 20, 30, 40, 50, 60, 100) and before[-1:] in (
        ["une"],
        ["quelques"],
    )
    return said_about or bool(occurrences(before, approximate) or occurrences(after, approximate))


def _linked(found: Sequence[Quantity], number: int, texts: Sequence[str]) -> Quantity | None:
    """The figure whose unit a bare number shares: joined to it by nothing but small words."""
    for quantity in found:
        between = (
            range(quantity.end, number)
            if quantity.end <= number
            else range(number + 1, quantity.first)
        )
        if len(between) <= _SPAN and all(
            texts[place] in _LINKS or texts[place] in _FILLERS for place in between
        ):
            return quantity
    return None


_FILLERS = frozenset(
    {"euh", "environ", "peu", "pres", "plus", "about", "passer", "passe", "cloture", "l", "la"}
)
