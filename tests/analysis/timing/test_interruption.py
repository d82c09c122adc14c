"""D04: the prospect is cut off."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Segment, Track
from tests.analysis.detecting import Said, make_scene, measured, raised, scene_of, voiced

SPEAKS: Said = ("P", 1.0, 9.0, "Le bâtiment a vingt ans et nos équipes passent chaque mois avec")
CUTS = "Oui donc pour le contrat annuel on signe quand ?"
STOPS: Said = ("P", 11.5, 13.0, "Laissez-moi finir.")


def test_a_cut_off_prospect_is_raised_with_the_overlap() -> None:
    (found,) = raised(make_scene(SPEAKS, ("A", 7.4, 11.0, CUTS), STOPS), "D04")
    assert found.severity == 2
    assert measured(found).value == 1.6
    assert measured(found).bound == 0.5


def test_cutting_off_an_objection_is_graver() -> None:
    objects: Said = ("P", 1.0, 9.0, "On a déjà un prestataire depuis vingt ans et il passe avec")
    (found,) = raised(make_scene(objects, ("A", 7.4, 11.0, CUTS), STOPS), "D04")
    assert found.severity == 3


def test_a_second_one_within_a_minute_is_graver() -> None:
    again: Said = (
        "P",
        12.0,
        20.0,
        "Le bâtiment a vingt ans et nos équipes passent chaque mois avec",
    )
    scene = make_scene(SPEAKS, ("A", 7.4, 11.0, CUTS), again, ("A", 18.5, 22.0, CUTS))
    assert [found.severity for found in raised(scene, "D04")] == [2, 3]


@pytest.mark.parametrize(
    ("start", "text"),
    [
        (8.7, CUTS),
        (7.4, "Voilà, tout à fait."),
        (7.4, "Oui."),
        (7.4, "Au revoir, bonne journée à vous."),
        (7.4, "le bâtiment a vingt ans et nos équipes passent"),
    ],
    ids=[
        "short overlap",
        "helps to the end",
        "interjection",
        "closing",
        "same voice on both lines",
    ],
)
def test_harmless_overlap_is_not_raised(start: float, text: str) -> None:
    assert raised(make_scene(SPEAKS, ("A", start, 11.0, text), STOPS), "D04") == []


def test_both_starting_at_once_is_not_raised() -> None:
    voice = Track(
        1,
        (Segment(1.0, 5.0), Segment(7.2, 9.0)),
        voiced(1, 1.0, 5.0, 12).words + voiced(1, 7.2, 9.0, 6).words,
    )
    agent = make_scene(SPEAKS, ("A", 7.4, 11.0, CUTS)).conversation
    words = tuple(word for unit in agent.units if unit.channel == 0 for word in unit.words)
    scene = scene_of((Track(0, (Segment(7.4, 11.0),), words), voice), 14.0)
    assert raised(scene, "D04") == []


def test_a_breath_inside_a_phrase_does_not_give_the_floor_away() -> None:
    voice = Track(
        1,
        (Segment(1.0, 7.2), Segment(7.5, 9.0)),
        voiced(1, 1.0, 7.2, 16).words + voiced(1, 7.5, 9.0, 6).words,
    )
    agent = make_scene(SPEAKS, ("A", 7.4, 11.0, CUTS)).conversation
    words = tuple(word for unit in agent.units if unit.channel == 0 for word in unit.words)
    scene = scene_of((Track(0, (Segment(7.4, 11.0),), words), voice), 14.0)
    assert raised(scene, "D04")


def test_a_delay_of_the_line_is_taken_from_the_overlap() -> None:
    slow: list[Said] = []
    for number in range(6):
        at = 14.0 + 8 * number
        slow += [
            ("A", at, at + 2.0, "Et vous avez combien de sites ?"),
            ("P", at + 3.6, at + 6.0, "Trois sites dans le nord de la France."),
        ]
    said: tuple[Said, ...] = (SPEAKS, ("A", 8.2, 11.0, CUTS), STOPS)
    assert raised(make_scene(*said), "D04")
    assert raised(make_scene(*said, *slow), "D04") == []


def test_one_channel_tells_nothing() -> None:
    assert raised(make_scene(SPEAKS, ("A", 7.4, 11.0, CUTS), STOPS, separate=False), "D04") == []
