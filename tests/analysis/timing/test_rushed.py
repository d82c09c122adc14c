"""D03: faster than one's own pace."""

from __future__ import annotations

import pytest

from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

FAST = (
    "alors on intervient sur la couverture les façades les quais les portes les rideaux le "
    "désenfumage et on garantit la visite annuelle le rapport complet la maintenance préventive"
)


def _call(
    text: str, *, answer: str = "Trois bâtiments à Lille.", end: float = 21.4
) -> tuple[Said, ...]:
    return (
        OPENING,
        ("A", 2.5, 6.5, "Bonjour madame, ici Karim de Batisène."),
        ("P", 7.0, 8.5, "Bonjour monsieur, dites-moi."),
        ("A", 9.0, 13.0, "Vous avez combien de bâtiments chez vous ?"),
        ("P", 13.5, 15.0, answer),
        ("A", 15.4, end, text),
        ("P", 22.5, 24.0, "Oh là, pas si vite."),
    )


def test_a_turn_clearly_faster_than_the_others_is_raised() -> None:
    (found,) = raised(make_scene(*_call(FAST)), "D03")
    assert found.severity == 2
    value, bound = measured(found).value, measured(found).bound
    assert value is not None
    assert bound is not None
    assert value > 1.2 * bound


def test_after_an_objection_it_is_graver() -> None:
    (found,) = raised(make_scene(*_call(FAST, answer="On a déjà un prestataire.")), "D03")
    assert found.severity == 3


def test_a_naturally_fast_speaker_has_his_own_baseline() -> None:
    said = (
        OPENING,
        ("A", 2.5, 8.0, FAST),
        ("P", 8.5, 9.5, "D'accord, dites-moi."),
        ("A", 10.0, 15.5, FAST),
        ("P", 16.0, 17.0, "Bon, et alors ?"),
        ("A", 17.5, 23.0, FAST),
    )
    assert raised(make_scene(*said), "D03") == []


@pytest.mark.parametrize(
    "text",
    [
        (
            "zéro six douze trente quatre cinquante six soixante dix huit quarante deux cent trois mille "
            "deux cent vingt sept quarante cinq trente trois quinze seize dix sept cent mille"
        ),
        (
            "cet appel peut être enregistré à des fins de formation conformément au règlement et vous "
            "disposez d'un droit d'accès et d'opposition auprès de notre délégué à la protection"
        ),
    ],
    ids=["numbers", "legal wording"],
)
def test_what_everybody_reads_out_fast_is_not_raised(text: str) -> None:
    assert raised(make_scene(*_call(text)), "D03") == []


def test_too_few_turns_make_no_baseline() -> None:
    assert raised(make_scene(OPENING, ("A", 2.5, 8.0, FAST)), "D03") == []
