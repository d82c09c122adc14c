"""Names as they are compared. Standard library only."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """No accents, no case, single spaces.

    >>> fold("  Équipe  Antananarivo")
    'equipe antananarivo'
    """
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())
