"""D08: a doubt passed over."""

from __future__ import annotations

import pytest

from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

ON = "Parfait. Alors nous, on fait l'analyse et le traitement dans le même contrat."


def _call(said: str, reply: str = ON, answer: str = "D'accord.") -> tuple[Said, ...]:
    return (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, je vous appelle pour l'eau."),
        ("P", 5.5, 9.0, said),
        ("A", 9.3, 15.0, reply),
        ("P", 16.0, 17.0, answer),
    )


@pytest.mark.parametrize(("answer", "severity"), [("D'accord.", 2), ("Non merci.", 3)])
def test_a_doubt_that_is_passed_over_is_raised(answer: str, severity: int) -> None:
    (found,) = raised(
        make_scene(*_call("Ben, je sais pas trop, enfin bon, ça va.", answer=answer)), "D08"
    )
    assert found.severity == severity
    assert measured(found).value == 3.0
    assert measured(found).bound == 2.0


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("Peut-être jeudi, disons à neuf heures, je regarde.", ON),
        ("Il y en a trois, dans le nord.", ON),
        (
            "Ben, je sais pas trop, enfin bon, ça va.",
            "Je vous écoute, dites-moi ce qui vous gêne, je comprends.",
        ),
    ],
    ids=["looks for a date", "no hedge", "received"],
)
def test_other_turns_are_not_raised(said: str, reply: str) -> None:
    assert raised(make_scene(*_call(said, reply)), "D08") == []


def test_a_long_silence_alone_is_no_hesitation() -> None:
    said = (
        OPENING,
        ("A", 2.5, 5.0, "Bonjour, je vous appelle pour l'eau."),
        ("P", 9.9, 12.0, "Il y en a trois, dans le nord."),
        ("A", 12.3, 17.0, ON),
    )
    assert raised(make_scene(*said), "D08") == []


def test_it_reads_english() -> None:
    said = _call(
        "Well, I'm not sure, it depends, maybe.",
        "Great. So we do the analysis and the treatment in one contract.",
    )
    assert raised(make_scene(*said, language="en"), "D08")
