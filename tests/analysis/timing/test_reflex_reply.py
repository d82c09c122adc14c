"""D05: an objection answered at once."""

from __future__ import annotations

import pytest

from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

EXCHANGE: tuple[Said, ...] = (
    OPENING,
    ("A", 2.4, 5.0, "Bonjour, vous avez combien de sites ?"),
    ("P", 5.5, 7.0, "Trois sites, dans le nord."),
    ("A", 7.4, 10.0, "Et vous en êtes content, aujourd'hui ?"),
)
ARGUES = (
    "Notre contrat comprend la toiture, les façades et la visite annuelle de tous vos bâtiments."
)


def _answered(objection: str, wait: float, reply: str, length: float = 7.0) -> tuple[Said, ...]:
    return (
        *EXCHANGE,
        ("P", 10.5, 13.0, objection),
        ("A", 13.0 + wait, 13.0 + wait + length, reply),
        ("P", 21.5, 22.5, "Bon."),
    )


def test_an_argument_without_a_breath_is_raised() -> None:
    (found,) = raised(make_scene(*_answered("On a déjà un prestataire.", 0.1, ARGUES)), "D05")
    assert found.severity == 2
    assert measured(found).value == 0.1
    assert measured(found).bound == 0.7  # 0.4 s is the agent's usual delay here


def test_yes_but_is_graver() -> None:
    (found,) = raised(
        make_scene(*_answered("On a déjà un prestataire.", 0.1, "Oui mais " + ARGUES)), "D05"
    )
    assert found.severity == 3


def test_it_reads_english() -> None:
    said = _answered(
        "We already have a supplier for that.",
        0.1,
        "Our contract has the roof and the visits of all your buildings.",
    )
    assert raised(make_scene(*said, language="en"), "D05")


@pytest.mark.parametrize(
    ("objection", "wait", "reply", "length"),
    [
        ("On a déjà un prestataire.", 1.5, ARGUES, 6.0),
        ("On a déjà un prestataire.", 0.1, "Je comprends. " + ARGUES, 7.0),
        ("On a déjà un prestataire.", 0.1, ARGUES + " Il passe combien de fois ?", 7.0),
        ("On a déjà un prestataire.", 0.1, "Ah, c'est vrai.", 1.5),
        ("On a déjà un prestataire, mais bon pourquoi pas.", 0.1, ARGUES, 7.0),
        ("Oui, volontiers, trois sites.", 0.1, ARGUES, 7.0),
    ],
    ids=["waits", "receives", "asks", "short", "withdrawn", "no objection"],
)
def test_other_replies_are_not_raised(
    objection: str, wait: float, reply: str, length: float
) -> None:
    assert raised(make_scene(*_answered(objection, wait, reply, length)), "D05") == []


def test_jitter_of_two_answers_says_nothing() -> None:
    said = (*_answered("On a déjà un prestataire.", 0.1, ARGUES)[2:],)
    assert raised(make_scene(*said), "D05") == []


def test_one_channel_tells_nothing() -> None:
    said = _answered("On a déjà un prestataire.", 0.1, ARGUES)
    assert raised(make_scene(*said, separate=False), "D05") == []
