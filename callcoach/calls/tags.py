"""What a tag is. Pure: no database, no request.

A tag is a word that people put on a call to find it again. Two that differ in case, in spaces or
in how an accent is composed are the same tag.
"""

from __future__ import annotations

import unicodedata

from callcoach.errors import InvalidInput

#: Longest tag, in characters: a word or three, as a chip shows them.
MAX_LENGTH = 40
#: Tags of one call: more than these say nothing about it any more.
MAX_PER_CALL = 20


def clean(raw: str) -> str:
    """A tag as it is stored: composed accents, single spaces, nothing that cannot be seen.

    Raises:
        InvalidInput: nothing is left, or it is too long.
    """
    name = _plain(raw)
    if not name:
        raise InvalidInput("Write a word for the tag.")
    if len(name) > MAX_LENGTH:
        raise InvalidInput("A tag may have %(limit)s characters at most.", limit=str(MAX_LENGTH))
    return name


def key_of(name: str) -> str:
    """What two spellings of the same tag have in common."""
    return unicodedata.normalize("NFC", _plain(name).casefold())


def order_of(name: str) -> tuple[str, str]:
    """Where a tag stands in the alphabet: ``à relire`` before ``prix``, as a dictionary has it."""
    bare = (
        letter
        for letter in unicodedata.normalize("NFD", key_of(name))
        if not unicodedata.combining(letter)
    )
    return "".join(bare), key_of(name)


def _plain(raw: str) -> str:
    seen = "".join(letter for letter in raw if letter.isprintable() or letter.isspace())
    return " ".join(unicodedata.normalize("NFC", seen).split())
