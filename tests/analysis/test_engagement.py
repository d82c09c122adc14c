"""The prospect's curve: what an observation is made of, what the guard reads, how a call ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import log1p

import pytest

from callcoach.analysis.endings import ending_of
from callcoach.analysis.engagement import (
    MIN_TURNS,
    engagement_curve,
    is_falling_before,
    measures,
    observe,
)
from callcoach.analysis.model import CallContext, Kind, Speaker
from callcoach.analysis.norms import CLIP, PACKAGED, Norms, Scale
from callcoach.analysis.scene import Scene
from tests.analysis.detecting import Said, make_scene

TOLD = (
    "Nos camions livrent trois ateliers à Lille, chaque mardi, avec des palettes consignées.",
    "Le chauffage tombe souvent en panne pendant les grands froids de janvier.",
    "Notre comptable imprime les factures et range ensuite chaque copie.",
    "On garde la machine encore un peu, je suppose.",
)


def _talk(*answers: str, first_s: float = 0.5, agent_s: float = 2.0) -> list[Said]:
    """The agent asks for `agent_s`, the prospect answers at three words a second."""
    said: list[Said] = []
    at = first_s
    for number, answer in enumerate(answers):
        said.append(("A", at, at + agent_s, f"Et pour le site numéro {number + 2} ?"))
        end = at + agent_s + 0.4 + max(0.6, len(answer.split()) / 3)
        said.append(("P", at + agent_s + 0.4, end, answer))
        at = end + 0.4
    return said


def _prospect(scene: Scene, place: int) -> float:
    """The observation of the prospect's turn at this place."""
    return observe(scene)[place].value


def _agent_turn(scene: Scene, place: int) -> bool:
    """Whether the guard fires at the agent's turn at this place."""
    turns = [turn for turn in scene.conversation.floor if turn.speaker is Speaker.AGENT]
    return is_falling_before(scene, turns[place])


FALLING = (TOLD[0], TOLD[1], "Non, ça ne m'intéresse pas.", "Non merci, pas besoin.")


def test_the_guard_fires_where_participation_had_fallen_turn_by_turn() -> None:
    scene = make_scene(*_talk(*TOLD[:2], *FALLING, "Non."))
    assert _agent_turn(scene, 6)


@pytest.mark.parametrize("later", ["Non merci, pas besoin.", "Je raccroche.", TOLD[0]])
def test_a_fall_that_only_comes_later_leaves_the_guard_silent(later: str) -> None:
    steady = (*TOLD[:3], TOLD[1])
    scene = make_scene(*_talk(*steady, "Non, ça ne m'intéresse pas.", later, later, later))
    assert not any(_agent_turn(scene, place) for place in range(len(steady) + 1))


def test_what_comes_later_changes_nothing_that_was_observed_before() -> None:
    said = _talk(*TOLD, *FALLING)
    whole, half = make_scene(*said), make_scene(*said[:8])
    assert measures(whole)[:4] == measures(half)
    assert observe(whole)[:4] == observe(half)


def test_numbers_and_names_are_information() -> None:
    plain = make_scene(*_talk(*TOLD[1:], "Il faudrait voir avec le collègue du dépôt principal."))
    rich = make_scene(*_talk(*TOLD[1:], "Il faudrait voir avec Lucas du dépôt douze principal."))
    one, two = measures(plain)[-1].info, measures(rich)[-1].info
    assert one is not None
    assert two is not None
    assert two > one


@pytest.mark.parametrize(
    ("question", "answer", "is_minimal"),
    [
        ("Comment vous faites aujourd'hui ?", "Ça dépend.", True),
        ("Comment vous faites aujourd'hui ?", "Avec Lucas.", False),
        ("Vous avez un logiciel aujourd'hui ?", "Ça dépend.", False),
    ],
)
def test_a_minimal_answer_costs_only_after_an_open_question(
    question: str, answer: str, is_minimal: bool
) -> None:
    scene = make_scene(("A", 0.5, 3.0, question), ("P", 3.4, 4.2, answer))
    asked_nothing = make_scene(("A", 0.5, 3.0, "Voilà pour le contexte."), ("P", 3.4, 4.2, answer))
    cost = measures(asked_nothing)[0].rest - measures(scene)[0].rest
    assert cost == pytest.approx(0.1 if is_minimal else 0.0)


@pytest.mark.parametrize(
    ("agent_s", "between", "separate", "is_silent"),
    [
        (18.0, (), True, True),
        (10.0, (), True, False),
        (18.0, (("P", 9.3, 9.9, "Oui."),), True, False),
        (18.0, (), False, False),
    ],
)
def test_a_long_turn_without_any_sign_of_the_prospect_counts_against_taking_part(
    agent_s: float, between: Sequence[Said], separate: bool, is_silent: bool
) -> None:
    pitch = " ".join(["donc notre offre couvre"] * 12)
    # the agent breathes once, in the middle
    said: list[Said] = [("A", 1.0, 0.8 + agent_s / 2, pitch), *between]
    said.append(("A", 1.2 + agent_s / 2, 1.4 + agent_s, pitch))
    said.append(("P", agent_s + 1.8, agent_s + 3.8, "Je vois à peu près le principe."))
    (measured,) = measures(make_scene(*said, separate=separate))
    assert measured.rest == pytest.approx(-0.075 if is_silent else 0.0)


