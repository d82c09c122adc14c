"""D10: asking again after a refusal."""

from __future__ import annotations

import pytest

from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

ASK = "Allez, juste une petite demi-heure, je vous mets jeudi neuf heures."


def _call(said: str, reply: str, *more: Said) -> tuple[Said, ...]:
    return (
        OPENING,
        ("A", 2.5, 6.0, "Bonjour, nous entretenons les toitures."),
        ("P", 6.5, 9.0, said),
        ("A", 9.3, 14.0, reply),
        *more,
    )


def test_pressure_after_a_refusal_is_raised() -> None:
    (found,) = raised(
        make_scene(*_call("Non, je ne suis pas intéressé.", ASK, ("P", 15.0, 16.5, "Ah."))), "D10"
    )
    assert found.severity == 3
    assert (measured(found).value, measured(found).bound) == (1.0, 2.0)


def test_every_refusal_counts() -> None:
    more: tuple[Said, ...] = (
        ("P", 15.0, 16.5, "Je vous ai dit non."),
        ("A", 17.0, 20.0, "On peut se voir mardi, ou mercredi ?"),
        ("P", 21.0, 22.0, "Non."),
    )
    found = raised(
        make_scene(*_call("Non, pas intéressé.", "On pourrait se voir mardi ?", *more)), "D10"
    )
    assert [candidate.severity for candidate in found] == [2, 3]
    assert measured(found[-1]).value == 2.0


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Envoyez-moi un mail.", "Je vous propose un point jeudi."),
        ("Trois, dans le nord.", ASK),
        ("Non, pas intéressé.", "D'accord, bonne continuation."),
        (
            "Pas intéressé, je vous passe mon collègue, ne quittez pas.",
            "Bonjour, je vous propose un point jeudi.",
        ),
    ],
    ids=["one way after a brush-off", "no refusal", "lets go", "another person's refusal"],
)
def test_legitimate_guidance_is_not_raised(said: str, reply: str) -> None:
    assert raised(make_scene(*_call(said, reply, ("P", 15.0, 16.0, "Bon."))), "D10") == []


def test_a_second_way_after_a_brush_off_is_raised() -> None:
    more: tuple[Said, ...] = (
        ("P", 15.0, 16.5, "Un mail, plutôt."),
        ("A", 17.0, 20.0, "On peut se voir mardi sinon."),
        ("P", 20.5, 21.0, "Bon."),
    )
    scene = make_scene(*_call("Envoyez-moi un mail.", "Je vous propose un point jeudi.", *more))
    assert [candidate.variant for candidate in raised(scene, "D10")] == ["brushoff"]


def test_a_plain_no_to_a_proposal_is_a_refusal_and_an_agreed_date_is_none() -> None:
    more: tuple[Said, ...] = (
        ("P", 15.0, 16.5, "Non, avant je reçois personne."),
        ("A", 17.0, 20.0, "On peut se voir mardi sinon."),
    )
    scene = make_scene(*_call("Trois, dans le nord.", "Je vous propose un point jeudi.", *more))
    assert [candidate.variant for candidate in raised(scene, "D10")] == [""]
    agreed = ("P", 15.0, 16.5, "Non, plutôt mardi à neuf heures.")
    scene = make_scene(
        *_call("Trois, dans le nord.", "Je vous propose un point jeudi.", agreed, more[1])
    )
    assert raised(scene, "D10") == []


def test_it_reads_english() -> None:
    said = _call(
        "No thanks, I'm not interested.",
        "Come on, just five minutes, you've nothing to lose.",
        ("P", 15.0, 16.0, "Well."),
    )
    assert raised(make_scene(*said, language="en"), "D10")
