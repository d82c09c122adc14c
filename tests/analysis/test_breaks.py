"""Unexplained breaks: a drop that nothing explains, and none that something does."""

from __future__ import annotations

from callcoach.analysis.breaks import find_breaks
from callcoach.analysis.model import Cause, Message, TippingPoint, Valence
from callcoach.analysis.scene import Scene
from tests.analysis.detecting import Said, make_scene

RICH = (
    "Volontiers : trois ateliers à Lille, avec des machines anciennes que Paul répare seul.",
    "Le chauffage tombe souvent en panne, surtout pendant les grands froids de janvier.",
    "Notre comptable imprime chaque facture et classe ensuite les copies dans des armoires.",
    "Les livraisons arrivent tôt, les camions bloquent la cour et les voisins protestent.",
    "Marie forme les apprentis, deux viennent du lycée technique et un troisième de Lens.",
    "La toiture date du siècle passé, plusieurs ardoises glissent pendant chaque tempête.",
)


def _call(turns: int, silent_from: int) -> Scene:
    """A prospect who tells much, and from one turn on next to nothing."""
    said: list[Said] = [("P", 0.5, 2.0, "Allô, bonjour.")]
    at = 2.5
    for number in range(turns):
        said.append(("A", at, at + 2.5, f"Et pour l'atelier numéro {number + 2} ?"))
        rich = number < silent_from
        end = at + 3.0 + (9.0 if rich else 0.9)
        said.append(("P", at + 3.0, end, RICH[number % 6] if rich else "Voyez."))
        at = end + 0.5
    return make_scene(*said)


def test_a_drop_that_nothing_explains_is_found_at_its_first_turn() -> None:
    scene = _call(10, 6)
    (found,) = find_breaks(scene, ())
    turn = scene.conversation.turns[found.turn]
    assert turn.text == "Voyez."
    assert sum(other.text == "Voyez." for other in scene.conversation.turns[: found.turn]) == 0
    assert 0 < found.drop <= 2


def test_a_tipping_point_nearby_explains_it() -> None:
    scene = _call(10, 6)
    (found,) = find_breaks(scene, ())
    words = Message("cause.monologue")
    start = found.start_s - 10
    point = TippingPoint(
        start, start + 2, 0, Valence.NEGATIVE, Cause.MONOLOGUE, 2, 0.6, "D02", (), words, words
    )
    assert find_breaks(scene, (point,)) == ()


def test_a_steady_prospect_and_a_short_call_have_none() -> None:
    assert find_breaks(_call(12, 12), ()) == ()
    assert find_breaks(_call(2, 1), ()) == ()
