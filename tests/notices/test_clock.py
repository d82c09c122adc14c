"""When an e-mail may leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from callcoach.notices.clock import after_quiet, is_quiet, next_at

PARIS = ZoneInfo("Europe/Paris")
minutes = st.integers(0, 1439)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
zones = st.sampled_from(
    [PARIS, ZoneInfo("Indian/Antananarivo"), ZoneInfo("Africa/Casablanca"), ZoneInfo("Asia/Manila")]
)


@given(moments, zones, minutes, minutes)
def test_what_leaves_never_leaves_in_quiet_hours_nor_more_than_a_day_late(
    moment: datetime, zone: ZoneInfo, quiet_from: int, quiet_to: int
) -> None:
    leaves = after_quiet(moment, zone, quiet_from, quiet_to)
    local = leaves.astimezone(zone)
    assert not is_quiet(local.hour * 60 + local.minute, quiet_from, quiet_to)
    assert moment <= leaves <= moment + timedelta(hours=25)


@given(moments, zones, minutes)
def test_the_next_time_of_day_comes_after_now_and_within_a_day(
    moment: datetime, zone: ZoneInfo, minute: int
) -> None:
    found = next_at(moment, zone, minute)
    assert moment < found <= moment + timedelta(hours=25)


def test_clocks_that_go_forward_or_back_do_not_lose_a_digest() -> None:
    before_spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert next_at(before_spring, PARIS, 8 * 60).astimezone(PARIS).hour == 8
    gap = next_at(datetime(2026, 3, 29, 0, tzinfo=UTC), PARIS, 2 * 60 + 30)  # 02:30 does not exist
    assert gap.astimezone(PARIS).strftime("%H:%M") in ("01:30", "03:30")
    autumn = next_at(datetime(2026, 10, 24, 12, tzinfo=UTC), PARIS, 8 * 60)
    assert autumn.astimezone(PARIS).strftime("%d %H:%M") == "25 08:00"


def test_the_same_time_twice_is_never_quiet() -> None:
    assert not any(is_quiet(minute, 600, 600) for minute in range(1440))
