"""How regular a team's effort is, week by week. Pure: no database, no request.

A week tells on how many of its days something was done, and never how much or by whom: what counts
in prospecting is that it is done again and again, and amounts would make a contest of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from callcoach.analysis.proportions import wilson

#: Weeks that the page shows: half a year.
WEEKS = 26
#: Days of a week from which it was done "most days": more than half of five working days.
MOST_DAYS = 3
#: How long after a call that ended with "call me back" the next one is a follow-up kept.
FOLLOWED_WITHIN = timedelta(days=14)


class Level(IntEnum):
    """How much of a week."""

    NONE = 0
    SOME = 1
    MOST = 2


@dataclass(frozen=True, slots=True)
class Week:
    """A week, Monday to Sunday, of the team's own calendar."""

    starts_on: date
    level: Level


@dataclass(frozen=True, slots=True)
class Dial:
    """A call, as far as following up is concerned.

    Args:
        whom: what tells whom it was made to: the telephone number, the company; empty when
            neither is known.
        asks_back: it ended with a call to come.
    """

    at: datetime
    whom: frozenset[str]
    asks_back: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """A follow-up that was promised; `is_kept` is None while there is still time for it."""

    at: datetime
    is_kept: bool | None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many promised follow-ups were kept, of those whose time is over or that were kept."""

    count: int
    total: int

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share, at 90 %; 0 to 1 without any."""
        return wilson(self.count, self.total)


def mondays(today: date, count: int = WEEKS) -> list[date]:
    """The first days of the last weeks, the present one last."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(count))]


def weeks_of(moments: Iterable[datetime], starts: Sequence[date], zone: ZoneInfo) -> list[Week]:
    """Weeks with how many of their days there was something; moments outside them are passed over.

    >>> start = date(2026, 3, 2)
    >>> days = [datetime(2026, 3, day, 12, tzinfo=ZoneInfo("UTC")) for day in (2, 2, 4, 6)]
    >>> weeks_of(days, [start], ZoneInfo("UTC"))[0].level.name
    'MOST'
    """
    days = {moment.astimezone(zone).date() for moment in moments}
    on: dict[date, int] = {}
    for day in days:
        monday = day - timedelta(days=day.weekday())
        on[monday] = on.get(monday, 0) + 1
    return [Week(start, _level(on.get(start, 0))) for start in starts]


def promises_of(dials: Iterable[Dial], now: datetime) -> list[Promise]:
    """Which follow-ups were promised, by time, and whether they were kept.

    A call without a telephone number and a company promises nothing that could be followed.
    """
    ordered = sorted(dials, key=lambda dial: dial.at)
    next_at: dict[str, datetime] = {}
    found: list[Promise] = []
    for dial in reversed(ordered):
        if dial.asks_back and dial.whom:
            later = [next_at[name] for name in dial.whom if name in next_at]
            due_at = dial.at + FOLLOWED_WITHIN
            is_kept = True if later and min(later) <= due_at else (None if now < due_at else False)
            found.append(Promise(dial.at, is_kept))
        next_at.update(dict.fromkeys(dial.whom, dial.at))
    return found[::-1]


def kept_of(promises: Iterable[Promise]) -> Kept:
    """Count them; those that still have time are neither kept nor broken."""
    over = [promise.is_kept for promise in promises if promise.is_kept is not None]
    return Kept(sum(over), len(over))


def followed_weeks(
    promises: Iterable[Promise], starts: Sequence[date], zone: ZoneInfo
) -> list[Week]:
    """Weeks by what was promised in them: all kept, some, or none; none promised is none."""
    of_week: dict[date, list[bool]] = {}
    for promise in promises:
        if promise.is_kept is not None:
            day = promise.at.astimezone(zone).date()
            of_week.setdefault(day - timedelta(days=day.weekday()), []).append(promise.is_kept)
    return [Week(start, _share_level(of_week.get(start, []))) for start in starts]


def _share_level(kept: Sequence[bool]) -> Level:
    if not any(kept):
        return Level.NONE
    return Level.MOST if all(kept) else Level.SOME


def _level(days: int) -> Level:
    if days == 0:
        return Level.NONE
    return Level.MOST if days >= MOST_DAYS else Level.SOME
