"""D14: written language."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import Cause
from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

LETTER = "Je prends attache avec vous afin de vous faire part d'une prestation ayant trait à l'habillement."


def _call(text: str, first: Said = OPENING, language: str = "fr") -> object:
    scene = make_scene(first, ("A", 2.5, 9.0, text), ("P", 10.2, 12.0, "Ah."), language=language)
    return [found for found in raised(scene, "D14") if found.cause is Cause.BOOKISH]


def test_written_phrases_are_raised_with_their_density() -> None:
    (found,) = _call(LETTER)  # type: ignore[misc]
    assert found.severity == 1
    assert measured(found).bound == 3.0
    assert measured(found).value == pytest.approx(100 * 3 / 18, abs=1.0)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Nous habillons les équipes de plusieurs maisons de la région.", OPENING),
        (
            "Conformément à la loi, je me permets de vous préciser que cet appel est enregistré.",
            OPENING,
        ),
        (
            LETTER,
            (
                "P",
                0.5,
                2.0,
                "Je prends attache afin de vous faire part d'un besoin ayant trait au linge.",
            ),
        ),
    ],
    ids=["spoken", "legal wording", "the prospect's own words"],
)
def test_other_turns_are_not_raised(text: str, first: Said) -> None:
    assert _call(text, first) == []


def test_a_prospect_who_speaks_so_too_is_answered_in_kind() -> None:
    first: Said = ("P", 0.5, 2.0, "Néanmoins, veuillez optimiser.")
    assert _call("Je me permets de vous parler du linge de votre maison ici.", first) == []


def test_it_reads_english() -> None:
    assert _call("I am contacting you regarding our services, pursuant to the law.", language="en")
