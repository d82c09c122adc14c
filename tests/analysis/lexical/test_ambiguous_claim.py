"""N1: words that mislead."""

from __future__ import annotations

from callcoach.analysis.model import CallContext
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

CHECK = "Je vous appelle dans le cadre du contrôle de conformité des établissements."


def _call(
    text: str, *, first: Said = OPENING, context: CallContext | None = None, language: str = "fr"
) -> object:
    scene = make_scene(
        first,
        ("A", 2.5, 8.0, text),
        ("P", 9.2, 11.0, "Un contrôle ?"),
        context=context,
        language=language,
    )
    return raised(scene, "N1")


def test_a_misleading_phrase_is_raised() -> None:
    (found,) = _call(CHECK)  # type: ignore[misc]
    assert (found.severity, measured(found).bound) == (2, 1.0)


def test_a_phrase_listed_by_the_campaign_is_raised_anywhere() -> None:
    (found,) = _call(
        "On vous fait un diagnostic offert.", context=CallContext(ambiguous=("diagnostic offert",))
    )  # type: ignore[misc]
    assert (found.variant, found.severity) == ("listed", 3)


def test_denied_quoted_and_approved_words_are_not_raised() -> None:
    assert _call("Rassurez-vous, il n'y a pas de contrôle de conformité du tout.") == []
    assert (
        _call(CHECK, first=("P", 0.5, 3.0, "C'est dans le cadre du contrôle de conformité ?")) == []
    )
    assert _call(CHECK, context=CallContext(approved=(CHECK,))) == []


def test_it_reads_english() -> None:
    assert _call("I am calling on behalf of the government.", language="en")
