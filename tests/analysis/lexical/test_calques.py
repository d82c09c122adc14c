"""D15: office language."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext, Cause
from callcoach.analysis.tuning import Tuning
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

OFFICE = "On se fait un call, je reviens vers vous avec un feedback sur le process."


def _call(
    text: str,
    answer: str = "Ah.",
    first: Said = OPENING,
    language: str = "fr",
    context: CallContext | None = None,
) -> object:
    turns = (first, ("A", 2.5, 8.0, text), ("P", 8.6, 10.0, answer))
    return raised(make_scene(*turns, language=language, context=context), "D15")


@pytest.mark.parametrize(("answer", "severity"), [("Ah.", 1), ("C'est-à-dire ?", 2)])
def test_crowded_office_words_are_raised(answer: str, severity: int) -> None:
    (found,) = _call(OFFICE, answer)  # type: ignore[misc]
    assert found.severity == severity
    assert found.cause is Cause.BOOKISH
    assert measured(found).value is not None
    assert measured(found).value >= 3
    assert measured(found).bound == 2.0


def test_one_word_is_raised_only_when_the_prospect_asks_what_it_means() -> None:
    text = "Nous avons une roadmap pour les sites de votre taille."
    assert _call(text) == []
    assert _call(text, "Ça veut dire quoi ?")


def test_words_spread_over_a_minute_add_up() -> None:
    said = (
        OPENING,
        ("A", 2.5, 6.0, "Nous avons une roadmap pour vos sites."),
        ("P", 6.5, 7.5, "Trois sites, dans le nord."),
        ("A", 8.0, 12.0, "Et un workshop avec toutes vos équipes."),
        ("P", 12.5, 13.8, "Oui, toutes nos équipes."),
        ("A", 14.0, 18.0, "Et une deadline pour chaque site."),
        ("P", 18.5, 19.5, "Bon."),
    )
    (found,) = raised(make_scene(*said), "D15")
    assert (measured(found).value, measured(found).bound) == (3.0, 3.0)


def test_the_prospects_and_the_campaigns_words_are_left_out() -> None:
    assert (
        _call(
            OFFICE,
            first=("P", 0.5, 2.0, "Un call, le process, je reviens vers vous avec un feedback."),
        )
        == []
    )
    own = CallContext(
        vocabulary=(
            "un call",
            "feedback",
            "un feedback",
            "process",
            "le process",
            "je reviens vers vous",
        )
    )
    assert _call(OFFICE, context=own) == []


def test_a_trades_words_are_taken_out_by_the_campaign() -> None:
    text = "On fait un workshop sur la roadmap."
    assert _call(text)
    tuned = CallContext(tuning=Tuning(removed={"calque": ("un workshop", "roadmap", "la roadmap")}))
    assert _call(text, context=tuned) == []


def test_it_reads_english() -> None:
    assert _call("Let's touch base and do a deep dive, I'll circle back to you.", language="en")
