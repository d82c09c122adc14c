"""D07: no room left for the answer."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Segment, Track
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised, scene_of, voiced


def test_a_filled_thinking_pause_is_raised() -> None:
    said = (
        ("P", 1.0, 6.0, "Trente-neuf euros. Attendez, je compte. Trente personnes, deux par jour…"),
        ("A", 6.4, 12.0, "Après, si c'est trop, il y a la formule à trente-trois."),
        ("P", 12.5, 14.0, "J'ai perdu mon calcul."),
    )
    (found,) = raised(make_scene(*said), "D07", "filled")
    assert found.severity == 2
    assert measured(found).value == 0.4
    assert measured(found).bound == 1.5


def test_inviting_to_take_the_time_weighs_less() -> None:
    thinking: Said = ("P", 1.0, 6.0, "Attendez, je compte, trente personnes…")
    plain = make_scene(thinking, ("A", 6.4, 12.0, "Il y a aussi la formule à trente-trois euros."))
    kind = make_scene(
        thinking, ("A", 6.4, 12.0, "Prenez votre temps, je vous écoute, rien ne presse.")
    )
    assert raised(plain, "D07")[0].strength > raised(kind, "D07")[0].strength + 0.2


def _pause(first: str, second: str, pause: float) -> list[Track]:
    tracks = make_scene(OPENING, ("A", 2.5, 5.0, first)).conversation
    one = tuple(w for u in tracks.units if u.channel == 0 for w in u.words)
    later = make_scene(OPENING, ("A", 5.0 + pause, 8.0 + pause, second)).conversation
    two = tuple(w for u in later.units if u.channel == 0 for w in u.words)
    voice = (Segment(2.5, 5.0), Segment(5.0 + pause, 8.0 + pause))
    return [Track(0, voice, one + two), voiced(1, 0.5, 2.0, 4)]


def test_going_on_after_ones_own_question_is_raised() -> None:
    tracks = _pause(
        "Vous avez combien de bâtiments ?",
        "Parce que nous travaillons avec des sociétés voisines.",
        1.0,
    )
    (found,) = raised(scene_of(tracks, 12.0), "D07", "smothered")
    assert found.severity == 1
    assert measured(found).value == 1.0
    assert measured(found).bound == 1.5


@pytest.mark.parametrize(
    ("first", "second", "pause"),
    [
        ("Vous avez combien de bâtiments ?", "Parce que nous travaillons avec des sociétés.", 2.0),
        (
            "Nous avons six formules, d'accord ?",
            "Parce que nous travaillons avec des sociétés.",
            1.0,
        ),
        ("Allô, vous m'entendez bien ?", "Parce que nous travaillons avec des sociétés.", 1.0),
        ("Vous avez combien de bâtiments ?", "Combien de bâtiments, dites-moi ?", 1.0),
    ],
    ids=["room left", "tag", "bad line", "repeated"],
)
def test_harmless_pauses_are_not_raised(first: str, second: str, pause: float) -> None:
    assert raised(scene_of(_pause(first, second, pause), 12.0), "D07") == []


@pytest.mark.parametrize(
    ("asked", "count", "severity"),
    [
        ("Vous avez combien de bâtiments ? Et quel prestataire entretient la toiture ?", 2, 1),
        ("Combien de bâtiments ? Quel prestataire ? Et comment se passe la toiture ?", 3, 2),
    ],
)
def test_stacked_questions_are_raised(asked: str, count: int, severity: int) -> None:
    said = (
        OPENING,
        ("A", 2.5, 5.0, "Je vous appelle pour la toiture."),
        ("P", 5.5, 6.5, "Ah oui."),
        ("A", 7.0, 13.0, asked),
    )
    (found,) = raised(make_scene(*said), "D07", "stacked")
    assert (found.severity, measured(found).value, measured(found).bound) == (severity, count, 2.0)


def test_the_check_of_who_is_speaking_is_no_second_question() -> None:
    asked = "C'est bien monsieur Ferrand ? Vous avez combien de bâtiments ?"
    assert raised(make_scene(OPENING, ("A", 2.5, 7.0, asked)), "D07") == []


def test_a_supplied_answer_is_raised_but_two_slots_are_a_proposal() -> None:
    def scene(asked: str, answer: str, language: str = "fr") -> list[object]:
        said = (
            OPENING,
            ("A", 2.5, 6.5, asked),
            ("P", 7.0, 7.9, answer),
            ("A", 8.5, 10.0, "Entendu."),
        )
        return list(raised(make_scene(*said, language=language), "D07", "supplied"))

    assert scene("C'est plutôt le prix, ou la qualité ?", "La qualité.")
    assert scene("Is it rather the price, or the quality?", "Quality.", "en")
    assert scene("Vous préférez plutôt mardi, ou jeudi ?", "Jeudi.") == []
    assert scene("Et vous choisissez selon quoi ?", "La qualité.") == []
