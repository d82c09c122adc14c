"""P4: a next step agreed."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Cause
from tests.analysis.detecting import Said, make_scene, measured, raised

ASK = "Je vous propose de passer lundi à neuf heures, ça vous irait ?"


def _call(
    ask: str = ASK,
    answer: str = "Lundi neuf heures, ça me va, je le note.",
    *more: Said,
    language: str = "fr",
) -> object:
    turns = (
        ("P", 1.0, 4.0, "Il faudrait que je voie ça."),
        ("A", 4.5, 10.0, ask),
        ("P", 10.8, 16.0, answer),
        *more,
    )
    return raised(make_scene(*turns, language=language), "P4")


def test_an_accepted_slot_is_raised() -> None:
    (found,) = _call()  # type: ignore[misc]
    assert (found.cause, found.severity) == (Cause.COMMITMENT_WON, 3)
    assert measured(found).value is not None
    assert measured(found).value >= 2
    assert measured(found).bound == 1.0


def test_saying_it_again_counts_less() -> None:
    again: tuple[Said, ...] = (
        ("A", 16.5, 19.0, "Donc lundi à neuf heures, entendu ?"),
        ("P", 19.5, 22.0, "Lundi neuf heures, c'est bon."),
    )
    first, second = _call(ASK, "Lundi neuf heures, ça me va, je le note.", *again)  # type: ignore[misc]
    assert second.strength < first.strength


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (ASK, "Non merci, lundi c'est non."),
        (ASK, "Je ne suis pas disponible à quinze heures."),
        (ASK, "Je ne sais pas."),
        ("Nous travaillons avec des maisons voisines.", "Parfait, je le note."),
    ],
    ids=["refused", "does not suit", "undecided", "nothing proposed"],
)
def test_other_answers_are_not_raised(ask: str, answer: str) -> None:
    assert _call(ask, answer) == []


def test_a_mail_instead_counts_less() -> None:
    (plain,) = _call(ASK, "D'accord pour lundi.")  # type: ignore[misc]
    (mail,) = _call(ASK, "D'accord pour lundi, envoyez-moi un mail.")  # type: ignore[misc]
    assert mail.strength < plain.strength


def test_it_reads_english() -> None:
    assert _call(
        "I suggest Monday at nine, would that suit you?",
        "Monday at nine, that works for me, I'll note it.",
        language="en",
    )
