"""Passwords: how they are kept, checked and chosen. No database, no request.

Kept as argon2id hashes with the library's recommended parameters (RFC 9106, low-memory profile).
A new one has ten characters or more, is not its owner's name or login, and is none of the
commonest; no rules on kinds of characters (NIST SP 800-63B §5.1.1.2).
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from importlib import resources

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from callcoach.errors import InvalidInput

#: Fewest characters of a new password.
MIN_LENGTH = 10
#: Most characters taken, so that hashing stays cheap.
MAX_LENGTH = 256
#: Shortest part of a name or login that makes a password guessable when it is most of it.
_TELLING = 4

_hasher = PasswordHasher()


def hash_password(secret: str) -> str:
    """The hash to keep."""
    return _hasher.hash(secret)


def verify_password(kept: str | None, secret: str) -> bool:
    """Whether `secret` belongs to the hash.

    Without a hash (nobody has this login) a decoy is checked, which takes as long and fails: the
    answer's time does not tell who works here.
    """
    try:
        _hasher.verify(kept or _decoy(), secret[:MAX_LENGTH])
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return kept is not None


def needs_rehash(kept: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return _hasher.check_needs_rehash(kept)


def check_new_password(secret: str, *, about: Iterable[str | None] = ()) -> None:
    """Refuse a password that others would guess first.

    Args:
        secret: the password wanted.
        about: its owner's login, name, e-mail.

    Raises:
        InvalidInput: with a sentence that says what to choose instead.
    """
    if len(secret) < MIN_LENGTH:
        raise InvalidInput(
            "Choose at least %(count)s characters. Three or four words in a row work well.",
            count=MIN_LENGTH,
        )
    if len(secret) > MAX_LENGTH:
        raise InvalidInput("Choose at most %(count)s characters.", count=MAX_LENGTH)
    folded = _fold(secret)
    if len(set(folded)) < 4 or _is_run(folded):
        raise InvalidInput("This is a simple row of characters. Choose something less regular.")
    stem = folded.strip("0123456789!?.*-_+@#$&' ")
    if {folded, stem} & _common():
        raise InvalidInput(
            "This is one of the passwords tried first. Choose something of your own."
        )
    for fact in about:
        for part in _fold(fact or "").replace("@", " ").replace(".", " ").split():
            if len(part) >= _TELLING and part in folded and len(folded) - len(part) < 6:
                raise InvalidInput("This is too close to your name or login. Choose another.")


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold().strip()


def _is_run(text: str) -> bool:
    """``1234567890``, ``abcdefghij``, ``azertyuiop``: neighbours in a row, either way."""
    rows = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "azertyuiopqsdfghjklmwxcvbn",
            "qwertyuiopasdfghjklzxcvbnm")  # fmt: skip
    return any(text in row or text[::-1] in row for row in rows)


@functools.cache
def _common() -> frozenset[str]:
    lines = resources.files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(
        _fold(line) for line in lines.splitlines() if line and not line.startswith("#")
    )


@functools.cache
def _decoy() -> str:
    return _hasher.hash("nobody has this password")
