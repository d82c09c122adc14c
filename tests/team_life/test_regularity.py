"""How regular effort is, and which follow-ups were kept: pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from callcoach.team_life.regularity import (
    Dial,
    Level,
    followed_weeks,
    kept_of,
    mondays,
    promises_of,
    weeks_of,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ZONE = ZoneInfo("Indian/Antananarivo")


def _dial(days_ago: float, whom: str = "+33611", *, back: bool = False) -> Dial:
    at = NOW - timedelta(days=days_ago)
    return Dial(at, frozenset(name for name in whom.split("|") if name), back)


def test_weeks_say_on_how_many_days_and_not_how_much():
    starts = mondays(NOW.date(), 3)
    assert starts == [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]
    fifty_in_one_day = [datetime(2026, 11, 3, 8, minute, tzinfo=UTC) for minute in range(50)]
    three_days = [datetime(2026, 11, day, 8, tzinfo=UTC) for day in (9, 11, 13)]
    # 22:30 UTC on Sunday is Monday in Antananarivo
    late = [datetime(2026, 11, 15, 22, 30, tzinfo=UTC)]
    before = [datetime(2026, 10, 1, tzinfo=UTC)]
    weeks = weeks_of([*fifty_in_one_day, *three_days, *late, *before], starts, ZONE)
    assert [week.level for week in weeks] == [Level.SOME, Level.MOST, Level.SOME]


def test_a_follow_up_is_kept_by_number_or_company_within_fourteen_days():
    promises = promises_of(
        [
            _dial(60, "+33611|vallier", back=True),
            _dial(50, "+33699|vallier"),  # the same company, ten days later
            _dial(49, "+33622", back=True),
            _dial(34, "+33622"),  # fifteen days later: too late
            _dial(33, "+33633", back=True),  # nobody was called again
            _dial(5, "+33644", back=True),  # still in time
            _dial(40, "", back=True),  # it is not known whom to call
        ],
        NOW,
    )
    assert [promise.is_kept for promise in promises] == [True, False, False, None]
    kept = kept_of(promises)
    assert (kept.count, kept.total) == (1, 3)
    assert kept.interval[0] < 1 / 3 < kept.interval[1]


def test_a_promise_renewed_is_kept_by_the_call_that_renews_it():
    promises = promises_of([_dial(20, back=True), _dial(10, back=True)], NOW)
    assert [promise.is_kept for promise in promises] == [True, None]


def test_weeks_of_follow_ups_are_full_where_all_were_kept():
    promises = promises_of(
        [
            _dial(30, "a", back=True),
            _dial(29, "a"),
            _dial(22, "b", back=True),
            _dial(22, "c", back=True),
            _dial(21, "c"),
        ],
        NOW,
    )
    weeks = followed_weeks(promises, mondays(NOW.date(), 6), ZONE)
    assert [week.level.name for week in weeks if week.level] == ["MOST", "SOME"]
    assert followed_weeks([], mondays(NOW.date(), 2), ZONE)[0].level is Level.NONE
