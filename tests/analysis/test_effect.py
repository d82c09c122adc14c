"""What a moment coincides with: the curve's course, and facts about the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callcoach.analysis.effect import (
    CHANGE_SHARE,
    MOST_FACTS,
    Course,
    course_fact,
    effect_at,
    effects,
)
from callcoach.analysis.model import CallContext, EngagementPoint, Speaker, Turn, Valence
from callcoach.analysis.scene import Scene
from callcoach.analysis.synthetic import EVENTS, make_call
from callcoach.analysis.turns import build_conversation
from callcoach.analysis.wording import LANGUAGES, render

#: The agent's turn between the third and the fourth point of a curve, ten seconds apart.
TURN = Turn(5, Speaker.AGENT, 0, 26.0, 29.0, "", ())
#: Half the width of a band whose standard deviation is 0.1.
BAND = 0.128


def _curve(*values: float) -> list[EngagementPoint]:
    return [
        EngagementPoint(10.0 * i, 10.0 * i + 5, value, value - BAND, value + BAND)
        for i, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("values", "valence", "course"),
    [
        ((0.4, 0.4, 0.4, -0.2, -0.3, -0.3), Valence.NEGATIVE, Course.MOVED),
        ((0.4, 0.4, 0.4, -0.2, 0.1, 0.5), Valence.NEGATIVE, Course.RECOVERED),
        ((0.4, 0.4, 0.4, 0.38, 0.4, 0.41), Valence.NEGATIVE, Course.UNMOVED),
        ((0.0, 0.0, 0.0, 0.5, 0.5, 0.6), Valence.POSITIVE, Course.MOVED),
        ((0.0, 0.0, 0.0, 0.5, 0.5, 0.6), Valence.NEGATIVE, Course.UNMOVED),
        ((0.0, 0.0, 0.0), Valence.NEGATIVE, Course.UNKNOWN),
        ((), Valence.NEGATIVE, Course.UNKNOWN),
    ],
)
def test_the_course_of_the_curve(
    values: tuple[float, ...], valence: Valence, course: Course
) -> None:
    assert effect_at(_curve(*values), TURN, valence).course is course


def test_a_fall_that_was_under_way_counts_half() -> None:
    steady = effect_at(_curve(0.2, 0.2, 0.2, -0.2, -0.2, -0.2), TURN, Valence.NEGATIVE)
    curve = _curve(0.5, 0.2, -0.1, -0.2, -0.2, -0.2)
    sliding = effect_at(curve, TURN, Valence.NEGATIVE, falling=True)
    assert steady.z == pytest.approx(-0.4 / (0.1 * CHANGE_SHARE), abs=0.1)
    assert sliding.z == pytest.approx(steady.z / 2)
    assert (steady.had_begun, sliding.had_begun) == (False, True)
    rising = effect_at(_curve(0, 0, 0, 0.4, 0.4, 0.4), TURN, Valence.POSITIVE, falling=True)
    assert rising == effect_at(_curve(0, 0, 0, 0.4, 0.4, 0.4), TURN, Valence.POSITIVE)


def test_what_a_fault_cuts_into_belongs_to_before_it() -> None:
    """The objection begins before the agent's turn and ends within it: it is no effect of it."""
    curve = _curve(0.4, 0.4, 0.4, -0.5)
    cut = [*curve[:3], replace(curve[3], start_s=24.0, end_s=29.5)]
    assert effect_at(curve, TURN, Valence.NEGATIVE).course is Course.MOVED
    assert effect_at(cut, TURN, Valence.NEGATIVE).course is Course.UNKNOWN


@pytest.mark.parametrize(("end_s", "course"), [(43.9, Course.MOVED), (44.1, Course.UNKNOWN)])
def test_how_the_call_ends_counts_for_what_happened_within_fifteen_seconds(
    end_s: float, course: Course
) -> None:
    end = EngagementPoint(end_s, end_s, -0.4, -0.4 - BAND, -0.4 + BAND)
    curve = [*_curve(0.3, 0.3, 0.3), end]
    assert effect_at(curve, TURN, Valence.NEGATIVE).course is course


def test_turns_more_than_thirty_seconds_away_are_not_compared() -> None:
    early = Turn(5, Speaker.AGENT, 0, 90.0, 95.0, "", ())
    assert effect_at(_curve(0.4, 0.4, 0.4, 0.4), early, Valence.NEGATIVE).course is Course.UNKNOWN


def test_only_a_fault_gets_a_sentence_about_its_course() -> None:
    unmoved = effect_at(_curve(0.4, 0.4, 0.4, 0.4, 0.4, 0.4), TURN, Valence.NEGATIVE)
    told = course_fact(unmoved, TURN, Valence.NEGATIVE)
    assert told is not None
    assert told.message is not None
    assert all(render(told.message, language) for language in LANGUAGES)
    assert course_fact(unmoved, TURN, Valence.POSITIVE) is None


@pytest.mark.parametrize("seed", range(4))
def test_at_most_three_facts_each_worded_or_quoted(seed: int) -> None:
    call = make_call(seed, EVENTS, neutral=9)
    conversation = build_conversation(
        call.tracks, duration_s=call.duration_s, agent_channel=0, separate=True
    )
    scene = Scene(conversation, CallContext(), "fr")
    found = [effects(scene, moment) for moment in scene.moments]
    assert any(found)
    for facts in found:
        assert len(facts) <= MOST_FACTS
        for fact in facts:
            assert fact.kind == "effect"
            assert fact.quote or (fact.message and render(fact.message, "fr"))
