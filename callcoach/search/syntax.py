"""What people type into the search field. Pure; any text is a query, and none is an error.

``sans engagement`` both words, in any form and order; ``"sans engagement"`` these very words in
this order; ``-prix`` leaves out what mentions it; ``rembours*`` all that begins so. A question
such as « où a-t-on dit gratuit ? » asks for what it is about: *gratuit*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from callcoach.search.words import Token, clean, tokens

#: Longest query that is read, in characters, and most terms: more is a pasted page.
MAX_LENGTH, MAX_TERMS = 200, 12
#: Fewer letters before a star would ask for half of the dictionary.
MIN_PREFIX = 2

_QUOTES = str.maketrans({"«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "−": "-", "–": "-"})
_APOSTROPHES = "'’ʼ"
_PIECE = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"?|(?P<chunk>[^\s"]+))')
#: « où a-t-on dit … », « qui a parlé de … », "where did we say …".
_QUESTION = re.compile(
    r"^\s*(?:(?:où|ou|quand|qui)\b[^\"]{0,24}?\b"
    r"(?:dit|dis|disent|disait|parle|parlé|parlent|parlait|mentionne|mentionné|propose|promis|promet)"
    r"(?:[- ](?:on|il|elle|ils|elles|t-on|nous|vous))?"
    r"|(?:where|who|when)\b[^\"]{0,24}?\b(?:say|says|said|mention|mentioned|talk|talked)(?:\s+about)?)"
    r"(?=[\s\"])",
    re.IGNORECASE,
)
#: Clitics before an apostrophe say nothing of what is looked for.
_CLITICS = frozenset(
    ("c", "d", "j", "l", "m", "n", "s", "t", "qu", "lorsqu", "jusqu", "puisqu", "quoiqu")
)
#: Small words that need not occur when the query has others.
_SMALL_WORDS = """
a ai as au aux avec ce ces cette d dans de des du elle en est et eux il ils je l la le les leur lui
ma mais me mes mon ne nos notre nous on ont ou par pas pour qu que qui sa se ses si son sur ta te
tes ton tu un une vos votre vous y
an and are at be by for from i in is it of on or that the this to was we were will with you your
"""
_SMALL = frozenset(_SMALL_WORDS.split())


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to find: a word, or several that follow each other.

    Args:
        tokens: at least one.
        is_exact: these forms, not others of the same words.
        is_prefix: the last word only begins like this; always exact too.
    """

    tokens: tuple[Token, ...]
    is_exact: bool = False
    is_prefix: bool = False

    def places(self, text: list[Token]) -> list[tuple[int, int]]:
        """Where the term occurs among the words of a text: half-open ranges of positions."""
        length = len(self.tokens)
        return [
            (at, at + length)
            for at in range(len(text) - length + 1)
            if self._occurs(text[at : at + length])
        ]

    def _occurs(self, window: list[Token]) -> bool:
        pairs = list(zip(self.tokens, window, strict=True))
        if self.is_prefix:
            *before, (asked, found) = pairs
            return all(one.word == other.word for one, other in before) and found.word.startswith(
                asked.word
            )
        if all(asked.word == found.word for asked, found in pairs):
            return True
        return not self.is_exact and all(asked.stem == found.stem for asked, found in pairs)


@dataclass(frozen=True, slots=True)
class Query:
    """What to find: every one of `terms` in one turn or note, and none of `excluded`."""

    terms: tuple[Term, ...]
    excluded: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        """Whether it asks for anything; what only leaves out finds nothing."""
        return bool(self.terms)


def parse(text: str) -> Query:
    """Read what was typed.

    >>> [term.tokens[0].word for term in parse("où a-t-on dit « gratuit » ?").terms]
    ['gratuit']
    """
    text = clean(text[:MAX_LENGTH])
    asked = _QUESTION.sub("", text)
    found = _read(asked) or _read(text)
    terms = [term for minus, term in found if not minus]
    weighty = [term for term in terms if not _is_small(term)]
    excluded = [term for minus, term in found if minus]
    return Query(tuple((weighty or terms)[:MAX_TERMS]), tuple(excluded[:MAX_TERMS]))


def _read(text: str) -> list[tuple[bool, Term]]:
    found = []
    for piece in _PIECE.finditer(text.translate(_QUOTES)):
        phrase, chunk = piece["phrase"], piece["chunk"]
        term = _phrase(phrase) if chunk is None else _plain(chunk)
        if term is not None:
            found.append((bool(piece["minus"]), term))
    return found


def _phrase(text: str) -> Term | None:
    words = tuple(tokens(text))
    if not words:
        return None
    is_prefix = text.rstrip().endswith("*") and len(words[-1].word) >= MIN_PREFIX
    return Term(words, is_exact=True, is_prefix=is_prefix)


def _plain(chunk: str) -> Term | None:
    words = tokens(chunk)
    # "l'offre" asks for "offre"
    while len(words) > 1 and words[0].word in _CLITICS and _is_elided(chunk, words):
        words = words[1:]
    if not words:
        return None
    is_prefix = chunk.endswith("*") and len(words[-1].word) >= MIN_PREFIX
    return Term(tuple(words), is_exact=is_prefix, is_prefix=is_prefix)


def _is_elided(chunk: str, words: list[Token]) -> bool:
    first, second = next(pairwise(words))
    return chunk[first.end : second.start] in tuple(_APOSTROPHES)


def _is_small(term: Term) -> bool:
    return not term.is_exact and len(term.tokens) == 1 and term.tokens[0].word in _SMALL
