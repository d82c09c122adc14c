"""Names and numbers taken out of words that were said, for colleagues to read. Pure.

Only what is known is found: the people and companies of the call, and what has the form of a
number or an address. It spares a colleague's name; it is no guarantee, and the page says who
chose to show the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

from callcoach.analysis.text import fold
from callcoach.calls.models import Call

#: Shorter parts of a name are words too often ("de", "La").
_MIN_LETTERS = 3
#: A call name's titles, and words of companies that say nothing of which one.
_COMMON = frozenset(
    """madame monsieur mme mlle les des une sas sarl groupe societe france conseil services
    industrie cabinet maison transport transports""".split()  # noqa: SIM905 - a list of words
)
_MAIL = re.compile(r"\S+@\S+\.\w+")
_DIGITS = re.compile(r"\+?\d(?:[\s.\-]?\d){5,}")
#: A name as it is heard is spelt another way ("Roussel", "Rousselle" 88); from this similarity on,
#: 0 to 100, a word with a capital is taken for it. A word too many is no harm here.
_SAME_NAME = 75.0
#: After a title come one or two names, known or not.
_TITLED = re.compile(
    r"\b((?i:M\.|MM\.|Mr\.?|Mrs\.?|Ms\.?|Mme|Mlle|Monsieur|Madame|Mademoiselle)\s+)"
    r"([^\W\d_][\w’'-]*(?:\s+[^\W\d_][\w’'-]*)?)"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
GONE = "[…]"


def names_in(call: Call) -> list[str]:
    """Whom the words of a call may name: those who spoke, and the company."""
    agent = [call.agent.name] if call.agent is not None else []
    return [*agent, call.prospect_name, call.company]


def redact(text: str, names: Iterable[str]) -> str:
    """`text` without the names, e-mail addresses and telephone numbers in it.

    >>> redact("Hanta Rakoto, de Comptaclair, au 01 23 45 67 89.", ["Hanta Rakoto"])
    '[…], de Comptaclair, au […].'
    >>> redact("Oui, M. Philippe Rousselle ?", ["M. Roussel"])
    'Oui, M. […] ?'
    """
    parts = {part for name in names for part in _parts(name)}
    text = _DIGITS.sub(GONE, _MAIL.sub(GONE, text))
    if parts:
        text = _TITLED.sub(_without_name, text)
        text = _WORD.sub(
            lambda found: GONE if _is_name(found.group(), parts) else found.group(), text
        )
    return re.sub(rf"{re.escape(GONE)}(?:[\s-]*{re.escape(GONE)})+", GONE, text)


def _without_name(found: re.Match[str]) -> str:
    """A title and what follows it, as long as that is written like a name."""
    words = found.group(2).split()
    named = [word[:1].isupper() for word in words]
    if not named[0]:
        return found.group()
    kept = "" if all(named) else f" {words[-1]}"
    return f"{found.group(1)}{GONE}{kept}"


def _is_name(word: str, parts: set[str]) -> bool:
    folded = fold(word)
    if any(part in parts for part in (folded, *folded.split())):
        return True
    return word[:1].isupper() and any(fuzz.ratio(folded, part) >= _SAME_NAME for part in parts)


def _parts(name: str) -> Iterable[str]:
    for part in re.findall(r"[^\W\d_]+", fold(name)):
        if len(part) >= _MIN_LETTERS and part not in _COMMON:
            yield part
