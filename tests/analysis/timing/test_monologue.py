"""D02: the floor held for long."""

from __future__ import annotations

import pytest

from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

TALK = "Alors notre société existe depuis vingt ans et nous avons des agences partout. "


def _held(until: float, *before: Said, text: str = TALK * 5) -> tuple[Said, ...]:
    start = before[-1][2] + 0.5
    return (
        *before,
        ("A", start, start + until, text),
        ("P", start + until + 1.0, start + until + 2.0, "Hum."),
    )


@pytest.mark.parametrize(("held", "severity"), [(20.0, 2), (32.0, 3), (46.0, 3)])
def test_the_longer_the_floor_is_held_the_graver(held: float, severity: int) -> None:
    (found,) = raised(make_scene(*_held(held, OPENING)), "D02")
    assert found.severity == severity  # one more because the prospect gave no sign at all
    assert measured(found).value == pytest.approx(held, abs=0.01)
    assert measured(found).bound == 16.0


def test_what_the_prospect_asked_for_may_take_longer() -> None:
    asked: Said = ("P", 0.5, 3.0, "Comment ça se passe, chez vous, concrètement ?")
    assert raised(make_scene(*_held(20.0, OPENING)), "D02")
    assert raised(make_scene(*_held(20.0, asked)), "D02") == []


def test_a_first_pitch_that_ends_on_a_question_may_take_longer() -> None:
    pitch = TALK * 4 + "Vous avez combien de sites aujourd'hui ?"
    assert raised(make_scene(*_held(19.0, OPENING)), "D02")
    assert raised(make_scene(*_held(19.0, OPENING, text=pitch)), "D02") == []


def test_a_message_left_on_a_machine_is_no_monologue() -> None:
    machine: Said = (
        "P",
        0.5,
        6.0,
        "Veuillez patienter, vous êtes en relation avec la société Martin.",
    )
    assert raised(make_scene(*_held(25.0, machine)[:2]), "D02") == []


def test_an_announced_hold_is_no_monologue() -> None:
    text = "Ne quittez pas, je vous mets en attente. " + TALK * 4
    assert raised(make_scene(*_held(25.0, OPENING, text=text)), "D02") == []
