"""How steadily debriefs are held: of a team or of a ritual, never of a person. Pure.

Shown as regularity over months: what was held, what was skipped with a reason, and what was planned
and nobody said what became of it. No streak and no score: one that falls away is no failure to hide.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

#: Half a year: long enough to see a rhythm.
MONTHS = 6


class Outcome(StrEnum):
    """What became of one that was planned."""

    HELD = "held"
    SKIPPED = "skipped"
    #: Its time has passed, and it neither began nor was skipped.
    UNSAID = "unsaid"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class Session:
    """One debrief.

    Args:
        at: aware moment at which it took place, or was to.
    """

    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Month:
    """What became of the debriefs of one calendar month.

    Args:
        first: its first day.
        outcomes: of what lies in it and not ahead, in order of time.
    """

    first: date
    outcomes: tuple[Outcome, ...] = ()

    @property
    def held(self) -> int:
        return self.outcomes.count(Outcome.HELD)

    @property
    def planned(self) -> int:
        return len(self.outcomes)


@dataclass(frozen=True, slots=True)
class Constancy:
    """How steadily they were held.

    Args:
        held, skipped, unsaid: over the months that are shown.
        last_held_at: the last one ever held; None when none was.
        days_since: whole calendar days since then; None when none was.
        months: oldest first, without gaps, the present one last.
    """

    held: int
    skipped: int
    unsaid: int
    last_held_at: datetime | None
    days_since: int | None
    months: tuple[Month, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing to show yet."""
        return self.last_held_at is None and not any(month.outcomes for month in self.months)


def constancy_of(
    sessions: Iterable[Session], now: datetime, zone: tzinfo, months: int = MONTHS
) -> Constancy:
    """How steadily sessions were held, until now.

    Args:
        sessions: in any order; what is coming does not count.
        now: aware.
        zone: whose calendar the months and days are of.
        months: how many are shown, the present one included; at least 1.

    Returns:
        Zeros and empty months for no sessions.
    """
    past = sorted(
        (item for item in sessions if item.outcome is not Outcome.COMING),
        key=lambda item: (item.at, item.outcome),
    )
    today = now.astimezone(zone).date()
    firsts = _months_until(today, months)
    found: dict[date, list[Outcome]] = {first: [] for first in firsts}
    for item in past:
        first = item.at.astimezone(zone).date().replace(day=1)
        if first in found:
            found[first].append(item.outcome)
    shown = tuple(Month(first, tuple(found[first])) for first in firsts)
    outcomes = [outcome for month in shown for outcome in month.outcomes]
    last = max((item.at for item in past if item.outcome is Outcome.HELD), default=None)
    since = max((today - last.astimezone(zone).date()).days, 0) if last is not None else None
    return Constancy(
        held=outcomes.count(Outcome.HELD),
        skipped=outcomes.count(Outcome.SKIPPED),
        unsaid=outcomes.count(Outcome.UNSAID),
        last_held_at=last,
        days_since=since,
        months=shown,
    )


def _months_until(today: date, count: int) -> list[date]:
    """First days of the last `count` months, the present one last.

    >>> _months_until(date(2026, 1, 31), 2)
    [datetime.date(2025, 12, 1), datetime.date(2026, 1, 1)]
    """
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - count + 1, number + 1)]
