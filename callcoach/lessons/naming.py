"""A lesson names no agent and no call. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from callcoach.analysis.text import fold

#: Parts of names that every sentence has, and what is too short to tell anybody.
_PARTICLES = frozenset(
    ["de", "du", "des", "la", "le", "les", "et", "ben", "el", "al", "von", "van"]
)
_SHORTEST = 3
_WORD = re.compile(r"\w+")
_CALL = re.compile(r"/calls/\d+|\b(?:appel|call)\s*(?:n[°o]\s*|#\s*)\d+", re.IGNORECASE)


def names_found(text: str, names: Iterable[str]) -> list[str]:
    """Which of `names` a text says, in their order.

    A name of several words is found as a whole in any case; a part of one where it is written with
    a capital: « Rose » is somebody, « rose » a colour.

    >>> names_found("Hanta laisse deux secondes.", ["Hanta R.", "Rose B."])
    ['Hanta R.']
    >>> names_found("Voir la vie en rose.", ["Rose B."])
    []
    """
    words = _WORD.findall(text)
    folded = f" {' '.join(fold(word) for word in words)} "
    capitals = {fold(word) for word in words if word[:1].isupper()}
    found = []
    for name in names:
        parts = [fold(part) for part in _WORD.findall(name)]
        telling = {part for part in parts if len(part) >= _SHORTEST and part not in _PARTICLES}
        is_whole = len(parts) > 1 and f" {' '.join(parts)} " in folded
        if is_whole or telling & capitals:
            found.append(name)
    return found


def names_call(text: str) -> bool:
    """Whether a text points at one call.

    >>> names_call("Écoutez l’appel n° 12"), names_call("À chaque appel, 2 secondes")
    (True, False)
    """
    return _CALL.search(text) is not None
