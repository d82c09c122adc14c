"""In which order the feed serves what waits."""

from __future__ import annotations

from datetime import UTC, date, datetime

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.coaching.feed_order import IN_A_ROW, Shift, Waiting, in_order, shift_of
from callcoach.coaching.queries.feed import FeedFilters, _listenable, _point_statement
from callcoach.extensions import db, utc_now

MORNING = Shift(date(2026, 9, 14), is_afternoon=False)
AFTERNOON = Shift(date(2026, 9, 14), is_afternoon=True)
NEXT_DAY = Shift(date(2026, 9, 15), is_afternoon=False)


def flag(number: int, call: int, weight: float = 1.0, shift: Shift = MORNING) -> Waiting:
    return Waiting(call_id=call, shift=shift, point_id=number, weight=weight)


def request(number: int, call: int, shift: Shift = MORNING) -> Waiting:
    return Waiting(call_id=call, shift=shift, request_id=number)


def test_a_shift_is_half_a_day_by_the_teams_own_clock() -> None:
    half_past_ten = datetime(2026, 9, 14, 10, 30, tzinfo=UTC)
    assert shift_of(half_past_ten, "Europe/Paris") == MORNING  # 12 h 30 there
    assert shift_of(half_past_ten, "Indian/Antananarivo") == AFTERNOON  # 13 h 30 there
    late = datetime(2026, 9, 14, 22, 30, tzinfo=UTC)
    assert shift_of(late, "Indian/Antananarivo") == NEXT_DAY


def test_requests_come_first_however_old_they_are() -> None:
    asked = request(1, call=1, shift=MORNING)
    found = in_order([flag(1, 2, weight=3.0, shift=NEXT_DAY), asked])
    assert found[0] is asked


def test_the_newest_shift_comes_first_and_in_it_the_strongest() -> None:
    weak, strong = flag(1, 1, 0.5, AFTERNOON), flag(2, 2, 2.5, AFTERNOON)
    older, newer = flag(3, 3, 9.0, MORNING), flag(4, 4, 0.1, NEXT_DAY)
    assert in_order([weak, strong, older, newer]) == [newer, strong, weak, older]


def test_a_call_steps_back_after_two_in_a_row_while_another_waits() -> None:
    same = [flag(number, call=1, weight=3.0) for number in (1, 2, 3)]
    other = flag(4, call=2, weight=0.5)
    assert [item.point_id for item in in_order([*same, other])] == [1, 2, 4, 3]


def test_what_was_served_before_counts_too() -> None:
    same, other = flag(1, call=1, weight=3.0), flag(2, call=2, weight=0.5)
    assert in_order([same, other], recent=[1, 1])[0] is other
    assert in_order([same, other], recent=[1, 2])[0] is same


SHIFTS = st.sampled_from([MORNING, AFTERNOON, NEXT_DAY])
FOUND = st.lists(
    st.tuples(st.booleans(), st.integers(1, 4), st.floats(0, 3), SHIFTS), max_size=30
).map(
    lambda rows: [
        request(number, call, shift) if asked else flag(number, call, weight, shift)
        for number, (asked, call, weight, shift) in enumerate(rows, start=1)
    ]
)


@given(FOUND, st.lists(st.integers(1, 4), max_size=IN_A_ROW))
def test_everything_is_served_once_and_no_call_three_times_running_without_need(
    found: list[Waiting], recent: list[int]
) -> None:
    ordered = in_order(found, recent)
    assert sorted(map(id, ordered)) == sorted(map(id, found))
    groups = [(item.is_request, item.shift) for item in ordered]
    assert groups == sorted(
        groups,
        key=lambda group: (not group[0], -group[1].day.toordinal(), not group[1].is_afternoon),
    )
    served = list(recent)
    for place, item in enumerate(ordered):
        if served[-IN_A_ROW:] == [item.call_id] * IN_A_ROW:
            later = ordered[place:]
            others = [
                each
                for each in later
                if (each.is_request, each.shift) == groups[place] and each.call_id != item.call_id
            ]
            assert not others, "another call of the same shift was waiting"
        served.append(item.call_id)


def test_no_flag_costs_a_look_at_every_call(app: Flask) -> None:
    """SQLite's plan, as with thousands of calls: each flag finds its call by number."""
    engine = create_engine("sqlite://")
    db.metadata.create_all(engine)
    viewer = Viewer(1, Role.SUPERVISOR, frozenset({1}))
    with app.app_context():
        statement = _point_statement(_listenable(viewer, FeedFilters()), utc_now())
    asked = statement.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
    with engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
    assert any("calls" in line for line in plan)
    assert "SCAN calls" not in plan
