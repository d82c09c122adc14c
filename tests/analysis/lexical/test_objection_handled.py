"""P1: an objection received and answered."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Cause
from tests.analysis.detecting import OPENING, make_scene, measured, raised

GOOD = "Huit mois, je comprends que ça vous refroidisse. Votre outil, je préfère qu'on le regarde avec vous."


def _call(
    text: str = GOOD,
    answer: str = "Au moins vous êtes honnête.",
    wait: float = 0.9,
    language: str = "fr",
    said: str = "La dernière fois qu'on nous a branché un outil, ça a duré huit mois.",
) -> object:
    turns = (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, c'est pour votre clôture."),
        ("P", 5.5, 11.0, said),
        ("A", 11.0 + wait, 20.0, text),
        ("P", 20.5, 23.0, answer),
    )
    return raised(make_scene(*turns, language=language), "P1")


def test_a_received_objection_is_raised_with_the_wait() -> None:
    (found,) = _call()  # type: ignore[misc]
    assert found.cause is Cause.OBJECTION_HANDLED
    assert (measured(found).value, measured(found).bound) == (pytest.approx(0.9), 0.6)


def test_moving_on_weighs_less() -> None:
    (good,) = _call()  # type: ignore[misc]
    (deaf,) = _call("Très bien. Alors nous avons quatorze agences avec des équipes partout.")  # type: ignore[misc]
    assert deaf.strength < good.strength - 0.3


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (GOOD, "Non merci, pas intéressé."),
        (GOOD, "Oui mais la dernière fois, ça a duré."),
        ("Ah d'accord.", "Bon."),
    ],
    ids=["refused", "said again", "no answer"],
)
def test_an_objection_that_stands_is_not_raised(text: str, answer: str) -> None:
    assert _call(text, answer) == []


def test_it_reads_english() -> None:
    assert _call(
        "Eight months, I understand. Your tool, I would rather look at it with you.",
        "Fine.",
        language="en",
        said="Last time we had a tool installed it took eight months.",
    )
