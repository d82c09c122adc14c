"""Counting whether something came back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.analysis.proportions import CONFIDENCE, wilson
from callcoach.progress.counting import (
    LEAST_HEARD,
    Listen,
    Saying,
    Share,
    chance_rarer,
    tally,
    weeks_needed,
)
from callcoach.progress.models import Heard

listens = st.builds(
    Listen,
    is_before=st.booleans(),
    is_drawn=st.booleans(),
    is_detected=st.sampled_from([None, True, False]),
    heard=st.sampled_from([None, *Heard]),
)
shares = st.integers(0, 40).flatmap(
    lambda total: st.integers(0, total).map(lambda count: Share(count, total))
)


def _calls(before: tuple[int, int], heard: tuple[int, int]) -> list[Listen]:
    (shown, total), (back, listened) = before, heard
    return [Listen(True, True, index < shown, None) for index in range(total)] + [
        Listen(False, True, None, Heard.CAME_BACK if index < back else Heard.HELD)
        for index in range(listened)
    ]


def test_one_return_among_nine_heard_calls_is_a_return_and_named_with_its_counts() -> None:
    found = tally(_calls((3, 11), (1, 9)))
    assert (found.before, found.heard) == (Share(3, 11), Share(1, 9))
    assert found.saying is Saying.CAME_BACK


def test_no_return_is_too_early_until_enough_calls_were_heard() -> None:
    sayings = [tally(_calls((3, 11), (0, heard))).saying for heard in range(12)]
    first = sayings.index(Saying.HELD)
    assert first >= LEAST_HEARD
    assert set(sayings[:first]) == {Saying.TOO_EARLY}
    assert set(sayings[first:]) == {Saying.HELD}
    assert tally(_calls((3, 11), (0, 0))).calls_needed == first
    assert tally(_calls((3, 11), (0, first))).calls_needed == 0


def test_what_was_rare_before_takes_longer_to_be_sure_of() -> None:
    needed = [tally(_calls((count, 11), (0, 0))).calls_needed for count in (11, 6, 3, 2)]
    assert all(value is not None for value in needed)
    assert needed == sorted(needed, key=lambda value: value or 0)
    assert tally(_calls((0, 30), (0, 0))).calls_needed is None, (
        "nothing can become rarer than never"
    )


def test_a_silent_detector_is_no_proof_and_a_detection_waits_for_ears() -> None:
    silent = [Listen(True, True, True, None)] * 5 + [Listen(False, True, False, None)] * 50
    assert tally(silent).saying is Saying.TOO_EARLY
    assert tally(silent).after == Share(0, 50)
    detected = [*_calls((5, 5), (0, 30)), Listen(False, True, True, None)]
    assert tally(detected).to_hear == 1
    assert tally(detected).saying is Saying.TOO_EARLY, "somebody has to hear that one first"
    heard_and_nothing = [*_calls((5, 5), (0, 30)), Listen(False, True, True, Heard.HELD)]
    assert tally(heard_and_nothing).saying is Saying.HELD


def test_hand_picked_calls_stand_apart() -> None:
    picked = [Listen(False, False, None, Heard.HELD)] * 20
    found = tally([*_calls((5, 5), (0, 2)), *picked])
    assert (found.heard, found.picked) == (Share(0, 2), Share(0, 20))
    assert found.saying is Saying.TOO_EARLY, "picked ones do not make it hold"
    back = tally([*_calls((5, 5), (0, 30)), Listen(False, False, None, Heard.CAME_BACK)])
    assert back.saying is Saying.CAME_BACK, "a return heard is a return, however it was found"


def test_a_call_in_which_the_situation_did_not_arise_counts_nowhere() -> None:
    nothing = [Listen(False, True, True, Heard.NOT_APPLICABLE)] * 8
    found = tally([*_calls((5, 5), (0, 3)), *nothing])
    assert (found.after, found.heard, found.to_hear) == (Share(0, 3), Share(0, 3), 0)


@given(st.lists(listens, max_size=30))
def test_counts_are_shares_and_no_call_is_said_of_twice(calls: list[Listen]) -> None:
    found = tally(calls)
    for share in (found.before, found.after, found.heard, found.picked):
        low, high = share.interval
        assert 0 <= share.count <= share.total <= len(calls)
        assert 0 <= low <= high <= 1
    assert found.before.total + found.after.total + found.picked.total <= len(calls)
    assert tally(reversed(calls)) == found
    if any(c.heard is Heard.CAME_BACK and not c.is_before for c in calls):
        assert found.saying is Saying.CAME_BACK


@given(shares, shares)
def test_one_of_two_is_rarer(before: Share, after: Share) -> None:
    assert chance_rarer(before, after) + chance_rarer(after, before) == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize(
    ("count", "total", "bounds"),
    [(41, 44, (0.841, 0.972)), (0, 9, (0.0, 0.231)), (3, 11, (0.115, 0.520))],
)
def test_intervals_hold_nine_in_ten(count: int, total: int, bounds: tuple[float, float]) -> None:
    """Worked out by hand from Wilson's formula with z = 1.645."""
    assert CONFIDENCE == 0.90
    assert wilson(count, total) == pytest.approx(bounds, abs=1e-3)
    assert wilson(0, 0) == (0, 1)


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="4 of 3"):
        wilson(4, 3)


@pytest.mark.parametrize(
    ("calls", "weekly", "weeks"), [(9, 2, 5), (0, 0, 0), (1, 0, None), (None, 2, None)]
)
def test_how_long_it_takes(calls: int | None, weekly: int, weeks: int | None) -> None:
    assert weeks_needed(calls, weekly) == weeks
