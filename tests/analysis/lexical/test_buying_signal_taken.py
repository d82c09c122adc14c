"""D12: interest answered with a next step."""

from __future__ import annotations

import pytest

from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

ANSWER = "Oui, avant. Je vous propose un quart d'heure pour les regarder ensemble, vendredi ?"


def _call(
    answer: str = ANSWER,
    reply: str = "Vendredi, ça m'arrange.",
    end: float = 16.0,
    language: str = "fr",
    said: str = "Et ça se regarde, les profils, avant de signer ?",
    more: tuple[Said, ...] = (),
) -> object:
    turns = (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, on recrute."),
        ("P", 5.5, 9.0, said),
        ("A", 9.4, end, answer),
        ("P", end + 0.4, end + 2.0, reply),
        *more,
    )
    return raised(make_scene(*turns, language=language), "D12")


def test_a_short_answer_with_a_proposal_is_raised() -> None:
    (found,) = _call()  # type: ignore[misc]
    assert found.severity == 2
    assert (measured(found).value, measured(found).bound) == (pytest.approx(6.6), 15.0)


def test_a_long_answer_is_none_and_a_step_may_come_in_the_next_turn() -> None:
    assert _call(end=28.0) == []
    step: Said = ("A", 14.5, 18.0, "Je vous propose jeudi à dix heures ?")
    late: Said = ("A", 45.0, 48.0, step[3])
    told = "Oui, on les regarde ensemble avant, et rien ne vous engage."
    for more, found in ((step, 1), (late, 0)):
        assert len(_call(told, "D'accord, je vois.", 12.0, more=(more,))) == found  # type: ignore[arg-type]


def test_a_next_turn_that_turns_away_takes_it_back() -> None:
    assert _call(reply="Bon, j'ai pas le temps, envoyez-moi un mail.") == []


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        (ANSWER, "Non merci, pas intéressé."),
        ("Ah.", "Vendredi."),
        ("Très bien. Alors notre société existe depuis vingt ans.", "Ah."),
    ],
    ids=["refused", "no answer", "passes on"],
)
def test_other_answers_are_not_raised(answer: str, reply: str) -> None:
    assert _call(answer, reply) == []


def test_it_reads_english() -> None:
    assert _call(
        "Yes, before. I suggest a quarter of an hour on Friday, would that suit you?",
        "Friday works for me.",
        language="en",
        said="And could we try it before signing?",
    )
