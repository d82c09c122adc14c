"""How long it takes from the end of a call until its agent has heard what was noted. Pure.

Counted over one supervisor's own notes and shown to them alone; never per agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: What is aimed at: a correction helps while the call is still in the agent's ear. Half of the
#: notes within it is the aim, not each of them.
AIM = timedelta(minutes=60)
#: Steps on the way, each between two of `Way`'s times.
STEPS = ("flagged", "sent", "opened", "heard")
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Way:
    """One note's way; a time is None while it has not come.

    Args:
        ended_at: end of the call.
        flagged_at: when the call was first analysed.
        sent_at: when the note was sent.
        opened_at: when the agent first had it before them.
        heard_at: when they first played it; where nothing is played, when they read it.
    """

    ended_at: datetime
    flagged_at: datetime | None
    sent_at: datetime
    opened_at: datetime | None
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and middle half; a bound is None where too few have been heard to say it.

    `n` counts all, `waiting` those of them that have not been heard yet.
    """

    n: int
    waiting: int
    low: timedelta | None
    median: timedelta | None
    high: timedelta | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its median over the `n` notes that have taken it; None for none."""

    name: str
    n: int
    median: timedelta | None


def spread(ways: Sequence[Way], now: datetime) -> Spread:
    """From the end of the call to the ear.

    Notes that wait count with the time they have waited so far (Kaplan and Meier, 1958): leaving
    them out would make the slow ones vanish.
    """
    times = [
        (max(timedelta(), (way.heard_at or now) - way.ended_at), way.heard_at is not None)
        for way in ways
    ]
    low, median, high = (_quantile(times, share) for share in (0.25, 0.5, 0.75))
    return Spread(len(ways), sum(not is_heard for _, is_heard in times), low, median, high)


def steps(ways: Sequence[Way]) -> list[Step]:
    """Where the time goes: the median of each step over the notes that have taken it."""
    return [
        _step("flagged", ((way.ended_at, way.flagged_at) for way in ways)),
        _step("sent", ((way.flagged_at, way.sent_at) for way in ways)),
        _step("opened", ((way.sent_at, way.opened_at) for way in ways)),
        _step("heard", ((way.opened_at, way.heard_at) for way in ways)),
    ]


def _step(name: str, ends: Iterable[tuple[datetime | None, datetime | None]]) -> Step:
    times = sorted(
        max(timedelta(), after - before)
        for before, after in ends
        if before is not None and after is not None
    )
    if not times:
        return Step(name, 0, None)
    middle = len(times) // 2
    is_even = len(times) % 2 == 0
    median = (times[middle - 1] + times[middle]) / 2 if is_even else times[middle]
    return Step(name, len(times), median)


def _quantile(times: Sequence[tuple[timedelta, bool]], share: float) -> timedelta | None:
    """The time by which `share` have been heard; None when that has not come."""
    at_risk = len(times)
    waiting = 1.0
    for time in sorted({time for time, is_heard in times if is_heard}):
        before = sum(other < time for other, _ in times)
        heard = sum(other == time and is_heard for other, is_heard in times)
        waiting *= 1 - heard / (at_risk - before)
        if 1 - waiting >= share - _ROUNDING:
            return time
    return None
