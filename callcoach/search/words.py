"""From text to the words that are indexed and compared. Pure: no database.

A text is indexed twice: as its words (no case, no accents) and as their stems, so that « gratuit »
finds « gratuites » and « proposer » finds « proposé ». A stem is made by looking up the lemma
(simplemma: irregular verbs, *enverrai* → *envoyer*), then by Porter's French rules (Snowball:
regular endings and derived words, *gratuitement* → *gratuit*), then by taking the accents off.

Measured on 30 families of words from cold calls (594 ordered pairs of forms, such as gratuit,
gratuite, gratuits, gratuites, gratuitement; proposer, propose, proposé, proposition; offrir,
offre, offert) and 32 pairs that look alike and are not related (port and porte, prix and prise):

========================= ============ =============
how                       pairs found  wrongly joined
========================= ============ =============
accents off only             3 %         1 of 32
prefix of what was typed    20 %         –
Snowball                    64 %        11 of 32
simplemma                   46 %         2 of 32
simplemma, then Snowball    84 %        11 of 32
========================= ============ =============

The last one it is: a search shows the words, so that one hit too many costs a glance, while one
too few is never noticed; quotes ask for the exact form. Both steps happen here, so that SQLite and
PostgreSQL index the same stems and give the same hits: PostgreSQL's own ``french`` configuration
is Snowball alone, and drops the small words that phrases need. English words pass through the
same rules: their plurals are found, their irregular forms are not.

Words and stems are written in ``[a-z0-9]`` alone: no tokenizer of either engine splits, drops or
changes them, whatever script the text was in.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

#: Letters, digits and combining marks; an apostrophe or a hyphen ends a word.
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_PLAIN = re.compile(r"[a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l"})
#: Longest indexed word, in characters: PostgreSQL refuses queries with words over 2 kB.
MAX_WORD_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text.

    Args:
        start, end: where it stands, in characters, half-open.
        word: without case and accents.
        stem: what its other forms share.
    """

    start: int
    end: int
    word: str
    stem: str


def clean(text: str) -> str:
    """Text as it is kept: composed letters, nothing that a database refuses."""
    return unicodedata.normalize("NFC", text).replace("\x00", "")


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """A word without case and accents, in ``[a-z0-9]``; "" for marks alone.

    >>> fold("Où"), fold("SŒUR"), fold("proposée")
    ('ou', 'soeur', 'proposee')
    """
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = plain.casefold().translate(_LIGATURES)
    if not _PLAIN.fullmatch(plain):
        plain = "".join(char if _PLAIN.match(char) else f"u{ord(char):x}" for char in plain)
    return plain[:MAX_WORD_LENGTH]


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """What the forms of a word share; "" for what `fold` leaves empty.

    >>> stem("gratuitement") == stem("Gratuites") == stem("gratuit")
    True
    >>> stem("enverrai") == stem("envoyé")
    True
    """
    if not fold(word):
        return ""
    return _STEMMER.stem(word.lower()) or fold(word)


class _Stemmer:
    """Lemma, then stem. Loaded when first asked (0.3 s, 50 MB); Snowball's object keeps state
    between its steps, so threads take turns.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snowball: Any = None

    def stem(self, word: str) -> str:
        import simplemma
        import snowballstemmer

        lemma = str(simplemma.lemmatize(word[:MAX_WORD_LENGTH], lang="fr"))
        with self._lock:
            if self._snowball is None:
                self._snowball = snowballstemmer.stemmer("french")
            return fold(str(self._snowball.stemWord(lemma.lower())))


_STEMMER = _Stemmer()


def tokens(text: str) -> list[Token]:
    """The words of a text, in order."""
    found = []
    for match in _WORD.finditer(text):
        folded = fold(match.group())
        if folded:
            found.append(Token(match.start(), match.end(), folded, stem(match.group())))
    return found


def indexed(text: str) -> tuple[str, str]:
    """What is indexed of a text: its words and its stems, as many of each, apart by spaces.

    >>> indexed("C’est gratuit !")[0]
    'c est gratuit'
    """
    found = tokens(text)
    return " ".join(token.word for token in found), " ".join(token.stem for token in found)
