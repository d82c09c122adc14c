"""Names and numbers taken out of words that were said, for colleagues to read. Pure.

Only what is known is found: the people and companies of the call, and what has the form of a
number or an address. It spares a colleague's name; it is no guarantee, and the page says who
chose to show the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from callcoach.analysis.text import fold

#: Shorter parts of a name are words too often ("de", "La").
_MIN_LETTERS = 3
#: A call name's titles, and words of companies that say nothing of which one.
_COMMON = frozenset(
    """madame monsieur mme mlle les des une sas sarl groupe societe france conseil services
    industrie cabinet maison transport transports""".split()  # noqa: SIM905 - a list of words
)
_MAIL = re.compile(r"\S+@\S+\.\w+")
_DIGITS = re.compile(r"\+?\d(?:[\s.\-]?\d){5,}")
GONE = "[…]"


def redact(text: str, names: Iterable[str]) -> str:
    """`text` without the names, e-mail addresses and telephone numbers in it.

    >>> redact("Hanta Rakoto, de Comptaclair, au 01 23 45 67 89.", ["Hanta Rakoto"])
    '[…], de Comptaclair, au […].'
    """
    parts = {part for name in names for part in _parts(name)}
    text = _DIGITS.sub(GONE, _MAIL.sub(GONE, text))
    if parts:
        text = re.sub(
            r"[^\W\d_]+(?:['’-][^\W\d_]+)*",
            lambda found: GONE if _is_name(found.group(), parts) else found.group(),
            text,
        )
    return re.sub(rf"{re.escape(GONE)}(?:[\s-]*{re.escape(GONE)})+", GONE, text)


def _is_name(word: str, parts: set[str]) -> bool:
    return any(part in parts for part in (fold(word), *fold(word).split()))


def _parts(name: str) -> Iterable[str]:
    for part in re.findall(r"[^\W\d_]+", fold(name)):
        if len(part) >= _MIN_LETTERS and part not in _COMMON:
            yield part
