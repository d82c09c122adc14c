"""D09: an objection that nobody receives."""

from __future__ import annotations

import pytest

from tests.analysis.detecting import OPENING, Said, make_scene, measured, raised

ON = "Très bien. Le diagnostic comprend la toiture et les façades."


def _call(
    said: str, reply: str = ON, *after: Said, asked: str = "Bonjour, on entretient des toitures."
) -> tuple[Said, ...]:
    return (OPENING, ("A", 2.5, 5.0, asked), ("P", 5.5, 9.0, said), ("A", 9.4, 15.0, reply), *after)


def test_an_objection_passed_over_is_raised_with_what_was_taken_up() -> None:
    scene = make_scene(
        *_call("On a déjà un couvreur, il est là le lendemain.", ON, ("P", 16.0, 18.0, "Bon."))
    )
    (found,) = raised(scene, "D09")
    assert found.severity == 2
    assert (measured(found).value, measured(found).bound) == (0.0, 0.2)


def test_the_same_objection_again_is_graver() -> None:
    again: Said = ("P", 16.0, 18.0, "Mais on a déjà un couvreur.")
    (found,) = raised(make_scene(*_call("On a déjà un couvreur.", ON, again)), "D09")
    assert found.severity == 3


@pytest.mark.parametrize(
    ("said", "reply", "after"),
    [
        (
            "On a déjà un couvreur.",
            "Je comprends, un couvreur qui vient le lendemain, gardez-le.",
            ("P", 16.0, 18.0, "Bon."),
        ),
        ("On a déjà un couvreur, mais bon pourquoi pas.", ON, ("P", 16.0, 18.0, "Bon.")),
        ("Trois, dans le nord.", ON, ("P", 16.0, 18.0, "Bon.")),
    ],
    ids=["received", "withdrawn", "no objection"],
)
def test_other_replies_are_not_raised(said: str, reply: str, after: Said) -> None:
    assert raised(make_scene(*_call(said, reply, after)), "D09") == []


def test_a_polite_no_to_a_question_is_no_objection() -> None:
    asked = "Et vous en êtes content, aujourd'hui ?"
    assert raised(make_scene(*_call("On est contents.", asked=asked)), "D09") == []


def test_who_hangs_up_leaves_no_chance() -> None:
    said = _call("On a déjà un couvreur, je vous laisse, au revoir.")
    assert raised(make_scene(*said), "D09") == []


def test_it_reads_english() -> None:
    said = _call(
        "We already have a roofer, thanks.",
        "Great. The survey covers the walls and the gates.",
        ("P", 16.0, 18.0, "Well."),
    )
    assert raised(make_scene(*said, language="en"), "D09")
