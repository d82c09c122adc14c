"""What the forms of planning say, as plain values."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from callcoach.debriefs.operations.planning import Plan, require_zone
from callcoach.debriefs.operations.series import Ritual
from callcoach.debriefs.ritual import moment_of
from callcoach.errors import InvalidInput
from callcoach.web.forms import day_of

Form = MultiDict[str, str]


def read_plan(form: Form, *, agent_id: int | None = None) -> Plan:
    """A debrief as it was filled in.

    Args:
        agent_id: of a one-to-one, with whom.

    Raises:
        InvalidInput: the day, the time or the zone is none.
    """
    zone = require_zone(form.get("timezone", ""))
    starts_at = moment_of(read_day(form, "day"), read_time(form, "time"), ZoneInfo(zone.key))
    return Plan(
        title=form.get("title", ""),
        team_ids=frozenset(form.getlist("team_ids", type=int)),
        starts_at=starts_at,
        minutes=form.get("minutes", 0, type=int),
        timezone=zone.key,
        place=form.get("place", ""),
        agent_id=agent_id,
    )


def read_ritual(form: Form) -> Ritual:
    """A series as it was filled in; raises as `read_plan`."""
    zone = require_zone(form.get("timezone", ""))
    return Ritual(
        title=form.get("title", ""),
        team_ids=frozenset(form.getlist("team_ids", type=int)),
        weekday=form.get("weekday", -1, type=int),
        starts_at_minute=read_time(form, "time"),
        minutes=form.get("minutes", 0, type=int),
        every_weeks=form.get("every_weeks", 0, type=int),
        timezone=zone.key,
        starts_on=read_day(form, "starts_on"),
        place=form.get("place", ""),
    )


def read_day(form: Form, name: str) -> date:
    """A day.

    Raises:
        InvalidInput: it is none.
    """
    try:
        day = date.fromisoformat(form.get(name, ""))
    except ValueError:
        raise InvalidInput("Choose a day.", field=name) from None
    # Far enough from either end of the calendar to be reckoned with in any zone
    if not 2000 <= day.year <= 2200:
        raise InvalidInput("Choose a day.", field=name)
    return day


def day_if_any(text: str, name: str) -> date | None:
    """A day that may be left out; None where nothing was written.

    Args:
        name: of the field.

    Raises:
        InvalidInput: something was written that is no day.
    """
    text = text.strip()
    if not text:
        return None
    day = day_of(text)
    if day is None:
        raise InvalidInput("Give the day as a date.", field=name)
    return day


def read_time(form: Form, name: str) -> int:
    """A time of day, as minutes after midnight.

    Raises:
        InvalidInput: it is none.
    """
    hours, separator, minutes = form.get(name, "").partition(":")
    if not (separator and hours.isdecimal() and minutes[:2].isdecimal()):
        raise InvalidInput("Write a time of day, such as 08:30.", field=name)
    minute = int(hours) * 60 + int(minutes[:2])
    if int(minutes[:2]) > 59 or minute >= 24 * 60:
        raise InvalidInput("Write a time of day, such as 08:30.", field=name)
    return minute


def fields_of(plan: Plan) -> Form:
    """A debrief as its form shows it."""
    local = plan.starts_at.astimezone(ZoneInfo(plan.timezone))
    return MultiDict(
        [
            ("title", plan.title),
            *(("team_ids", str(team_id)) for team_id in sorted(plan.team_ids)),
            ("agent_id", str(plan.agent_id or "")),
            ("day", local.date().isoformat()),
            ("time", _clock(local)),
            ("minutes", str(plan.minutes)),
            ("timezone", plan.timezone),
            ("place", plan.place),
        ]
    )


def fields_of_ritual(ritual: Ritual) -> Form:
    """A series as its form shows it."""
    hours, minutes = divmod(ritual.starts_at_minute, 60)
    return MultiDict(
        [
            ("title", ritual.title),
            *(("team_ids", str(team_id)) for team_id in sorted(ritual.team_ids)),
            ("weekday", str(ritual.weekday)),
            ("time", f"{hours:02}:{minutes:02}"),
            ("minutes", str(ritual.minutes)),
            ("every_weeks", str(ritual.every_weeks)),
            ("timezone", ritual.timezone),
            ("starts_on", ritual.starts_on.isoformat()),
            ("place", ritual.place),
        ]
    )


def _clock(moment: datetime) -> str:
    return moment.strftime("%H:%M")
