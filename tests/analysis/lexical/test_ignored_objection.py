"""D09: an objection that nobody receives."""

from __future__ import annotations

import pytest

from callcoach.analysis.model import CallContext, ScriptLine
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


BON: Said = ("P", 16.0, 18.0, "Bon.")


@pytest.mark.parametrize(
    ("reply", "then"),
    [
        ("Et il passe combien de fois par an, sur la toiture ?", ON),
        (ON, "Je comprends, gardez-le, on ne le remplace pas."),
        ("Le diagnostic complète le travail du couvreur habituel sans frais.", ON),
    ],
    ids=["a question", "received in the second turn", "the script's answer"],
)
def test_what_receives_an_objection(reply: str, then: str) -> None:
    line = ScriptLine("Notre diagnostic complète le travail de votre couvreur habituel.")
    said = _call("On a déjà un prestataire.", reply, BON, ("A", 18.5, 23.0, then))
    assert raised(make_scene(*said, context=CallContext(script_lines=(line,))), "D09") == []


@pytest.mark.parametrize(
    ("reply", "then", "start"),
    [
        ("On se voit plutôt jeudi ou vendredi, à quelle heure ?", ON, 18.5),
        (ON, "Je comprends, gardez-le, on ne le remplace pas.", 40.0),
    ],
    ids=["a slot is no question about it", "received too late"],
)
def test_what_does_not_receive_it(reply: str, then: str, start: float) -> None:
    said = _call("On a déjà un prestataire.", reply, BON, ("A", start, start + 5.0, then))
    assert raised(make_scene(*said), "D09")


def test_argument_on_its_own_ground_is_only_partly_deaf() -> None:
    reply = "Très bien. Notre couvreur à nous vient le jour même sur le site."
    (found,) = raised(make_scene(*_call("On a déjà un couvreur.", reply, BON)), "D09")
    assert found.severity == 1


def test_the_same_class_in_other_words_is_graver() -> None:
    again: Said = ("P", 16.0, 18.0, "Écoutez, on en est contents de notre prestataire.")
    (found,) = raised(make_scene(*_call("On a déjà un fournisseur.", ON, again)), "D09")
    assert found.severity == 3


def test_yes_but_shows_that_an_objection_was_heard() -> None:
    said = "Nos gars, la dernière machine, ils l'ont rangée au fond du garage."
    reply = "Oui, mais la nôtre est livrée avec deux ans de pièces."
    assert raised(make_scene(*_call(said, reply, BON)), "D09")
    assert raised(make_scene(*_call(said, ON, BON)), "D09") == []


def test_an_objection_while_a_date_is_agreed_is_none() -> None:
    said = "Ce n'est pas le bon moment lundi, mais va pour jeudi neuf heures."
    assert raised(make_scene(*_call(said, ON, BON)), "D09") == []


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
