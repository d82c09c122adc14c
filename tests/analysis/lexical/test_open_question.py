"""D20: a question that gets people talking."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Cause
from tests.analysis.detecting import make_scene, measured, raised

LONG = (
    "Franchement, les factures non parvenues, on court après les chefs de site, ils répondent tard."
)


def _call(asked: str, answer: str = LONG, end: float = 21.0, language: str = "fr") -> list[object]:
    scene = make_scene(
        ("P", 1.0, 2.5, "Neuf, dix jours."),
        ("A", 3.0, 6.0, asked),
        ("P", 7.4, end, answer),
        language=language,
    )
    return [found for found in raised(scene, "D20") if found.cause is Cause.OPEN_QUESTION]


OPEN = "Et dans ces dix jours, qu'est-ce qui vous coince le plus ?"


def test_an_open_question_with_a_long_answer_is_raised() -> None:
    (found,) = _call(OPEN)
    assert measured(found).value == pytest.approx(13.6)  # type: ignore[arg-type]
    assert measured(found).bound == 5.0  # type: ignore[arg-type]


def test_a_closed_form_weighs_less() -> None:
    (closed,) = _call("Vous avez beaucoup de factures à traiter ?")
    (opened,) = _call(OPEN)
    assert closed.strength < opened.strength  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("asked", "answer", "end"),
    [
        (OPEN, "Les factures.", 8.4),
        ("Nous traitons les factures.", LONG, 21.0),
        (OPEN, "Neuf, dix jours, neuf, dix jours, voilà, c'est ça.", 21.0),
    ],
    ids=["short answer", "no question", "nothing new"],
)
def test_other_turns_are_not_raised(asked: str, answer: str, end: float) -> None:
    assert _call(asked, answer, end) == []


def test_it_reads_english() -> None:
    assert _call(
        "And how do you close the accounts?",
        "Honestly the invoices come late, managers answer whenever they please.",
        language="en",
    )
