"""When a ritual takes place: its days, and the moments at which it begins. Pure.

Weeks begin on Monday. A ritual every so many weeks counts them from the week in which it starts.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

_WEEK = timedelta(weeks=1)


class Rhythm(Protocol):
    """What its days depend on."""

    @property
    def weekday(self) -> int: ...

    @property
    def every_weeks(self) -> int: ...

    @property
    def starts_on(self) -> date: ...


def week_of(day: date) -> date:
    """The Monday of a day's week.

    >>> week_of(date(2026, 11, 22))
    datetime.date(2026, 11, 16)
    """
    return day - timedelta(days=day.weekday())


def day_in_week(rhythm: Rhythm, week: date) -> date | None:
    """The day of the ritual in the week that begins on this Monday; None when it has none there."""
    weeks = (week - week_of(rhythm.starts_on)).days // 7
    day = week + timedelta(days=rhythm.weekday)
    if weeks < 0 or weeks % rhythm.every_weeks or day < rhythm.starts_on:
        return None
    return day


def days_between(rhythm: Rhythm, first: date, last: date) -> list[date]:
    """Days of the ritual from `first` to `last`, both included, in order."""
    found = []
    week = week_of(first)
    while week <= last:
        day = day_in_week(rhythm, week)
        if day is not None and first <= day <= last:
            found.append(day)
        week += _WEEK
    return found


def moment_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """When local clocks show this minute of the day, whether or not they were changed since.

    A minute that is left out on the day clocks go forward is the one an hour later; of one that
    comes twice it is the first.

    Args:
        minute: after local midnight, 0 to 1439.

    >>> moment_of(date(2026, 10, 23), 16 * 60, ZoneInfo("Europe/Paris")).isoformat()
    '2026-10-23T14:00:00+00:00'
    >>> moment_of(date(2026, 10, 30), 16 * 60, ZoneInfo("Europe/Paris")).isoformat()
    '2026-10-30T15:00:00+00:00'
    """
    wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone)
    return wall.astimezone(ZoneInfo("UTC"))
