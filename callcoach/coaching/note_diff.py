"""Two texts word by word. Pure; the template marks what differs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher


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
    [('il', False, False), (' est', True, False), (' sera', False, True), (' là', False, False)]
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
    """Words and marks, each with the space before it, so that joining them gives the text again and
    two texts do not meet in their spaces alone.
    """
    return re.findall(r"\s*(?:\w+|[^\w\s])|\s+", text)


def side(parts: tuple[Part, ...], *, new: bool) -> tuple[Part, ...]:
    """One of the two texts, its own words marked."""
    return tuple(part for part in parts if not (part.is_gone if new else part.is_new))


def is_rewritten(parts: tuple[Part, ...]) -> bool:
    """So few words of one text are left in the other that marks would only make a jumble of both:
    they are read better one after the other.
    """
    same = sum(_letters(part) for part in parts if not (part.is_gone or part.is_new))
    longer = max(sum(_letters(part) for part in side(parts, new=new)) for new in (False, True))
    changes = any(part.is_gone for part in parts) and any(part.is_new for part in parts)
    return changes and same < longer * _SHARED_WORDS


#: Share of the longer text's letters that both must have for their difference to be readable.
_SHARED_WORDS = 1 / 3


def _letters(part: Part) -> int:
    return sum(character.isalnum() for character in part.text)
