"""D14: too familiar, or too technical."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext, Cause
from callcoach.analysis.tuning import Tuning
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised


def _call(
    text: str,
    first: Said = OPENING,
    language: str = "fr",
    context: CallContext | None = None,
    probability: float = 0.95,
) -> object:
    turns = (first, ("A", 2.5, 8.0, text), ("P", 9.6, 11.0, "Ah."))
    scene = make_scene(*turns, language=language, context=context, probability=probability)
    return [found for found in raised(scene, "D14") if found.cause is Cause.WRONG_REGISTER]


def test_the_second_person_singular_is_grave() -> None:
    (found,) = _call("Super, alors écoute, tu vas gagner du temps avec nous.")  # type: ignore[misc]
    assert (found.severity, found.variant) == (3, "familiar")


def test_slang_twice_is_clear() -> None:
    (found,) = _call("Franchement c'est la galère, nous on est hyper rapides.")  # type: ignore[misc]
    assert found.severity == 2
    assert (measured(found).value, measured(found).bound) == (2.0, 2.0)


def test_technical_words_are_counted() -> None:
    (found,) = _call("On a un middleware en microservices avec un workflow.")  # type: ignore[misc]
    assert found.variant == "technical"
    assert (measured(found).value, measured(found).bound) == (3.0, 2.0)


@pytest.mark.parametrize(
    "text",
    [
        "Nous intervenons partout, tu vois, sur les toitures.",
        "Il m'a dit tu vas gagner du temps.",
        "Je vous écoute à propos du plafond.",
        "C'est hyper simple à installer chez vous.",
    ],
    ids=["a tag", "reported", "listening", "one slang word"],
)
def test_harmless_words_are_not_raised(text: str) -> None:
    assert _call(text) == []


def test_words_that_were_not_surely_said_are_not_raised() -> None:
    text = "Alors écoute, tu vas gagner du temps avec nous."
    assert _call(text, probability=0.5) == []


def test_who_says_tu_may_hear_tu() -> None:
    assert (
        _call("Alors tu vas gagner du temps.", first=("P", 0.5, 2.0, "Salut, tu vas bien ?")) == []
    )


def test_the_prospects_and_the_campaigns_terms_are_known() -> None:
    text = "On a un middleware avec un workflow."
    assert _call(text)
    assert _call(text, first=("P", 0.5, 2.0, "Notre middleware a un workflow.")) == []
    assert _call(text, context=CallContext(vocabulary=("middleware", "workflow"))) == []


def test_a_campaign_takes_a_term_out_and_puts_one_in() -> None:
    removed = Tuning(removed={"jargon": ("middleware", "workflow")})
    assert _call("On a un middleware avec un workflow.", context=CallContext(tuning=removed)) == []
    added = Tuning(added={"jargon": ("osmolarité", "perméat")})
    assert _call("On mesure l'osmolarité du perméat.", context=CallContext(tuning=added))
    assert _call("On mesure l'osmolarité du perméat.") == []


def test_it_reads_english() -> None:
    assert _call("No worries mate, it's awesome.", language="en")
