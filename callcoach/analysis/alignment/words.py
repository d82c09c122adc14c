"""The packaged word lists, ready to be looked for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("fr", "en")
#: Words in a row.
Phrase = tuple[str, ...]
Phrases = tuple[Phrase, ...]


@dataclass(frozen=True)
class Words:
    """The lists of one language.

    Args:
        lists: by name; those of a section as ``section.name``.
        same: for each word or phrase, the word that stands for its group.
        units: for each unit in words, its dimension and how much of the dimension it is.
        fractions: phrases that say a share, in percent.
        about: words that say an approximate number.
    """

    lists: Mapping[str, Phrases]
    same: Mapping[Phrase, str]
    units: Mapping[Phrase, tuple[str, float]]
    fractions: Mapping[Phrase, float]
    about: Mapping[str, int]

    def single(self, name: str) -> frozenset[str]:
        """A list of single words."""
        return frozenset(phrase[0] for phrase in self.lists[name] if len(phrase) == 1)


@lru_cache(maxsize=len(LANGUAGES))
def load_words(language: str) -> Words:
    """The lists of `language`; French for an unknown one."""
    known = language if language in LANGUAGES else "fr"
    resource = files("callcoach.analysis") / "data" / "alignment" / f"{known}.toml"
    data: dict[str, Any] = tomllib.loads(resource.read_text(encoding="utf-8"))
    lists = {name: _phrases(found) for name, found in data.items() if isinstance(found, list)}
    for section in ("better", "often", "senders", "disclosures"):
        for name, found in data[section].items():
            lists[f"{section}.{name}"] = _phrases(found)
    return Words(
        lists=lists,
        same={
            tuple(phrase.split()): head for head, group in data["same"].items() for phrase in group
        },
        units={
            tuple(unit.split()): (dimension, float(size))
            for dimension, group in data["units"].items()
            for unit, size in group.items()
        },
        fractions={tuple(phrase.split()): size for phrase, size in data["fractions"].items()},
        about=data["about"],
    )


def _phrases(found: Iterable[str]) -> Phrases:
    """Longest first, so that the longest that fits is found."""
    return tuple(sorted({tuple(phrase.split()) for phrase in found}, key=lambda p: (-len(p), p)))


def starts_with(texts: Sequence[str], at: int, phrases: Phrases) -> int:
    """How many words the longest phrase takes at `at`; 0 for none.

    >>> starts_with(["jusqu", "a", "30"], 0, (("jusqu", "a"),))
    2
    """
    for phrase in phrases:
        if tuple(texts[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0


def occurrences(texts: Sequence[str], phrases: Phrases) -> list[tuple[int, int]]:
    """Where the phrases stand, ``[first, end)``, none inside another."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(texts):
        size = starts_with(texts, at, phrases)
        if size:
            found.append((at, at + size))
        at += max(size, 1)
    return found
