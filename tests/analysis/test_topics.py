"""What objections and buying questions are about, and what answers them."""

from __future__ import annotations

import pytest

from callcoach.analysis.lexicon import LANGUAGES, LISTS, load_lexicon
from callcoach.analysis.scene import Scene
from callcoach.analysis.topics import OBJECTIONS, QUESTIONS, answers, topics
from tests.analysis.detecting import OPENING, make_scene


def _scene(asked: str, reply: str, language: str = "fr") -> Scene:
    return make_scene(
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, on recrute."),
        ("P", 5.5, 9.0, asked),
        ("A", 9.4, 14.0, reply),
        language=language,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_has_words_in_each_language_and_none_is_for_a_campaign_to_edit(
    language: str,
) -> None:
    lists = load_lexicon(language)
    for name in (*OBJECTIONS, *QUESTIONS, "tell_price", "tell_delay", "tell_references"):
        assert len(lists[f"topic_{name}"].exact) >= 7
        assert f"topic_{name}" not in LISTS


def test_a_turn_may_belong_to_several_classes() -> None:
    scene = _scene("C'est trop cher, et ce n'est pas moi qui décide.", "D'accord.")
    assert topics(scene, scene.moments[1].last, OBJECTIONS) == {"price", "decider"}
    assert topics(scene, None, OBJECTIONS) == frozenset()


@pytest.mark.parametrize(
    ("asked", "reply", "answered"),
    [
        ("Ça coûte combien ?", "Comptez douze euros par mois.", True),
        ("Ça coûte combien ?", "C'est très simple à installer, vous verrez bien.", False),
        ("En combien de temps ?", "Deux semaines après la visite.", True),
        ("En combien de temps ?", "C'est très souple, ça s'adapte à vous.", False),
        ("Vous avez des références ?", "On travaille avec une clinique à Lille.", True),
        ("Vous avez des références ?", "Oui oui, bien sûr.", False),
        ("Ça se passe comment ?", "On vient sur place, on regarde tout et on chiffre.", True),
        ("Ça se passe comment ?", "Très bien. Et vous êtes combien sur le site ?", False),
        ("Et si on faisait un essai ?", "Je vous propose jeudi à dix heures.", True),
        ("Et si on faisait un essai ?", "Notre maison existe depuis vingt ans à Lyon.", False),
        ("Vous pouvez passer ?", "Oui, jeudi à dix heures.", True),
    ],
)
def test_each_class_of_question_has_its_own_answer(asked: str, reply: str, answered: bool) -> None:
    scene = _scene(asked, reply)
    moment = scene.moments[1]
    assert moment.last is not None
    assert answers(scene, moment.last, moment.turn) is answered
