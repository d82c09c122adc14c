"""What is usual in a campaign: from the packaged values to its own, with the number of calls."""

from __future__ import annotations

from typing import Any

import pytest

from callcoach.analysis.norms import (
    LEAST_SPREAD,
    PACKAGED,
    PSEUDO_CALLS,
    Norms,
    TurnMeasure,
    norms_of,
)


def _call(*lengths: float, rest: float = 0.0, info: float | None = 2.0) -> list[TurnMeasure]:
    return [TurnMeasure(length, info, rest, place < 2) for place, length in enumerate(lengths)]


def test_as_many_calls_as_the_packaged_values_stand_for_weigh_as_much() -> None:
    calls = [_call(2.0, 3.0, 4.0)] * PSEUDO_CALLS
    norms = norms_of(calls)
    assert norms.calls == PSEUDO_CALLS
    assert norms.length.centre == pytest.approx((3.0 + PACKAGED.length.centre) / 2, abs=0.001)
    assert norms.length.spread == pytest.approx((1.4826 + PACKAGED.length.spread) / 2, abs=0.001)


def test_one_call_hardly_moves_them_and_many_replace_them() -> None:
    one, many = norms_of([_call(3.0, 3.0)]), norms_of([_call(3.0, 3.0)] * 2000)
    drawn = (3.0 - PACKAGED.length.centre) / (PSEUDO_CALLS + 1)
    assert one.length.centre - PACKAGED.length.centre == pytest.approx(drawn, abs=0.001)
    assert many.length.centre == pytest.approx(3.0, abs=0.02)
    assert many.length.spread == LEAST_SPREAD


def test_the_mean_of_a_phase_is_that_of_calls_not_of_turns() -> None:
    talkative = [TurnMeasure(PACKAGED.length.centre, None, 0.5, is_opening=True)] * 30
    short = [TurnMeasure(PACKAGED.length.centre, None, -0.5, is_opening=True)]
    even = norms_of([talkative, short] * 50)
    assert even.opening == pytest.approx(0.0, abs=0.001)
    cold = norms_of([_call(1.2, 1.2, 1.2, rest=-0.5)] * 40)
    assert cold.opening == pytest.approx(cold.talk)
    assert -0.5 < cold.opening < -0.1


def test_calls_in_which_the_prospect_never_takes_the_floor_do_not_count() -> None:
    assert norms_of([[], []]) == PACKAGED
    unread = norms_of([_call(3.0, 3.0, info=None)] * 10)
    assert unread.info == PACKAGED.info
    assert unread.calls == 10


def test_norms_and_measures_survive_being_written_down() -> None:
    norms = norms_of([_call(2.0, 3.0, 4.0, rest=0.2)] * 7)
    assert Norms.from_dict(norms.to_dict()) == norms
    for measure in (TurnMeasure(1.25, 0.5, -0.3, is_opening=True), *_call(2.0, info=None)):
        assert TurnMeasure.from_list(measure.to_list()) == measure


@pytest.mark.parametrize(
    "data",
    [
        {"unknown": 1},
        {"length": [1.0]},
        {"length": [1.0, 0.0]},
        {"info": "wide"},
        {"opening": 1.5},
        {"talk": float("nan")},
        {"calls": -1},
    ],
)
def test_norms_that_cannot_be_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(data))):
        Norms.from_dict(data)


@pytest.mark.parametrize("data", [None, [], [1.0, 2.0], [1, "x", 0, 1], [float("inf"), 1, 0, 1]])
def test_what_is_no_measure_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="not the measure"):
        TurnMeasure.from_list(data)
