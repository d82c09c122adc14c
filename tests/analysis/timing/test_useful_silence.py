"""P2: silence that the prospect uses."""

from __future__ import annotations

import pytest

from tests.analysis.detecting import make_scene, measured, raised

LONG = "Pour être honnête, non, on a six postes vides depuis janvier et la direction s'inquiète."


def test_silence_that_brings_a_long_answer_is_raised() -> None:
    said = (
        ("P", 1.0, 4.0, "Oui oui, dans l'ensemble ça va. Enfin…"),
        ("A", 6.2, 7.2, "Je vous écoute."),
        ("P", 10.4, 20.0, LONG),
    )
    (found,) = raised(make_scene(*said), "P2")
    assert found.severity == 2
    assert measured(found).value == pytest.approx(5.4)
    assert measured(found).bound == 2.2


@pytest.mark.parametrize(
    ("asked", "answer", "end"),
    [
        ("Je vous écoute.", "Non.", 11.0),
        ("Ne quittez pas.", LONG, 20.0),
        ("Je vous écoute.", "Attendez, je vais chercher le dossier, " + LONG, 20.0),
        ("Nous avons plusieurs formules pour des sites comme le vôtre.", LONG, 20.0),
    ],
    ids=["short answer", "hold", "fetches something", "a statement"],
)
def test_other_silence_is_not_raised(asked: str, answer: str, end: float) -> None:
    said = (
        ("P", 1.0, 4.0, "Dans l'ensemble ça va."),
        ("A", 6.2, 7.2, asked),
        ("P", 10.4, end, answer),
    )
    assert raised(make_scene(*said), "P2") == []


def test_a_quick_long_answer_needs_no_silence() -> None:
    said = (
        ("P", 1.0, 4.0, "Dans l'ensemble ça va."),
        ("A", 4.5, 6.0, "Et la paie ?"),
        ("P", 6.5, 16.0, LONG),
    )
    assert raised(make_scene(*said), "P2") == []
