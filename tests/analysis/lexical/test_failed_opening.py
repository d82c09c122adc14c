"""D19: the prospect has to ask who is calling."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised


def _call(
    text: str, answer: str, *more: Said, context: CallContext | None = None, language: str = "fr"
) -> object:
    turns = (OPENING, ("A", 2.5, 7.0, text), ("P", 7.5, 9.5, answer), *more)
    return raised(make_scene(*turns, context=context, language=language), "D19")


LONG: Said = ("A", 10.0, 45.0, "Alors voilà. " * 20)
VAGUE = "Bonjour, j'ai une information importante à vous donner aujourd'hui."


@pytest.mark.parametrize(("more", "severity"), [((LONG,), 2), ((), 3)])
def test_having_to_ask_is_raised(more: tuple[Said, ...], severity: int) -> None:
    (found,) = _call(VAGUE, "C'est à quel sujet, vous êtes qui ?", *more)  # type: ignore[misc]
    assert found.severity == severity
    assert (measured(found).value, measured(found).bound) == (7.0, 30.0)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "Bonjour, je suis Karim, de la société Batisène, je vous appelle pour la toiture.",
            "C'est à quel sujet ?",
        ),
        (VAGUE, "C'est de la part de qui, à quel sujet ?"),
        (VAGUE, "Vous êtes qui ? Vous faites erreur, c'est une erreur."),
        (VAGUE, "Vous êtes qui ? Je vous entends mal."),
        (VAGUE, "Non merci, pas intéressé."),
    ],
    ids=["said it all", "switchboard", "wrong number", "bad line", "not interested"],
)
def test_other_openings_are_not_raised(text: str, answer: str) -> None:
    assert _call(text, answer, LONG) == []


def test_naming_the_campaign_says_who_calls() -> None:
    text = "Bonjour, Batisène à l'appareil, c'est pour la toiture."
    assert _call(text, "C'est à quel sujet ?", LONG, context=CallContext(campaign="Batisène")) == []


def test_it_reads_english() -> None:
    assert _call(
        "Hello, I have important information today.",
        "Who are you, what's this about?",
        LONG,
        language="en",
    )
