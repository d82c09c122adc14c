"""P3: the agent changes course."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Cause
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

SORRY = "Pardon, je suis allé trop vite. Je reprends plus simplement."


def _call(
    text: str = SORRY,
    before: str = "Pardon, je n'ai rien compris.",
    answer: str = "Bon, allez-y.",
    language: str = "fr",
) -> object:
    turns = (
        OPENING,
        ("A", 2.5, 8.0, "Alors on fait l'audit la bascule et tout le reste."),
        ("P", 9.2, 11.0, before),
        ("A", 11.6, 16.0, text),
        ("P", 16.4, 19.0, answer),
    )
    return raised(make_scene(*turns, language=language), "P3")


def test_owning_up_is_raised() -> None:
    (found,) = _call()  # type: ignore[misc]
    assert found.cause is Cause.ADJUSTMENT
    assert (measured(found).value, measured(found).bound) == (pytest.approx(1.65), 4.0)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("Nous avons aussi des équipes à Lille.", "Bon."), (SORRY, "Non merci, pas intéressé.")],
    ids=["goes on", "refused"],
)
def test_what_mends_nothing_is_not_raised(text: str, answer: str) -> None:
    assert _call(text, answer=answer) == []


def test_a_first_turn_has_nothing_to_mend_unless_somebody_minded() -> None:
    first: Said = ("A", 2.5, 8.0, SORRY)
    assert raised(make_scene(OPENING, first, ("P", 8.5, 10.0, "Bon.")), "P3") == []
    minded: Said = ("P", 0.5, 2.0, "Oh là, trop vite, je n'ai rien compris.")
    assert raised(make_scene(minded, first, ("P", 8.5, 10.0, "Bon.")), "P3")


def test_it_reads_english() -> None:
    assert _call(
        "Sorry, I went too fast. Let me start again.", "I didn't follow.", "Go on.", language="en"
    )
