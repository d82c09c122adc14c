"""When somebody may be told by e-mail. Pure: no database, no request."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Several things within this time leave as one e-mail.
GATHER = timedelta(minutes=2)
DAY_MINUTES = 24 * 60


def is_quiet(minute: int, quiet_from: int, quiet_to: int) -> bool:
    """Whether a minute of the day lies in the quiet hours, which may run over midnight.

    >>> is_quiet(23 * 60, 19 * 60, 8 * 60), is_quiet(12 * 60, 19 * 60, 8 * 60)
    (True, False)
    """
    if quiet_from == quiet_to:
        return False
    if quiet_from < quiet_to:
        return quiet_from <= minute < quiet_to
    return minute >= quiet_from or minute < quiet_to


def after_quiet(moment: datetime, zone: ZoneInfo, quiet_from: int, quiet_to: int) -> datetime:
    """`moment`, or the end of the quiet hours that it lies in.

    Args:
        moment: aware.
        zone: the person's.
        quiet_from, quiet_to: minutes after local midnight.

    Returns:
        An aware moment, not before `moment`.
    """
    local = moment.astimezone(zone)
    if not is_quiet(local.hour * 60 + local.minute, quiet_from, quiet_to):
        return moment
    return next_at(moment, zone, quiet_to)


def next_at(moment: datetime, zone: ZoneInfo, minute: int) -> datetime:
    """The first time after `moment` at which local clocks show this minute of the day.

    On the day clocks go forward a minute that does not exist is the one an hour later.
    """
    local = moment.astimezone(zone)
    day = local.date()
    for ahead in range(3):
        wall = datetime.combine(
            day + timedelta(days=ahead), time(minute // 60, minute % 60), tzinfo=zone
        )
        found = wall.astimezone(moment.tzinfo)
        if found > moment:
            return found
    raise AssertionError("a day has a next one")
