"""D18: one closed question after another."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext, Cause, ScriptLine
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

QUESTIONS = (
    "Vous avez des sites ?",
    "Vous avez un prestataire ?",
    "Vous avez un contrat ?",
    "Vous avez un budget ?",
    "Vous avez une équipe ?",
    "Vous avez un responsable ?",
)


def _call(
    count: int,
    answer: str = "Oui, un seul.",
    context: CallContext | None = None,
    questions: tuple[str, ...] = QUESTIONS,
    language: str = "fr",
) -> object:
    turns: list[Said] = [
        OPENING,
        ("A", 2.5, 4.5, "Bonjour, nous entretenons les toitures."),
        ("P", 5.0, 6.5, "Ah bon, très bien alors."),
    ]
    for number in range(count):
        at = 7.0 + 4 * number
        turns += [("A", at, at + 1.6, questions[number]), ("P", at + 2.0, at + 3.4, answer)]
    return raised(make_scene(*turns, context=context, language=language), "D18")


@pytest.mark.parametrize(("count", "severities"), [(3, []), (4, [1]), (5, [1]), (6, [1, 2])])
def test_a_row_of_closed_questions_is_raised(count: int, severities: list[int]) -> None:
    found = _call(count)
    assert [candidate.severity for candidate in found] == severities  # type: ignore[attr-defined]
    for candidate, length in zip(found, (4.0, 6.0), strict=False):  # type: ignore[call-overload]
        assert (measured(candidate).value, measured(candidate).bound) == (length, 4.0)
        assert candidate.cause is Cause.RECITED_SCRIPT


def test_answers_that_say_something_make_no_interrogation() -> None:
    assert _call(5, "Oui, trois, dans le nord, avec un atelier.") == []


def test_taking_up_an_answer_breaks_the_row() -> None:
    mixed = (*QUESTIONS[:2], "Si je comprends bien, un seul ?", *QUESTIONS[2:5])
    assert _call(5, questions=mixed) == []


def test_an_open_question_breaks_the_row() -> None:
    assert _call(5, questions=(*QUESTIONS[:2], "Comment ça se passe ?", *QUESTIONS[2:5])) == []


def test_the_scripts_own_form_is_legitimate() -> None:
    form = CallContext(script_lines=tuple(ScriptLine(text, "qualification") for text in QUESTIONS))
    assert _call(6, context=form) == []


def test_it_reads_english() -> None:
    asked = ("Do you own sites?", "Do you own trucks?", "Do you own tools?", "Do you own stock?")
    assert _call(4, "Yes, one only.", questions=asked, language="en")
