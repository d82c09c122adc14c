"""In which order the feed serves what waits. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

#: A shift is the morning or the afternoon of the team's own day: floors that call France stop for
#: lunch towards this hour, and a supervisor gives one debrief for each half.
AFTERNOON_FROM_H = 13
#: At most this many moments of one call follow each other while another call waits: a third one
#: would be a review of that call, which the desk does better.
IN_A_ROW = 2


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A half of a team's day; a later one is greater."""

    day: date
    is_afternoon: bool


def shift_of(started_at: datetime, timezone: str) -> Shift:
    """The shift of a call, by the clock of the team that made it.

    >>> from datetime import UTC
    >>> shift_of(datetime(2026, 9, 14, 10, 30, tzinfo=UTC), "Indian/Antananarivo").is_afternoon
    True
    """
    local = started_at.astimezone(ZoneInfo(timezone))
    return Shift(local.date(), local.hour >= AFTERNOON_FROM_H)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to serve: a flag (`point_id`) or a request (`request_id`); the other is 0.

    Args:
        weight: how strong a flag is, severity × confidence; 0 for a request.
        channel, start_ms, end_ms: the moment; None for a request about a whole call.
    """

    call_id: int
    shift: Shift
    point_id: int = 0
    request_id: int = 0
    weight: float = 0.0
    channel: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    cause: str = ""

    @property
    def is_request(self) -> bool:
        return self.request_id > 0


def in_order(found: Iterable[Waiting], recent: Sequence[int] = ()) -> list[Waiting]:
    """Requests first, then flags; the newest shift first within both. In a shift the oldest
    request comes first and the strongest flag does, but no call `IN_A_ROW` times running and once
    more while another call of the shift waits.

    Args:
        recent: the calls of what the viewer was served last, oldest first.
    """

    def rank(item: Waiting) -> tuple[bool, int, bool, float, int]:
        return (
            not item.is_request,
            -item.shift.day.toordinal(),
            not item.shift.is_afternoon,
            -item.weight,
            item.request_id or item.point_id,
        )

    served = list(recent)
    ordered: list[Waiting] = []
    for _shift, group in groupby(
        sorted(found, key=rank), key=lambda item: (item.is_request, item.shift)
    ):
        left = list(group)
        while left:
            tired = _tired_call(served)
            chosen = next((item for item in left if item.call_id != tired), left[0])
            left.remove(chosen)
            served.append(chosen.call_id)
            ordered.append(chosen)
    return ordered


def _tired_call(served: Sequence[int]) -> int | None:
    """The call that was served `IN_A_ROW` times running; None without one."""
    last = set(served[-IN_A_ROW:])
    return last.pop() if len(served) >= IN_A_ROW and len(last) == 1 else None
