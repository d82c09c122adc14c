"""Lots are fair and always the same; a day's plan holds five minutes and lets nothing overtake."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chisquare

from callcoach.learning import drawing
from callcoach.learning.check_queries import KINDS

CALLS = 20_000


@dataclass(frozen=True)
class Item:
    number: int
    kind: str
    length_ms: int


def test_lots_are_spread_evenly_over_calls_that_come_one_after_the_other() -> None:
    bins = [0] * 20
    for call_id in range(1, CALLS + 1):
        bins[int(20 * drawing.lot("blind", 3, call_id))] += 1
    assert chisquare(bins).pvalue > 0.01


def test_one_call_in_twenty_is_marked_blind_and_one_of_ten_of_them_twice() -> None:
    holders = [drawing.blind_holders(3, call_id) for call_id in range(1, CALLS + 1)]
    drawn = sum(count > 0 for count in holders)
    assert binomtest(drawn, CALLS, 1 / 20).pvalue > 0.01
    assert binomtest(holders.count(2), drawn, 1 / 10).pvalue > 0.01


def test_the_lot_of_a_call_says_nothing_of_its_neighbour_in_another_campaign() -> None:
    both = sum(
        drawing.blind_holders(1, call_id) > 0 and drawing.blind_holders(2, call_id) > 0
        for call_id in range(1, CALLS + 1)
    )
    assert binomtest(both, CALLS, 1 / 400).pvalue > 0.01


def test_one_flag_in_ten_and_one_verdict_in_ten_are_drawn() -> None:
    flags = sum(drawing.explores(1, call_id, "monologue", 12_000) for call_id in range(CALLS))
    verdicts = sum(drawing.seconds(1, verdict_id) for verdict_id in range(CALLS))
    assert binomtest(flags, CALLS, 1 / 10).pvalue > 0.01
    assert binomtest(verdicts, CALLS, 1 / 10).pvalue > 0.01


def test_the_same_calls_are_drawn_on_every_machine() -> None:
    assert [call_id for call_id in range(1, 101) if drawing.blind_holders(1, call_id)] == DRAWN


def test_a_flag_that_a_new_analysis_moves_by_words_keeps_its_lot() -> None:
    moved = [drawing.explores(1, 7, "rushed", start_ms) for start_ms in range(20_000, 30_000, 500)]
    assert len(set(moved)) == 1


@st.composite
def _waiting(draw: st.DrawFn) -> list[Item]:
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=30))
    lengths = st.integers(1, drawing.DAY_MS)
    return [Item(number, kind, draw(lengths)) for number, kind in enumerate(kinds)]


HEARD = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 10**7))
LEFT = st.integers(0, drawing.DAY_MS)


@given(_waiting(), HEARD, LEFT)
def test_a_plan_never_takes_longer_than_the_day_has_left(
    waiting: list[Item], heard: dict[str, int], left_ms: int
) -> None:
    plan = drawing.plan(waiting, KINDS, heard, left_ms)
    assert sum(item.length_ms for item in plan) <= left_ms
    assert len({item.number for item in plan}) == len(plan)
    for kind in KINDS:
        own = [item for item in waiting if item.kind == kind]
        mine = [item for item in plan if item.kind == kind]
        assert mine == own[: len(mine)], "a shorter one has overtaken a longer one"


@given(_waiting(), HEARD, LEFT)
def test_what_is_left_of_a_plan_stays_as_it_was_announced(
    waiting: list[Item], heard: dict[str, int], left_ms: int
) -> None:
    plan = drawing.plan(waiting, KINDS, heard, left_ms)
    if not plan:
        return
    first = plan[0]
    heard = {**heard, first.kind: heard.get(first.kind, 0) + first.length_ms}
    rest = [item for item in waiting if item != first]
    assert drawing.plan(rest, KINDS, heard, left_ms - first.length_ms) == plan[1:]


def test_each_kind_gets_the_same_time_in_the_long_run() -> None:
    heard = dict.fromkeys(KINDS, 0)
    lengths = {"blind": 200_000, "second": 20_000, "explore": 20_000}
    for _day in range(60):
        waiting = [Item(i, kind, lengths[kind]) for i, kind in enumerate(KINDS * 20)]
        for item in drawing.plan(waiting, KINDS, heard, drawing.DAY_MS):
            heard[item.kind] += item.length_ms
    assert max(heard.values()) - min(heard.values()) <= drawing.DAY_MS


def test_a_call_of_five_minutes_has_a_day_of_its_own() -> None:
    waiting = [Item(0, "second", 20_000), Item(1, "blind", drawing.BLIND_MS)]
    assert [item.kind for item in drawing.plan(waiting, KINDS, {}, drawing.DAY_MS)] == ["blind"]


#: Of the first hundred calls of the first campaign; written down so that no change of the lots
#: goes unnoticed: it would draw calls anew.
DRAWN = [7, 9, 36, 42, 80]
