"""D17: claims that cannot be held."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

BIG = "Avec nous, c'est zéro coupure, et vous n'aurez plus jamais un souci."


def _call(
    text: str,
    *,
    first: Said = OPENING,
    context: CallContext | None = None,
    language: str = "fr",
    probability: float = 0.95,
) -> object:
    scene = make_scene(
        first,
        ("A", 2.5, 8.0, text),
        ("P", 9.6, 11.0, "Ah."),
        context=context,
        language=language,
        probability=probability,
    )
    return raised(scene, "D17")


def test_absolutes_are_raised() -> None:
    (found,) = _call(BIG)  # type: ignore[misc]
    assert found.severity == 2
    assert measured(found).value is not None
    assert measured(found).value >= 2
    assert measured(found).bound == 1.0


def test_a_forbidden_phrase_is_certain_even_when_recognised_badly() -> None:
    context = CallContext(forbidden=("économies garanties",))
    (found,) = _call("Ce sont des économie garantie pour vous.", context=context)  # type: ignore[misc]
    assert (found.severity, found.variant) == (3, "forbidden")


@pytest.mark.parametrize(
    "text",
    [
        "Le résultat n'est pas garanti pour tous les sites.",
        "Vous économisez jusqu'à dix, le meilleur des cas.",
        "Nous passons deux fois dans l'année sur vos sites.",
    ],
    ids=["denied", "conditional", "plain"],
)
def test_other_claims_are_not_raised(text: str) -> None:
    assert _call(text) == []


def test_approved_wording_and_the_prospects_words_are_not_raised() -> None:
    text = "Le suivi est garanti dix ans pour la toiture."
    assert _call(text)
    assert _call(text, context=CallContext(approved=("garanti dix ans",))) == []
    assert _call(text, first=("P", 0.5, 2.0, "C'est garanti, ça, chez vous ?")) == []


def test_a_figure_that_nobody_approved_is_raised_if_it_was_surely_said() -> None:
    approved = CallContext(approved=("12 % d'économies en moyenne",))
    assert _call("Vous ferez 30 % d'économies sur vos factures.", context=approved)
    assert _call("Vous ferez 12 % d'économies sur vos factures.", context=approved) == []
    assert (
        _call("Vous ferez 30 % d'économies sur vos factures.", context=approved, probability=0.5)
        == []
    )
    assert _call("Vous ferez 30 % d'économies sur vos factures.") == []


def test_it_reads_english() -> None:
    assert _call("With us it is guaranteed, you will never have a failure.", language="en")
    assert _call("It depends, we can't guarantee that for every roof.", language="en") == []
