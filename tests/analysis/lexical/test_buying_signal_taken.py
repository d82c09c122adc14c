"""D12: interest answered with a next step."""

from __future__ import annotations

import pytest

from tests.analysis.detecting import OPENING, make_scene, measured, raised

ANSWER = "Oui, avant. Je vous propose un quart d'heure pour les regarder ensemble, vendredi ?"


def _call(
    answer: str = ANSWER,
    reply: str = "Vendredi, ça m'arrange.",
    end: float = 16.0,
    language: str = "fr",
    said: str = "Et ça se regarde, les profils, avant de signer ?",
) -> object:
    turns = (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, on recrute."),
        ("P", 5.5, 9.0, said),
        ("A", 9.4, end, answer),
        ("P", end + 0.4, end + 3.0, reply),
    )
    return raised(make_scene(*turns, language=language), "D12")


def test_a_short_answer_with_a_proposal_is_raised() -> None:
    (found,) = _call()  # type: ignore[misc]
    assert found.severity == 2
    assert (measured(found).value, measured(found).bound) == (pytest.approx(6.6), 15.0)


def test_a_long_answer_weighs_less() -> None:
    (short,) = _call()  # type: ignore[misc]
    (long,) = _call(end=28.0)  # type: ignore[misc]
    assert long.strength < short.strength


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
