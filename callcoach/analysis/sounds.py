"""How words sound, so that a phrase is found again in the spelling that recognition gave it.

Source: TIPPING.md §2, ASR-robust matching: likeness of the text and of its sound, the larger one.
A word is its phonetic key: `phonetic-fr` for French, Metaphone for English. A word under
`MIN_LETTERS` letters keeps its spelling, because keys clip short words ("cher" becomes CH) until they
sound like any other.

Does not detect: liaisons, or words that sound alike and mean something else.
"""

from __future__ import annotations

from functools import lru_cache

from jellyfish import metaphone
from phonetic_fr import phonetic

#: A shorter word is never matched by its sound (TIPPING.md §2).
MIN_LETTERS = 5


@lru_cache(maxsize=32768)
def sound_of(token: str, language: str) -> str:
    """The sound of one folded word in lower case; the word itself where it is short or a number.

    The French key drops the ending of "écoutez"; here it stays, or it would sound like "écoute".

    >>> sound_of("derange", "fr") == sound_of("deranje", "fr")
    True
    >>> sound_of("cher", "fr")
    'cher'
    >>> sound_of("rappeler", "fr") == sound_of("rappelez", "fr") != sound_of("rappelle", "fr")
    True
    """
    if len(token) < MIN_LETTERS or not token.isalpha():
        return token
    if language == "en":
        return metaphone(token).lower() or token
    key = str(phonetic(token)).lower()
    return (key + "é" if has_heard_ending(token, language) else key) or token


def has_heard_ending(token: str, language: str) -> bool:
    """Whether a folded word ends in "er" or "ez", as an infinitive or a request does.

    >>> has_heard_ending("ecoutez", "fr"), has_heard_ending("ecoute", "fr")
    (True, False)
    """
    return language != "en" and token.endswith(("er", "ez"))
