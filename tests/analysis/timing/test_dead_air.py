"""D06: silence that nobody announced."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Segment, Track
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised, scene_of, voiced

ANSWER = "Alors en fait nous avons plusieurs formules pour vous."


def _before(text: str, wait: float, reply: str = ANSWER) -> tuple[Said, ...]:
    return (
        ("P", 1.0, 4.0, text),
        ("A", 4.0 + wait, 9.0 + wait, reply),
        ("P", 10.0 + wait, 11.0 + wait, "Ah."),
    )


@pytest.mark.parametrize(("wait", "severity"), [(3.0, 2), (6.5, 3)])
def test_silence_before_an_answer_is_raised(wait: float, severity: int) -> None:
    (found,) = raised(
        make_scene(*_before("Il y en a trois, dans le nord.", wait)), "D06", "dead_air"
    )
    assert found.severity == severity
    assert measured(found).value == wait
    assert measured(found).bound == 2.6


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("Attendez, je regarde mon agenda.", ANSWER),
        ("Ne quittez pas, je vous le passe.", ANSWER),
        ("Il y en a trois, dans le nord.", "Je vérifie, le dossier est chez ma collègue."),
        ("Il y en a trois, dans le nord.", "Oui."),
    ],
    ids=["consulting", "hold", "announced by the agent", "leaves the floor"],
)
def test_announced_silence_is_not_raised(text: str, reply: str) -> None:
    assert raised(make_scene(*_before(text, 3.4, reply)), "D06") == []


STATES = "Nous avons plusieurs formules pour les sites de votre taille."


def _after(
    text: str, wait: float, answer: str = "Ah bon.", length: float = 1.5
) -> tuple[Said, ...]:
    return (OPENING, ("A", 2.5, 7.0, text), ("P", 7.0 + wait, 7.0 + wait + length, answer))


@pytest.mark.parametrize(("wait", "severity"), [(3.4, 1), (5.2, 2), (6.2, 3)])
def test_silence_after_a_statement_is_raised(wait: float, severity: int) -> None:
    (found,) = raised(make_scene(*_after(STATES, wait)), "D06", "after")
    assert found.severity == severity
    assert measured(found).value == wait
    assert measured(found).bound == 3.0


@pytest.mark.parametrize(
    ("text", "wait", "answer", "length"),
    [
        ("Vous avez combien de sites dans toute la France ?", 4.0, "Trois.", 1.0),
        (STATES, 3.4, "En fait on a surtout six postes vides depuis janvier dernier.", 6.0),
        (STATES, 3.4, "Attendez, je compte.", 1.5),
        ("Je vous écoute, prenez le temps qu'il vous faut pour cela.", 3.4, "Ah.", 1.0),
        (STATES, 2.0, "Ah bon.", 1.0),
    ],
    ids=["question", "used", "thinking", "left on purpose", "short"],
)
def test_other_silence_is_not_raised(text: str, wait: float, answer: str, length: float) -> None:
    assert raised(make_scene(*_after(text, wait, answer, length)), "D06") == []


def test_clipped_voice_activity_is_no_silence() -> None:
    spoken = make_scene(OPENING, ("A", 2.5, 7.0, STATES)).conversation
    words = tuple(word for unit in spoken.units if unit.channel == 0 for word in unit.words)
    unread = Track(1, (Segment(0.5, 2.0), Segment(10.6, 12.0)), voiced(1, 0.5, 2.0, 4).words)
    assert raised(scene_of((Track(0, (Segment(2.5, 7.0),), words), unread), 14.0), "D06") == []


def test_it_reads_english() -> None:
    said = _before("Hold the line, I'll put you through.", 3.4, "So we have several plans for you.")
    assert raised(make_scene(*said, language="en"), "D06") == []
    said = _before("There are three, in the north.", 3.4, "So we have several plans for you.")
    assert raised(make_scene(*said, language="en"), "D06")
