"""D13: apologies for calling, and words that make the call small."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

SORRY = "Je suis désolé de vous déranger, vous avez sûrement mieux à faire."


def _call(
    text: str,
    answer: str = "Bon.",
    first: Said = OPENING,
    language: str = "fr",
    context: CallContext | None = None,
) -> object:
    turns = (first, ("A", 2.5, 8.0, text), ("P", 9.2, 11.0, answer))
    return raised(make_scene(*turns, language=language, context=context), "D13")


@pytest.mark.parametrize(("answer", "severity"), [("Je vous écoute.", 2), ("Non merci.", 3)])
def test_an_apology_in_the_opening_is_raised(answer: str, severity: int) -> None:
    (found,) = _call(SORRY, answer)  # type: ignore[misc]
    assert found.severity == severity
    assert (measured(found).value, measured(found).bound) == (2.0, 1.0)
    assert found.variant == ""


@pytest.mark.parametrize(
    ("text", "variant", "least"),
    [
        ("C'est juste pour une petite question, très rapidement.", "small", 2.0),
        ("Malheureusement c'est une contrainte, et vous êtes obligé de répondre.", "black", 1.0),
        ("Malheureusement la visite dure une heure sur place.", "black", 1.0),
        ("Normalement on devrait pouvoir, si jamais vous voulez bien.", "doubtful", 1.0),
    ],
)
def test_weakening_words_are_weaker_than_an_apology(text: str, variant: str, least: float) -> None:
    (found,) = _call(text)  # type: ignore[misc]
    (sorry,) = _call(SORRY)  # type: ignore[misc]
    assert found.variant == variant
    assert found.strength < sorry.strength - 0.2
    assert measured(found).bound == least


@pytest.mark.parametrize(
    "text",
    [
        "C'est pour une petite chose.",
        "Pas de problème, il n'y a pas de problème.",
        "Vous me disiez que c'est une contrainte, malheureusement.",
    ],
    ids=["a single word", "no problem", "quoting"],
)
def test_harmless_words_are_not_raised(text: str) -> None:
    assert _call(text) == []


def test_the_prospects_own_words_are_not_raised() -> None:
    first: Said = ("P", 0.5, 2.0, "Malheureusement c'est une contrainte pour nous.")
    assert _call("Malheureusement c'est une contrainte, en effet.", first=first) == []


def test_politeness_to_somebody_who_is_busy_is_not_raised() -> None:
    assert _call(SORRY, first=("P", 0.5, 2.0, "Vous me dérangez, je suis au volant.")) == []


def test_approved_wording_is_not_raised() -> None:
    assert _call(SORRY, context=CallContext(approved=(SORRY,))) == []


def test_it_reads_english() -> None:
    assert _call("I'm sorry to bother you, I know you're busy.", language="en")
    assert _call("There's no problem, no problem at all.", language="en") == []
