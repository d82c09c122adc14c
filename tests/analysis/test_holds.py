"""Holds: what a player may skip, and what it may not."""

from __future__ import annotations

import pytest

from callcoach.analysis.holds import find_holds
from callcoach.analysis.model import Segment, Track
from tests.analysis.detecting import OPENING, Said, make_scene, scene_of, voiced

ASKS: Said = ("A", 2.5, 5.0, "Bonjour, je voudrais parler à monsieur Ferrand.")
BACK: Said = ("P", 40.0, 43.0, "Allô oui, Ferrand, je vous écoute.")


@pytest.mark.parametrize("announced", ["Ne quittez pas.", "Patientez.", "Je vous le passe."])
def test_silence_after_an_announcement_is_a_hold(announced: str) -> None:
    scene = make_scene(OPENING, ASKS, ("P", 5.5, 7.5, announced), BACK)
    assert find_holds(scene) == (Segment(7.5, 40.0),)


def test_waiting_music_is_a_hold() -> None:
    spoken = make_scene(OPENING, ASKS, ("P", 5.5, 7.5, "Oui, voilà, alors."), BACK).conversation
    words = {0: [], 1: []}  # type: dict[int, list[object]]
    for unit in spoken.units:
        words[unit.channel] += unit.words
    tracks = (
        Track(0, (Segment(2.5, 5.0),), tuple(words[0])),  # type: ignore[arg-type]
        Track(
            1,
            (Segment(0.5, 2.0), Segment(5.5, 7.5), Segment(9.0, 38.0), Segment(40.0, 43.0)),
            tuple(words[1]),  # type: ignore[arg-type]
        ),
    )
    assert find_holds(scene_of(tracks, 44.0)) == (Segment(7.5, 40.0),)


def test_a_repeated_announcement_stays_inside_the_hold() -> None:
    machine: Said = ("P", 20.0, 23.0, "Merci de patienter, un conseiller va vous répondre.")
    scene = make_scene(OPENING, ASKS, ("P", 5.5, 7.5, "Ne quittez pas."), machine, BACK)
    assert find_holds(scene) == (Segment(7.5, 40.0),)


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("Attendez, je compte, trente personnes.", 14.0),
        ("Ne quittez pas.", 13.0),
        ("Trois, à Lille.", 40.0),
    ],
    ids=["thinking", "short", "not announced"],
)
def test_other_silence_is_no_hold(said: str, back: float) -> None:
    scene = make_scene(OPENING, ASKS, ("P", 5.5, 7.5, said), ("P", back, back + 3, "Voilà, alors."))
    assert find_holds(scene) == ()


def test_a_long_speech_is_no_hold_and_nothing_has_none() -> None:
    talk = (voiced(0, 3.0, 40.0, 100), voiced(1, 0.5, 2.0, 4))
    assert find_holds(scene_of(talk, 41.0)) == ()
    assert find_holds(scene_of((), 41.0)) == ()


def test_it_reads_english() -> None:
    said = (OPENING, ASKS, ("P", 5.5, 7.5, "Hold the line, I'll put you through."), BACK)
    assert find_holds(make_scene(*said, language="en")) == (Segment(7.5, 40.0),)
