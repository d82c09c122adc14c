"""D11: interest that nobody picks up."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext
from callcoach.analysis.tuning import Tuning
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

ON = "Très bien. Et sinon, vous êtes combien sur le site aujourd'hui ?"


def _call(
    said: str,
    reply: str = ON,
    *more: Said,
    context: CallContext | None = None,
    language: str = "fr",
) -> object:
    turns = (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, on recrute."),
        ("P", 5.5, 10.0, said),
        ("A", 10.4, 17.0, reply),
        ("P", 18.2, 19.0, "Douze."),
        *more,
    )
    return raised(make_scene(*turns, context=context, language=language), "D11")


def test_a_question_that_is_passed_over_is_raised() -> None:
    (found,) = _call("Mettons que je vous dise oui, ça se passe comment ?")  # type: ignore[misc]
    assert found.severity == 2
    assert (measured(found).value, measured(found).bound) == (0.0, 0.05)


def test_the_second_one_is_graver() -> None:
    more: tuple[Said, ...] = (
        ("A", 19.5, 21.0, "D'accord, je note cela."),
        ("P", 21.5, 24.0, "Et ça coûte combien, en gros ?"),
        ("A", 24.5, 30.0, ON),
    )
    found = _call("Mettons que je vous dise oui, ça se passe comment ?", ON, *more)
    assert [candidate.severity for candidate in found] == [2, 3]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("C'est combien, parce que ça doit être cher ?", ON),
        (
            "Ça se passe comment ?",
            "Ça se passe en trois étapes, je vous propose jeudi neuf heures, c'est possible pour vous ?",
        ),
    ],
    ids=["price as an objection", "answered with a next step"],
)
def test_other_replies_are_not_raised(said: str, reply: str) -> None:
    assert _call(said, reply) == []


PITCH = "Alors justement, chez nous ça se passe en trois étapes et " * 4 + "voilà."


@pytest.mark.parametrize(
    ("said", "reply", "severity"),
    [
        ("Vous les faites aussi en papier recyclé, parce que", ON, 2),
        ("Et vous avez des références ?", "Oui oui. Et vous êtes combien ?", 2),
        ("Ça coûte combien ?", "C'est très simple à installer, vous verrez.", 2),
        ("Pourquoi pas, je suis libre jeudi, ça se passe comment ?", ON, 3),
    ],
    ids=["a lost question mark", "references", "another class answered", "a date ignored"],
)
def test_each_class_of_question_wants_its_own_answer(said: str, reply: str, severity: int) -> None:
    (found,) = _call(said, reply)  # type: ignore[misc]
    assert found.severity == severity


def test_a_pitch_that_goes_on_without_a_step_is_a_miss() -> None:
    turns = (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, on recrute."),
        ("P", 5.5, 8.0, "Ça se passe comment ?"),
        ("A", 8.4, 30.0, PITCH),
        ("P", 30.5, 32.0, "D'accord."),
    )
    (found,) = raised(make_scene(*turns), "D11")
    assert (measured(found).value, measured(found).bound) == (pytest.approx(21.6), 20.0)
    step: Said = ("A", 32.5, 35.0, "Je vous propose jeudi dix heures.")
    assert raised(make_scene(*turns, step), "D11") == []


def test_a_campaign_may_leave_the_price_to_the_appointment() -> None:
    untold = CallContext(tuning=Tuning(bounds={"missed_buying_signal.price_count": 0.0}))
    assert _call("Ça coûte combien ?")
    assert _call("Ça coûte combien ?", context=untold) == []
    assert _call("Vous avez des références ?", context=untold)


def test_the_campaigns_own_answer_is_no_miss() -> None:
    reply = "Très bien. Nous ne donnons pas de prix par téléphone, vous êtes combien ?"
    assert _call("Ça coûte combien ?", reply)
    approved = CallContext(approved=("nous ne donnons pas de prix par téléphone",))
    assert _call("Ça coûte combien ?", reply, context=approved) == []


def test_it_reads_english() -> None:
    assert _call(
        "How much does it cost?",
        "Great. And anyway, how many people are you on the site?",
        language="en",
    )
