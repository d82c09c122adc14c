"""D16: the sheet instead of the prospect."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext, ScriptLine
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

TOLD: Said = (
    "P",
    6.5,
    15.0,
    "Si vous saviez, j'ai un dégât des eaux au deuxième depuis lundi, six chambres fermées, je reloge mes clients.",
)
ON = "Très bien. Disposez-vous actuellement d'un contrat d'entretien annuel ?"
SCRIPT = (
    "Notre maison entretient les toitures et les façades des entreprises de la région depuis vingt "
    "ans avec des équipes formées chaque année et nous proposons une visite annuelle complète avec "
    "un rapport détaillé remis sous quinzaine et un interlocuteur unique pour toute la durée"
)


def _call(
    reply: str, context: CallContext | None = None, language: str = "fr", told: Said = TOLD
) -> object:
    turns = (
        OPENING,
        ("A", 2.5, 6.0, "Bonjour, c'est pour le froid."),
        told,
        ("A", 15.4, 24.0, reply),
        ("P", 25.0, 26.0, "Ah."),
    )
    return raised(make_scene(*turns, context=context, language=language), "D16")


def test_taking_up_nothing_of_what_was_told_is_raised() -> None:
    (found,) = _call(ON)  # type: ignore[misc]
    assert found.severity == 2
    assert (measured(found).value, measured(found).bound) == (0.0, 0.05)


def test_a_long_verbatim_stretch_is_raised() -> None:
    context = CallContext(script_lines=(ScriptLine(SCRIPT),))
    short: Said = ("P", 6.5, 8.0, "Dites-moi.")
    (found,) = _call(SCRIPT, context, told=short)  # type: ignore[misc]
    assert found.variant == "read"
    assert measured(found).bound == 40.0
    assert measured(found).value is not None
    assert measured(found).value >= 40
    free = SCRIPT.replace(" et nous", ", euh, voilà, bon, et nous").replace(" avec", ", enfin avec")
    assert _call(free, context, told=short) == []


def test_who_never_hesitates_anywhere_does_not_read_because_of_that() -> None:
    context = CallContext(script_lines=(ScriptLine(SCRIPT),))
    plain = "Bonjour madame, nous entretenons les toitures des entreprises de la région. " * 5
    for before, found in ((plain, 0), (plain.replace("nous", "euh nous"), 1)):
        turns = (
            OPENING,
            ("A", 2.5, 26.0, before),
            ("P", 26.5, 28.0, "Dites-moi."),
            ("A", 28.4, 42.0, SCRIPT),
            ("P", 43.0, 44.0, "Ah."),
        )
        assert len(raised(make_scene(*turns, context=context), "D16", "read")) == found


@pytest.mark.parametrize(
    "reply",
    [
        "Six chambres fermées, un dégât des eaux : je note, on s'en occupe.",
        "Je comprends, c'est normal de vouloir que cela avance.",
        "Je dois vous préciser que cet appel peut être enregistré pour la qualité.",
    ],
    ids=["taken up", "received", "legal wording"],
)
def test_other_replies_are_not_raised(reply: str) -> None:
    assert _call(reply) == []


def test_an_approved_text_may_be_read() -> None:
    context = CallContext(script_lines=(ScriptLine(SCRIPT),), approved=(SCRIPT,))
    assert _call(SCRIPT, context, told=("P", 6.5, 8.0, "Dites-moi.")) == []


def test_it_reads_english() -> None:
    told: Said = (
        "P",
        6.5,
        15.0,
        "We have had water damage since Monday, six bedrooms closed, guests moved elsewhere.",
    )
    assert _call(
        "Great. Do you currently hold an annual maintenance contract?", language="en", told=told
    )
