"""Planned debriefs and rituals as their pages show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from flask import url_for
from flask_babel import get_locale, get_timezone, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.constancy import Constancy, Outcome, constancy_of
from callcoach.debriefs.forms import Form
from callcoach.debriefs.models import Debrief, DebriefSeries, DebriefState
from callcoach.debriefs.queries.planned import LATE, overlapping
from callcoach.debriefs.queries.series import sessions_of
from callcoach.extensions import utc_now
from callcoach.web.filters import local_date, local_time
from callcoach.web.i18n import DEFAULT_TIMEZONE

#: What became of one, beside its mark: never colour alone.
OUTCOMES = {
    Outcome.HELD: ("●", _l("took place")),
    Outcome.SKIPPED: ("○", _l("skipped")),
    Outcome.UNSAID: ("?", _l("nobody said what became of it")),
}
_STALE_FIELDS = {
    "title": _l("Title"),
    "team_ids": _l("Teams"),
    "weekday": _l("Day of the week"),
    "day": _l("Day"),
    "time": _l("Time"),
    "timezone": _l("Clock of"),
    "minutes": _l("Length in minutes"),
    "every_weeks": _l("How often"),
    "starts_on": _l("From"),
    "place": _l("Where"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One debrief of the list.

    Args:
        whom: its teams, or the agent of a one-to-one.
        there: its time by the clock it was planned in, where that is not the reader's; or "".
        items, items_minutes: of its agenda.
        clashes: what takes place at the same time with the same people.
        is_past: its time has passed.
        is_overdue: and nobody said what became of it.
    """

    debrief: Debrief
    whom: str
    ends_at: datetime
    there: str
    items: int
    items_minutes: int
    clashes: Sequence[str]
    is_past: bool
    is_overdue: bool
    is_empty: bool

    @property
    def is_running(self) -> bool:
        return self.debrief.state == DebriefState.RUNNING

    @property
    def is_planned(self) -> bool:
        return self.debrief.state == DebriefState.PLANNED


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """One ritual of the list."""

    series: DebriefSeries
    teams: str
    rhythm: str
    constancy: Constancy
    next_at: datetime | None


def card(viewer: Viewer, debrief: Debrief, agenda: tuple[int, int] = (0, 0)) -> Card:
    """One debrief; `agenda`: its items and their minutes."""
    is_planned = debrief.state == DebriefState.PLANNED
    is_past = debrief.starts_at + LATE < utc_now()
    return Card(
        debrief=debrief,
        whom=whom(debrief),
        ends_at=debrief.starts_at + timedelta(minutes=debrief.minutes),
        there=_there(debrief),
        items=agenda[0],
        items_minutes=agenda[1],
        clashes=clashes(viewer, debrief) if is_planned else (),
        is_past=is_past,
        is_overdue=is_planned and is_past,
        is_empty=is_planned and not agenda[0],
    )


def whom(debrief: Debrief) -> str:
    """The agent of a one-to-one, or the teams by name."""
    if debrief.agent is not None:
        return debrief.agent.name
    return team_names(row.team for row in debrief.teams)


def team_names(teams: object) -> str:
    """Names of teams in reading order."""
    return ", ".join(sorted(team.name for team in teams))  # type: ignore[attr-defined]


def clashes(viewer: Viewer, debrief: Debrief) -> list[str]:
    """What takes place at the same time; of what is not the viewer's only when."""
    found = overlapping(
        team_ids=debrief.team_ids,
        agent_id=debrief.agent_id,
        host_id=debrief.host_id,
        starts_at=debrief.starts_at,
        minutes=debrief.minutes,
        but_id=debrief.id,
    )
    return [_clash(viewer, other) for other in found]


def series_card(
    series: DebriefSeries, debriefs: Sequence[Debrief], next_at: datetime | None
) -> SeriesCard:
    """One ritual with how steadily it is kept."""
    return SeriesCard(
        series=series,
        teams=team_names(row.team for row in series.teams),
        rhythm=rhythm(series),
        constancy=constancy_of(sessions_of(debriefs), utc_now(), ZoneInfo(series.timezone)),
        next_at=next_at,
    )


