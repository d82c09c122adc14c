"""From the end of a call to the agent's ear: a supervisor's own notes, for themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.session import current_viewer
from callcoach.coaching.access import judges
from callcoach.coaching.blueprint import bp
from callcoach.coaching.hearing import AIM, Spread, spread, steps
from callcoach.coaching.queries.hearing import my_ways
from callcoach.errors import NotFound
from callcoach.extensions import utc_now

#: Length of the drawn line, in its own units.
WIDTH = 600
_HOUR_MIN = 60
#: Up to here minutes are said as such: the aim is an hour, and said in minutes.
_SHORT_MIN = 90
_DAY_MIN = 24 * _HOUR_MIN


@dataclass(frozen=True, slots=True)
class Drawing:
    """Places on a line of `WIDTH`, which starts at the end of the call; none for what is not known
    yet. Every doubling of the time takes the same room: an hour and a day both show.
    """

    aim: int
    low: int | None
    median: int | None
    high: int | None


@bp.get("/home/time-to-ear")
def time_to_ear() -> ResponseReturnValue:
    """How long my notes of the last weeks took to be heard, and where the time went."""
    viewer = current_viewer()
    if not judges(viewer):
        raise NotFound("There is no such page.")
    ways = my_ways(viewer)
    found = spread(ways, utc_now())
    return render_template(
        "coaching/time_to_ear.html",
        found=found,
        drawing=_drawing(found),
        width=WIDTH,
        aim=in_words(AIM),
        median=in_words(found.median) if found.median is not None else "",
        low=in_words(found.low) if found.low is not None else "",
        high=in_words(found.high) if found.high is not None else "",
        is_within=found.median is not None and found.median <= AIM,
        steps=[
            (_labels()[step.name], in_words(step.median) if step.median is not None else "", step.n)
            for step in steps(ways)
        ],
    )


def in_words(time: timedelta) -> str:
    """A length of time as it is said: « 42 min », « 1 h 30 », « 2 jours »."""
    minutes = round(time.total_seconds() / 60)
    if minutes <= _SHORT_MIN:
        return str(_("%(count)s min", count=minutes))
    if minutes < 2 * _DAY_MIN:
        hours, rest = divmod(minutes, _HOUR_MIN)
        return str(_("%(hours)s h %(minutes)s", hours=hours, minutes=f"{rest:02d}"))
    days = round(minutes / _DAY_MIN)
    return str(ngettext("%(num)s day", "%(num)s days", days))


def _labels() -> dict[str, str]:
    return {
        "flagged": _("End of the call → flagged"),
        "sent": _("Flagged → note sent"),
        "opened": _("Note sent → opened"),
        "heard": _("Opened → heard"),
    }


def _drawing(found: Spread) -> Drawing:
    known = [time for time in (found.low, found.median, found.high) if time is not None]
    longest = max([*known, 4 * AIM])

    def place(time: timedelta | None) -> int | None:
        if time is None:
            return None
        share = _doublings(time) / _doublings(longest)
        return round(WIDTH * min(1.0, share))

    return Drawing(place(AIM) or 0, place(found.low), place(found.median), place(found.high))


def _doublings(time: timedelta) -> float:
    return math.log2(1 + time / timedelta(minutes=10))
