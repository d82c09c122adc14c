"""When something is said to rise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.field_reports.rising import LEAST_CALLS, Count, rising

_pairs = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 160), st.integers(0, 160)).map(
        lambda n: (Count(min(n[0], n[1]), n[1]), Count(min(n[2], n[3]), n[3]))
    ),
    max_size=30,
)


def test_what_is_surely_said_more_often_rises_and_what_is_not_does_not() -> None:
    pairs = [
        (Count(8, 20), Count(4, 80)),
        (Count(2, 20), Count(8, 80)),
        (Count(2, 2), Count(0, 80)),  # sure, and two people
        (Count(0, 20), Count(60, 80)),
    ]
    assert rising(pairs) == [True, False, False, False]
    assert rising([]) == []


def test_without_weeks_before_nothing_rises() -> None:
    assert rising([(Count(9, 9), Count(0, 0))]) == [False]


def test_looking_at_more_subjects_asks_for_more() -> None:
    lone = (Count(5, 20), Count(6, 80))
    assert rising([lone]) == [True]
    assert rising([lone, *[(Count(1, 20), Count(4, 80))] * 25])[0] is False


@given(_pairs)
def test_any_counts_are_answered_each(pairs: list[tuple[Count, Count]]) -> None:
    answers = rising(pairs)
    assert len(answers) == len(pairs)
    assert all(
        pair[0].count >= LEAST_CALLS for pair, answer in zip(pairs, answers, strict=True) if answer
    )


def test_a_count_has_a_share_and_an_interval() -> None:
    assert Count(1, 4).share == pytest.approx(0.25)
    low, high = Count(1, 4).interval
    assert low < 0.25 < high
    assert Count(0, 0).share is None
