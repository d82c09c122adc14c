"""How a moment stands in the course of its call."""

from __future__ import annotations

import pytest

from callcoach.analysis.course import CAP, course
from callcoach.analysis.model import CallContext, Segment, Track, Word
from callcoach.analysis.scene import Scene
from callcoach.analysis.turns import build_conversation

LONG, SHORT = 24, 3


def _call(answers: list[int], *, shift_s: float = 0.0) -> Scene:
    """A call in which the prospect answers with so many words each time."""
    words: tuple[list[Word], list[Word]] = ([], [])
    voice: tuple[list[Segment], list[Segment]] = ([], [])
    at = 1.0 + shift_s

    def say(side: int, count: int) -> None:
        nonlocal at
        start = at
        for _ in range(count):
            words[side].append(Word(" maison", round(at, 3), round(at + 0.22, 3), 0.9))
            at += 0.25
        voice[side].append(Segment(round(start, 3), round(at, 3)))
        at += 0.5

    for count in answers:
        say(0, 8)
        say(1, count)
    tracks = [Track(i, tuple(voice[i]), tuple(words[i])) for i in range(2)]
    conversation = build_conversation(tracks, duration_s=at, agent_channel=0, separate=True)
    return Scene(conversation, CallContext(), "fr")


def _all(scene: Scene) -> list[dict[str, float]]:
    return [course(scene, moment) for moment in scene.moments]


def test_a_change_that_stays_is_largest_where_it_begins() -> None:
    numbers = _all(_call([LONG] * 4 + [SHORT] * 4))
    shifts = [each["course_length_shift"] for each in numbers]
    # the agent's turn before the first short answer
    assert min(range(len(shifts)), key=shifts.__getitem__) == 4
    assert numbers[4]["course_length_share"] == 1.0
    assert shifts[4] == pytest.approx(-numbers[4]["course_length_most"])


def test_one_short_answer_is_no_change_of_course() -> None:
    turned = _all(_call([LONG] * 4 + [SHORT] * 4))[4]["course_length_shift"]
    once = _all(_call([LONG] * 4 + [SHORT] + [LONG] * 4))[4]["course_length_shift"]
    assert turned < 2 * once < 0


def test_what_varies_anyway_counts_for_less() -> None:
    steady = _all(_call([SHORT] * 6 + [LONG]))[6]["course_length_next"]
    restless = _all(_call([SHORT, LONG] * 3 + [LONG]))[6]["course_length_next"]
    assert steady > restless > 0


def test_a_prospect_who_stays_the_same_shows_nothing() -> None:
    for each in _all(_call([12] * 8)):
        assert abs(each["course_length_shift"]) < 1e-6
        assert abs(each["course_length_next"]) < 1e-6
        assert each["course_length_share"] == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("answers", [[SHORT], [LONG, SHORT], [1] * 3 + [200] * 3])
def test_numbers_stay_within_their_bounds_in_any_call(answers: list[int]) -> None:
    for each in _all(_call(answers)):
        assert all(-CAP <= value <= max(CAP, 10.0) for value in each.values())


def test_moving_a_call_in_time_changes_nothing() -> None:
    answers = [LONG, SHORT, 8, 8, LONG, SHORT]
    for here, there in zip(_all(_call(answers)), _all(_call(answers, shift_s=37.0)), strict=True):
        assert here == pytest.approx(there, abs=1e-6)
