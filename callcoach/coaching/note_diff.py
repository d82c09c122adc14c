"""Two texts word by word. Pure; the template marks what differs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Part:
    """A run of words: in both texts, only in the first (`is_gone`), or only in the second
    (`is_new`).
    """

    text: str
    is_gone: bool = False
    is_new: bool = False


def word_diff(before: str, after: str) -> tuple[Part, ...]:
    """Both texts in one, in reading order, what is gone before what is new.

    The parts without the new ones spell `before`, those without the gone ones `after`.

    >>> [(part.text, part.is_gone, part.is_new) for part in word_diff("il est là", "il sera là")]
    [('il ', False, False), ('est', True, False), ('sera', False, True), (' là', False, False)]
    """
    one, other = _tokens(before), _tokens(after)
    parts: list[Part] = []
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, i, j, k, l in matcher.get_opcodes():  # noqa: E741
        if kind == "equal":
            parts.append(Part("".join(one[i:j])))
            continue
        if j > i:
            parts.append(Part("".join(one[i:j]), is_gone=True))
        if l > k:
            parts.append(Part("".join(other[k:l]), is_new=True))
    return tuple(parts)


def _tokens(text: str) -> list[str]:
    """Words, spaces and marks, so that joining them gives the text again."""
    return re.findall(r"\w+|\s+|[^\w\s]", text)


def side(parts: tuple[Part, ...], *, new: bool) -> tuple[Part, ...]:
    """One of the two texts, its own words marked."""
    return tuple(part for part in parts if not (part.is_gone if new else part.is_new))


def is_rewritten(parts: tuple[Part, ...]) -> bool:
    """So much differs that marks would only hide the words: show both texts whole instead."""
    runs = [key for key, _group in groupby(part.is_gone or part.is_new for part in parts)]
    same = sum(len(part.text) for part in parts if not (part.is_gone or part.is_new))
    longer = max(
        sum(len(part.text) for part in side(parts, new=False)),
        sum(len(part.text) for part in side(parts, new=True)),
    )
    return len(runs) > 1 and same < longer / 5
