"""From cue to tipping point, and the curve behind it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from importlib.resources import files
from itertools import pairwise

import pytest

from callcoach.analysis.engagement import MIN_TURNS, engagement_curve
from callcoach.analysis.engine import analyse
from callcoach.analysis.evaluation import evaluate
from callcoach.analysis.fusion import CARDS, CARDS_APART_S, load_weights, opening_cards
from callcoach.analysis.model import (
    CallAnalysis,
    CallContext,
    Cause,
    Channels,
    Message,
    TippingPoint,
    Valence,
)
from callcoach.analysis.scene import Scene
from callcoach.analysis.synthetic import EVENTS, Event, SyntheticCall, make_call
from callcoach.analysis.turns import build_conversation
from callcoach.analysis.wording import LANGUAGES, render


def _analyse(call: SyntheticCall, context: CallContext | None = None) -> CallAnalysis:
    return analyse(
        call.tracks,
        duration_s=call.duration_s,
        channels=Channels.STEREO,
        agent_channel=0,
        context=context,
    )


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.cause.value)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_planted_event_is_flagged_in_its_turn(event: Event, seed: int) -> None:
    call = make_call(seed, [event])
    points = _analyse(call).tipping_points
    assert evaluate([("call", points, call.truth)]).total().matched == 1


@pytest.mark.parametrize("seed", range(6))
def test_an_ordinary_call_has_no_tipping_point(seed: int) -> None:
    assert _analyse(make_call(seed, ())).tipping_points == ()


def test_the_same_cue_without_any_change_in_the_prospect_stays_below_the_floor() -> None:
    belittling = next(event for event in EVENTS if event.cause is Cause.SELF_BELITTLING)
    unmoved = replace(
        belittling,
        answer="Pas de souci, dites-moi tout, on cherche justement quelqu'un pour nos trois sites du nord.",
        delay_s=0.4,
    )
    with_change = make_call(4, [belittling])
    without = make_call(4, [unmoved])
    turned = [p for p in _analyse(with_change).tipping_points if p.valence is Valence.NEGATIVE]
    kept = [p for p in _analyse(without).tipping_points if p.valence is Valence.NEGATIVE]
    assert turned
    assert not kept


def test_points_lie_inside_an_agent_turn_in_order_with_words_in_both_languages() -> None:
    analysis = _analyse(make_call(7, EVENTS, neutral=10))
    assert len(analysis.tipping_points) >= 3
    starts = [point.start_s for point in analysis.tipping_points]
    assert starts == sorted(starts)
    for point in analysis.tipping_points:
        turn = analysis.turns[point.turn]
        assert turn.speaker == "agent"
        assert turn.start_s <= point.start_s <= point.end_s <= turn.end_s
        assert point.valence is point.cause.valence
        assert point.severity in (1, 2, 3)
        assert 0 < point.confidence < 1
        assert any(evidence.quote for evidence in point.evidence)
        messages = [point.explanation, point.suggestion]
        messages += [e.message for e in point.evidence if e.message]
        assert all(render(message, language) for message in messages for language in LANGUAGES)
        assert all(json.dumps(dict(message.values)) for message in messages)


def test_an_analysis_is_deterministic_and_serialises() -> None:
    call = make_call(8, EVENTS, neutral=8)
    first, second = _analyse(call).to_dict(), _analyse(call).to_dict()
    assert json.dumps(first, ensure_ascii=False) == json.dumps(second, ensure_ascii=False)
    assert set(first["tipping_points"][0]["explanation"]) == {"fr", "en"}


def test_an_event_is_found_at_the_same_place_when_the_channels_are_swapped() -> None:
    call = make_call(9, EVENTS, neutral=8)
    swapped = [replace(track, channel=1 - track.channel) for track in call.tracks]
    one = _analyse(call).tipping_points
    two = analyse(
        swapped, duration_s=call.duration_s, channels=Channels.STEREO, agent_channel=1
    ).tipping_points
    assert [(p.start_s, p.cause) for p in one] == [(p.start_s, p.cause) for p in two]


def test_the_curve_needs_four_prospect_turns() -> None:
    short = make_call(1, (), neutral=1)
    long = make_call(1, (), neutral=MIN_TURNS)
    assert _analyse(short).engagement == ()
    assert len(_analyse(long).engagement) >= MIN_TURNS


def test_the_curve_stays_in_range_with_its_value_inside_the_band() -> None:
    for point in _analyse(make_call(2, EVENTS, neutral=9)).engagement:
        assert -1 <= point.low <= point.value <= point.high <= 1


def test_the_curve_is_lower_after_a_rupture_than_before() -> None:
    interruption = next(event for event in EVENTS if event.cause is Cause.INTERRUPTION)
    call = make_call(3, [interruption])
    (truth,) = call.truth.points
    curve = _analyse(call).engagement
    before = [point.value for point in curve if point.end_s <= truth.start_s + 2]
    after = next(point.value for point in curve if point.start_s > truth.turn_end_s)
    assert after < before[-1]


def test_silence_between_turns_widens_nothing_but_keeps_the_number_of_points() -> None:
    call = make_call(4, ())
    conversation = build_conversation(
        call.tracks, duration_s=call.duration_s, agent_channel=0, separate=True
    )
    scene = Scene(conversation, CallContext(), "fr")
    prospect = [turn for turn in conversation.floor if turn.speaker == "prospect"]
    assert len(engagement_curve(scene)) == len(prospect)


def _card(start: float, severity: int, cause: Cause = Cause.RUSHED) -> TippingPoint:
    words = Message(f"suggestion.{cause.value}")
    return TippingPoint(
        start, start + 2, 1, cause.valence, cause, severity, 0.6, "D03", (), words, words
    )


def test_a_page_opens_with_few_cards_apart_the_gravest_first_chosen() -> None:
    points = [_card(20.0 * i, 1 + i % 3) for i in range(8)]
    points += [_card(200.0 + 20 * i, 2, Cause.ADJUSTMENT) for i in range(4)]
    cards = opening_cards(points)
    for valence, most in CARDS.items():
        assert len([card for card in cards if card.valence is valence]) <= most
    starts = [card.start_s for card in cards]
    assert starts == sorted(starts)
    assert all(b - a >= CARDS_APART_S for a, b in pairwise(starts))
    assert sum(card.severity == 3 for card in cards) == 2


def test_weights_know_every_feature_that_is_computed() -> None:
    weights = load_weights()
    for valence in Valence:
        assert set(weights.weight[valence]) <= set(weights.mean) == set(weights.scale)
        assert 0 < weights.floor[valence] < 1
        assert weights.trees[valence].features() <= set(weights.mean)
    assert set(weights.cause) == set(Cause)
    for each in weights.cause.values():
        assert set(each) - {""} <= set(weights.mean)


def test_the_packaged_weights_carry_their_card() -> None:
    resource = files("callcoach.analysis") / "data" / "fusion.json"
    card = json.loads(resource.read_text(encoding="utf-8"))["card"]
    assert card["data"]["calls"] > 0
    assert card["data"]["points"] > 0
    assert date.fromisoformat(card["made_on"])
    writers: set[str] = set()
    for figures in card["held_out"].values():
        writers |= set(figures["f1_by_writer"])
        assert figures["f1_interval"][0] <= figures["f1"] <= figures["f1_interval"][1]
        assert figures["chance_f1"] < figures["f1"]
    assert writers == set(card["data"]["groups"]), "figures of unseen writers belong to the weights"
    likeness = load_weights().likeness
    assert likeness is not None
    assert likeness.embedder == card["model"]["likeness"]