def test_a_delay_counts_once_three_earlier_ones_are_known() -> None:
    said = _talk(*TOLD, TOLD[1])
    late = [*said[:9], (said[9][0], said[9][1] + 2.5, said[9][2] + 2.5, said[9][3])]
    early = [*said[:3], (said[3][0], said[3][1] + 1.5, said[3][2] + 1.5, said[3][3]), *said[4:]]
    early[4:] = [(who, start + 1.5, end + 1.5, text) for who, start, end, text in early[4:]]
    assert _prospect(make_scene(*late), 4) < _prospect(make_scene(*said), 4)
    assert _prospect(make_scene(*early), 1) == pytest.approx(_prospect(make_scene(*said), 1))


def test_fewer_than_four_turns_carry_no_curve_even_when_the_end_is_known() -> None:
    scene = make_scene(*_talk(*TOLD[:2], "Non merci, pas besoin."))
    ending = ending_of(scene, Kind.TARGET)
    assert ending is not None
    assert len(observe(scene)) == MIN_TURNS - 1
    assert engagement_curve(scene, ending) == ()


AGREED: tuple[Said, ...] = (
    ("A", 60.0, 63.0, "Je vous propose un rendez-vous mardi à dix heures, ça vous irait ?"),
    ("P", 63.4, 66.0, "Mardi dix heures, c'est noté, je le bloque dans mon agenda."),
    ("A", 66.4, 68.0, "Parfait, à mardi alors, bonne journée."),
    ("P", 68.2, 69.0, "Bonne journée."),
)
LEFT: tuple[Said, ...] = (
    ("A", 60.0, 63.0, "Je peux vous laisser une brochure ?"),
    ("P", 63.4, 66.0, "Non merci, on va en rester là."),
)
GONE: tuple[Said, ...] = (("A", 60.0, 66.0, "Alors justement je voulais vous montrer comment"),)
CLOSED: tuple[Said, ...] = (
    ("A", 60.0, 63.0, "Merci pour tout, je vous souhaite une bonne journée."),
    ("P", 63.4, 64.0, "Au revoir."),
)


@pytest.mark.parametrize(
    ("end", "kind", "value"),
    [
        (AGREED, Kind.TARGET, 0.678),
        (LEFT, Kind.TARGET, -0.800),
        (GONE, Kind.TARGET, -0.800),
        (CLOSED, Kind.TARGET, None),
        (LEFT, Kind.GATEKEEPER, None),
        (LEFT, Kind.VOICEMAIL, None),
        (AGREED, Kind.WRONG_PERSON, None),
    ],
)
def test_the_end_of_a_conversation_is_one_more_observation(
    end: tuple[Said, ...], kind: Kind, value: float | None
) -> None:
    scene = make_scene(*_talk(*TOLD), *end)
    ending = ending_of(scene, kind)
    without, curve = engagement_curve(scene), engagement_curve(scene, ending)
    if value is None:
        assert ending is None
        assert curve == without
        return
    assert ending is not None
    assert ending.value == pytest.approx(value, abs=0.001)
    last = curve[-1]
    assert last.start_s == last.end_s == pytest.approx(end[-1][2], abs=0.3)
    assert len(curve) == len(without) + 1
    moved = curve[-2].value - without[-1].value
    assert moved * value > 0, "the turns before the end are drawn towards it"


def test_the_curve_lies_on_the_scale_of_the_campaign_and_starts_from_its_mean() -> None:
    said = _talk(*TOLD)
    packaged = engagement_curve(make_scene(*said))
    # prospects of this campaign say twice as much, and warm up late
    norms = Norms(Scale(log1p(9.0), 0.8), Scale(log1p(9.0), 0.8), opening=-0.5, calls=90)
    scaled = engagement_curve(make_scene(*said, context=CallContext(norms=norms)))
    assert [p.start_s for p in packaged] == [p.start_s for p in scaled]
    assert all(own.value < usual.value for own, usual in zip(scaled, packaged, strict=True))
    start = engagement_curve(make_scene(*said, context=CallContext(norms=Norms(opening=-0.5))))
    shift = [usual.value - own.value for own, usual in zip(start, packaged, strict=True)]
    assert shift == sorted(shift, reverse=True), "the prior fades turn by turn"
    assert shift[0] > 0.1


def test_what_is_judged_does_not_depend_on_the_norms_of_the_campaign() -> None:
    said = _talk(*TOLD[:2], *FALLING, "Non.")
    norms = Norms(Scale(9.0, 0.2), Scale(9.0, 0.2), opening=-1.0, talk=1.0, calls=5)
    one, two = make_scene(*said), make_scene(*said, context=CallContext(norms=norms))
    assert observe(one) == observe(two)
    assert [_agent_turn(one, place) for place in range(7)] == [
        _agent_turn(two, place) for place in range(7)
    ]


def test_a_feature_far_from_the_usual_is_cut_off() -> None:
    assert Scale(1.0, 0.1).z(50.0) == CLIP
    long = measures(make_scene(*_talk(*TOLD)))[0]
    huge = replace(long, length=400.0)
    larger = replace(long, length=500.0)
    assert PACKAGED.value(huge) == PACKAGED.value(larger) > PACKAGED.value(long)
