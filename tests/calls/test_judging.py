"""Which flag a verdict belongs to. Pure: nothing here touches the database."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.calls.judging import (
    Moment,
    is_same_moment,
    likeness,
    match,
    moments,
    same_among,
    shared_ms,
    standing,
)
from callcoach.calls.models import Decision, TippingPoint, Verdict

CAUSES = ("insistence", "monologue", "reformulation")


def flag(
    number: int | None = None,
    start_ms: int = 1000,
    end_ms: int = 3000,
    *,
    channel: int = 0,
    cause: str = "insistence",
) -> TippingPoint:
    return TippingPoint(
        id=number,
        turn_index=0,
        channel=channel,
        start_ms=start_ms,
        end_ms=end_ms,
        valence="positive" if cause == "reformulation" else "negative",
        cause=cause,
        severity=2,
        confidence=0.7,
        detector="D03",
        quote="il faut absolument",
        evidence=[],
        explanation={"key": "insistence.explanation", "values": {}},
        suggestion={"key": "insistence.suggestion", "values": {}},
    )


def verdict(
    number: int | None,
    start_ms: int = 1000,
    end_ms: int = 3000,
    *,
    channel: int = 0,
    cause: str = "insistence",
    decision: Decision = Decision.CONFIRMED,
) -> Verdict:
    return Verdict(
        id=number,
        decision=decision,
        channel=channel,
        start_ms=start_ms,
        end_ms=end_ms,
        valence="positive" if cause == "reformulation" else "negative",
        cause=cause,
        severity=2,
        confidence=0.7,
        detector="D03",
        quote="il faut absolument",
        evidence=[],
        explanation={},
        suggestion={},
    )


def test_a_verdict_belongs_to_the_flag_of_its_moment() -> None:
    taken, alone = match([flag(1), flag(2, 8000, 9000)], [verdict(7, 7900, 9100)])
    assert {point_id: found.id for point_id, found in taken.items()} == {2: 7}
    assert alone == []


@pytest.mark.parametrize(
    "other",
    [
        {"channel": 1},
        {"cause": "monologue"},
        {"start_ms": 3000, "end_ms": 5000},
        {"start_ms": 2500, "end_ms": 4500},
    ],
)
def test_another_side_cause_or_moment_is_not_the_verdicts(other: dict[str, Any]) -> None:
    taken, alone = match([flag(1, **other)], [verdict(7)])
    assert taken == {}
    assert [item.id for item in alone] == [7]


def test_of_two_verdicts_on_one_flag_the_newer_counts() -> None:
    taken, alone = match([flag(1)], [verdict(7), verdict(8, 900, 3100)])
    assert taken[1].id == 8
    assert [item.id for item in alone] == [7]


def test_a_flag_inside_another_keeps_its_own_verdict() -> None:
    long, short = flag(1, 0, 10_000), flag(2, 4000, 6000)
    taken, alone = match([long, short], [verdict(7, 4000, 6000)])
    assert {point_id: found.id for point_id, found in taken.items()} == {2: 7}
    assert alone == []


def test_a_flag_of_an_earlier_analysis_finds_the_verdict_on_its_moment() -> None:
    old, new, judged = flag(1, 1100, 3200), flag(5), verdict(7)
    assert standing(old, [new], [judged]) is judged
    assert standing(old, [], [judged]) is judged, "also when no flag is raised there any more"
    assert standing(flag(2, 20_000, 21_000), [new], [judged]) is None


def test_agents_see_confirmed_moments_and_good_ones_that_nobody_rejected() -> None:
    good, bad, judged = flag(1, cause="reformulation"), flag(2, 5000, 6000), flag(3, 9000, 9900)
    refused = flag(4, 12_000, 13_000, cause="reformulation")
    judged.verdict = verdict(7, 9000, 9900)
    refused.verdict = verdict(8, 12_000, 13_000, decision=Decision.REJECTED)
    gone = [verdict(9, 500, 900), verdict(10, 600, 800, decision=Decision.REJECTED)]
    points = [good, bad, judged, refused]
    assert [m.key for m in moments(points, gone, sees_unconfirmed=False)] == ["v9", "p1", "p3"]
    everything = [m.key for m in moments(points, gone, sees_unconfirmed=True)]
    assert everything == ["v9", "p1", "p2", "p3", "p4"]


def test_a_moment_without_a_flag_shows_what_was_judged() -> None:
    kept = Moment(None, verdict(9))
    assert kept.is_kept
    assert kept.is_confirmed
    assert (kept.turn_index, kept.cause, kept.quote) == (None, "insistence", "il faut absolument")


stretches = st.tuples(st.integers(0, 30_000), st.integers(0, 20_000)).map(
    lambda pair: (pair[0], pair[0] + pair[1])
)
causes = st.sampled_from(CAUSES)
flags = st.lists(st.tuples(stretches, causes, st.integers(0, 1)), max_size=8).map(
    lambda rows: [
        flag(index, *bounds, cause=cause, channel=channel)
        for index, (bounds, cause, channel) in enumerate(rows, start=1)
    ]
)
verdicts = st.lists(st.tuples(stretches, causes, st.integers(0, 1)), max_size=8).map(
    lambda rows: [
        verdict(index, *bounds, cause=cause, channel=channel)
        for index, (bounds, cause, channel) in enumerate(rows, start=1)
    ]
)


@given(flags, verdicts)
def test_every_verdict_is_on_one_flag_or_alone_and_fits_where_it_is(
    points: list[TippingPoint], judged: list[Verdict]
) -> None:
    taken, alone = match(points, judged)
    placed = [item.id for item in taken.values()]
    assert sorted([*placed, *(item.id for item in alone)]) == [item.id for item in judged]
    by_id = {point.id: point for point in points}
    for point_id, item in taken.items():
        assert by_id[point_id].cause == item.cause
        assert is_same_moment(by_id[point_id], item)


@given(flags, verdicts)
def test_the_order_of_flags_and_verdicts_does_not_matter(
    points: list[TippingPoint], judged: list[Verdict]
) -> None:
    taken, _ = match(points, judged)
    turned, _ = match(points[::-1], judged[::-1])
    assert {p: v.id for p, v in taken.items()} == {p: v.id for p, v in turned.items()}


@given(flags)
def test_judging_every_flag_puts_each_verdict_on_its_own(points: list[TippingPoint]) -> None:
    apart = list({(p.start_ms, p.end_ms, p.cause, p.channel): p for p in points}.values())
    judged = [
        verdict(100 + p.id, p.start_ms, p.end_ms, cause=p.cause, channel=p.channel) for p in apart
    ]
    # A moment without length and one of one millisecond take the same time
    if any(p.end_ms - p.start_ms <= 1 for p in apart):
        return
    taken, alone = match(apart, judged)
    assert alone == []
    assert all(item.id == 100 + point_id for point_id, item in taken.items())


@given(stretches, stretches)
def test_likeness_is_mutual_and_complete_only_for_the_same_stretch(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    first, second = flag(1, *one), flag(2, *other)
    assert likeness(first, second) == likeness(second, first)
    assert 0 <= likeness(first, second) <= 1
    assert likeness(first, flag(3, *one)) == 1
    assert shared_ms(first, second) == shared_ms(second, first) >= 0
    found = same_among([first, second], flag(4, *one))
    assert found is not None
    assert is_same_moment(found, first)
    assert likeness(found, first) == 1, "none is more like it than one with its very bounds"