def rhythm(series: DebriefSeries) -> str:
    """« Tous les vendredis à 16 h 00 »."""
    day = weekday_name(series.weekday)
    local = datetime(2000, 1, 1, *divmod(series.starts_at_minute, 60), tzinfo=ZoneInfo("UTC"))
    clock = local_time(local, ZoneInfo("UTC"))
    if series.every_weeks == 1:
        said = _("Every %(day)s at %(time)s", day=day, time=clock)
    else:
        said = ngettext(
            "Every %(num)s weeks, on %(day)s at %(time)s",
            "Every %(num)s weeks, on %(day)s at %(time)s",
            series.every_weeks,
            day=day,
            time=clock,
        )
    zone = get_timezone()
    same = zone is not None and str(zone) == series.timezone
    return said if same else f"{said} ({zone_name(series.timezone)})"


def weekday_name(weekday: int) -> str:
    """« vendredi »; 0 is Monday."""
    names: Mapping[int, str] = dates.get_day_names("wide", locale=get_locale() or "fr")
    return names[weekday]


def weekday_choices() -> list[tuple[int, str]]:
    """The days of the week."""
    return [(weekday, weekday_name(weekday)) for weekday in range(7)]


def zone_name(zone: str) -> str:
    """« Antananarivo »: the city whose clock it is."""
    city: str = dates.get_timezone_location(zone, locale=get_locale() or "fr", return_city=True)
    return city


def zone_choices(teams: Collection[Team], chosen: str) -> list[tuple[str, str]]:
    """Clocks to choose from: the reader's, those of the teams' sites, and the chosen one."""
    here = str(get_timezone() or DEFAULT_TIMEZONE)
    zones = dict.fromkeys([here, DEFAULT_TIMEZONE, *sorted({t.timezone for t in teams}), chosen])
    return [(zone, zone_name(zone)) for zone in zones if zone]


def month_name(first: date) -> str:
    """« nov. »."""
    name: str = dates.format_date(first, "LLL", locale=get_locale() or "fr")
    return name


def both(theirs: Form, mine: Form, teams: Collection[Team]) -> list[tuple[str, str, str]]:
    """Two versions beside each other: (name, theirs, mine), only where they differ."""
    names = {str(team.id): team.name for team in teams}
    found = []
    for field, label in _STALE_FIELDS.items():
        pair = [_said(field, form, names) for form in (theirs, mine)]
        if field in theirs and pair[0] != pair[1]:
            found.append((str(label), pair[0], pair[1]))
    return found


def _said(field: str, form: Form, teams: Mapping[str, str]) -> str:
    if field == "team_ids":
        return ", ".join(sorted(teams.get(value, value) for value in form.getlist(field)))
    value = form.get(field, "")
    if field == "weekday" and value.isdecimal() and int(value) < 7:
        return weekday_name(int(value))
    if field == "timezone" and "/" in value:
        return zone_name(value)
    if field in ("day", "starts_on") and value:
        try:
            return local_date(date.fromisoformat(value))
        except ValueError:
            return value
    return value or "–"


def _clash(viewer: Viewer, other: Debrief) -> str:
    time = local_time(other.starts_at)
    if not can_lead(viewer, other):
        return _("another debrief, at %(time)s", time=time)
    return _("“%(title)s”, at %(time)s", title=other.title, time=time)


def _there(debrief: Debrief) -> str:
    """Its time by another clock than the reader's, where the two differ."""
    zone = ZoneInfo(debrief.timezone)
    time = local_time(debrief.starts_at, zone)
    if time == local_time(debrief.starts_at):
        return ""
    return _("%(time)s in %(city)s", time=time, city=zone_name(debrief.timezone))


def plan_url(debrief_id: int, fields: Form, based_on: int) -> str:
    """Where a POST plans a debrief as these fields say: the way back of a change."""
    values: dict[str, Any] = {name: fields.getlist(name) for name in fields if name != "agent_id"}
    return url_for("debriefs.change_plan", debrief_id=debrief_id, based_on=based_on, **values)
