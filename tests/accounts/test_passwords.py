"""How passwords are kept, checked and chosen."""

from __future__ import annotations

import statistics
import time

import pytest
from argon2 import PasswordHasher

from callcoach.accounts import passwords
from callcoach.errors import InvalidInput


def test_a_hash_fits_only_its_password():
    kept = passwords.hash_password("un cheval de trait")
    assert kept.startswith("$argon2id$")
    assert "cheval" not in kept
    assert passwords.verify_password(kept, "un cheval de trait")
    assert not passwords.verify_password(kept, "un cheval de trait ")
    assert not passwords.verify_password("not a hash", "un cheval de trait")


def test_nobody_takes_as_long_as_somebody():
    kept = passwords.hash_password("un cheval de trait")
    passwords.verify_password(None, "x")  # makes the decoy

    def _cost(stored: str | None) -> float:
        times = []
        for _ in range(7):
            start = time.process_time()
            assert not passwords.verify_password(stored, "wrong one")
            times.append(time.process_time() - start)
        return statistics.median(times)

    somebody, nobody = _cost(kept), _cost(None)
    assert nobody > somebody / 3
    assert nobody < somebody * 3


def test_a_hash_with_older_parameters_is_to_be_made_anew():
    assert passwords.needs_rehash(
        PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    )
    assert not passwords.needs_rehash(passwords.hash_password("x"))


@pytest.mark.parametrize(
    "secret",
    [
        "court",
        "x" * 257,
        "aaaaaaaaaaaa",
        "abababababab",
        "1234567890",
        "0987654321",
        "azertyuiop",
        "Motdepasse1!",
        "MOTDEPASSE2026",
        "P@ssword2026!",
        "iloveyou2024",
        "Bienvenue2026",
        "Bonjour12345",
        "yassine2026",
        "Yassine.BA1",
        "ybenali1234",
        "1234yassine",
    ],
)
def test_a_password_that_others_would_guess_is_refused(secret):
    with pytest.raises(InvalidInput) as refusal:
        passwords.check_new_password(
            secret, about=("ybenali", "Yassine Ben Ali", None, "yassine@comptaclair.example")
        )
    assert str(refusal.value).endswith(".")
    assert secret not in str(refusal.value)


@pytest.mark.parametrize(
    "secret",
    ["trois mots simples", "kR7#vbq2Lm", "mon cheval mange tard", "yassine aime le thé vert"],
)
def test_a_password_of_ones_own_is_taken(secret):
    passwords.check_new_password(secret, about=("ybenali", "Yassine Ben Ali", None))
