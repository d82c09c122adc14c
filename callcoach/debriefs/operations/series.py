"""Rituals: create, change, archive; their coming debriefs are planned by themselves."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.debriefs.models import Debrief, DebriefSeries, DebriefState, SeriesTeam
from callcoach.debriefs.operations import planning
from callcoach.debriefs.queries.fitting import misfits
from callcoach.debriefs.queries.series import coming
from callcoach.debriefs.ritual import day_in_week, days_between, moment_of, week_of
from callcoach.errors import Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs

log = logging.getLogger(__name__)

#: Plans the coming debriefs of one series, every day.
LOOK = "debriefs.plan_series"
#: How far ahead debriefs are planned: a month's agenda can be prepared.
AHEAD = timedelta(weeks=4)
#: Rarest rhythm: a quarter.
MAX_WEEKS = 13
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Ritual:
    """What is fixed of a series.

    Args:
        weekday: 0 is Monday.
        starts_at_minute: after local midnight in `timezone`, 0 to 1439.
        starts_on: first day on which one could take place.
    """

    title: str
    team_ids: frozenset[int]
    weekday: int
    starts_at_minute: int
    minutes: int
    every_weeks: int
    timezone: str
    starts_on: date
    place: str = ""


def create(viewer: Viewer, ritual: Ritual) -> DebriefSeries:
    """Begin a ritual; the debriefs of the next weeks are planned at once.

    Raises:
        InvalidInput: something is missing or out of range; `field` names what.
        NotFound: a team is not the viewer's.
    """
    checked = _checked(viewer, ritual)
    series = DebriefSeries(host_id=viewer.user_id, row_version=1)
    _write(series, checked)
    db.session.add(series)
    db.session.flush()
    record(viewer.user_id, "series.created", subject_kind="debrief_series", subject_id=series.id)
    plan_ahead(series, utc_now())
    plan_look(series)
    return series


def change(
    viewer: Viewer, series: DebriefSeries, ritual: Ritual, *, based_on: int
) -> DebriefSeries:
    """Change a ritual. Its coming debriefs follow, but for what was changed on one of them; who was
    invited is told. One that the new rhythm leaves out goes, unless something is prepared for it or
    was changed on it. One whose agenda is not for the agents of the new teams keeps its own.

    Raises:
        InvalidInput, NotFound: as `create`.
        StaleVersion: it was changed since; `theirs` is how it stands.
        Conflict: it is archived.
    """
    _hold(series)
    if series.row_version != based_on:
        raise StaleVersion(
            "Somebody changed this ritual in between: compare, then save yours or keep theirs.",
            theirs=ritual_of(series),
            version=series.row_version,
        )
    if series.archived_at is not None:
        raise Conflict("This ritual is archived: take it up again first.")
    before, host_id = ritual_of(series), series.host_id
    checked = _checked(viewer, ritual, series)
    if checked == before:
        return series
    _write(series, checked)
    series.row_version += 1
    if series.host is None or not series.host.is_enabled:
        series.host_id = viewer.user_id
    db.session.flush()
    record(viewer.user_id, "series.changed", subject_kind="debrief_series", subject_id=series.id)
    now = utc_now()
    for debrief in sorted(coming(series, now), key=lambda one: one.id):
        planning.hold(debrief)
        if debrief.state == DebriefState.PLANNED:
            _follow(viewer, series, debrief, _Before(before, host_id), now)
    plan_ahead(series, now)
    plan_look(series)
    return series


def archive(viewer: Viewer, series: DebriefSeries) -> list[Debrief]:
    """End a ritual. What is coming of it and not prepared goes; twice is once.

    Returns:
        What is still planned, because something is on its agenda or people were invited.
    """
    now = utc_now()
    _hold(series)
    if series.archived_at is None:
        series.archived_at = now
        series.row_version += 1
        for debrief in sorted(coming(series, now), key=lambda one: one.id):
            planning.hold(debrief)
            if debrief.state == DebriefState.PLANNED and not _is_prepared(debrief):
                planning.put_away(viewer, debrief)
        db.session.flush()
        record(
            viewer.user_id, "series.archived", subject_kind="debrief_series", subject_id=series.id
        )
    return list(coming(series, now))


def restore(viewer: Viewer, series: DebriefSeries) -> DebriefSeries:
    """Take a ritual up again, with what was planned of it; twice is once."""
    _hold(series)
    if series.archived_at is None:
        return series
    series.archived_at = None
    series.row_version += 1
    db.session.flush()
    for debrief in db.session.scalars(
        select(Debrief).where(Debrief.series_id == series.id, Debrief.state == DebriefState.DELETED)
    ):
        planning.restore(viewer, debrief)
    record(viewer.user_id, "series.restored", subject_kind="debrief_series", subject_id=series.id)
    plan_ahead(series, utc_now())
    plan_look(series)
    return series


def apart(series: DebriefSeries, now: datetime) -> list[Debrief]:
    """Coming ones that keep their own teams, because their agenda is not for all of the ritual's."""
    return [
        debrief
        for debrief in coming(series, now)
        if misfits(debrief.items, debrief.team_ids, series.team_ids)
    ]


def plan_ahead(series: DebriefSeries, now: datetime) -> list[Debrief]:
    """Plan the debriefs of the next weeks that are not planned yet; returns the new ones.

    Done again it plans nothing twice: a week of the ritual has one debrief, wherever it was moved,
    and one that was skipped is not planned anew.
    """
    team_ids = planning.peopled_teams(series.team_ids)
    if series.archived_at is not None or not team_ids:
        return []
    zone = ZoneInfo(series.timezone)
    today = now.astimezone(zone).date()
    served = {
        week_of(day)
        for day in db.session.scalars(
            select(Debrief.occurs_on).where(
                Debrief.series_id == series.id, Debrief.occurs_on.is_not(None)
            )
        )
        if day is not None
    }
    made = []
    for day in days_between(series, today, today + AHEAD):
        starts_at = moment_of(day, series.starts_at_minute, zone)
        if week_of(day) in served or starts_at <= now:
            continue
        try:
            with db.session.begin_nested():
                made.append(_plan(series, team_ids, day, starts_at))
        except IntegrityError:
            continue  # planned by another process at the same moment
    return made


def plan_look(series: DebriefSeries) -> None:
    """Ask for tomorrow's look ahead; any number of times a day."""
    tomorrow = (utc_now() + timedelta(days=1)).date()
    midnight = datetime.combine(tomorrow, datetime.min.time(), tzinfo=ZoneInfo("UTC"))
    jobs.enqueue(
        LOOK,
        f"series:{series.id}:{tomorrow:%Y%m%d}",
        viewer=Viewer.system(),
        not_before=midnight,
    )


def ritual_of(series: DebriefSeries) -> Ritual:
    """What is fixed of it."""
    return Ritual(
        title=series.title,
        team_ids=series.team_ids,
        weekday=series.weekday,
        starts_at_minute=series.starts_at_minute,
        minutes=series.minutes,
        every_weeks=series.every_weeks,
        timezone=series.timezone,
        starts_on=series.starts_on,
        place=series.place,
    )


def _plan(
    series: DebriefSeries, team_ids: frozenset[int], day: date, starts_at: datetime
) -> Debrief:
    return planning.create(
        Viewer.system(),
        title=series.title,
        team_ids=team_ids,
        starts_at=starts_at,
        minutes=series.minutes,
        timezone=series.timezone,
        place=series.place,
        series_id=series.id,
        occurs_on=day,
    )


@dataclass(frozen=True, slots=True)
class _Before:
    """A series before a change."""

    ritual: Ritual
    host_id: int | None


def _follow(
    viewer: Viewer, series: DebriefSeries, debrief: Debrief, old: _Before, now: datetime
) -> None:
    """One coming debrief follows its ritual."""
    if debrief.occurs_on is None:
        return
    before = old.ritual
    day = day_in_week(series, week_of(debrief.occurs_on))
    slot = moment_of(debrief.occurs_on, before.starts_at_minute, ZoneInfo(before.timezone))
    if day is None:
        # not put away: a deleted one would keep its week taken when the rhythm comes back
        if not _is_prepared(debrief) and _is_untouched(debrief, old, slot):
            db.session.delete(debrief)
            db.session.flush()
        return
    was = planning.plan_of(debrief)
    follows_teams = was.team_ids == before.team_ids and not misfits(
        debrief.items, was.team_ids, series.team_ids
    )
    wanted = moment_of(day, series.starts_at_minute, ZoneInfo(series.timezone))
    keeps_time = was.starts_at != slot or wanted <= now
    plan = replace(
        was,
        title=series.title if was.title == before.title else was.title,
        place=series.place if was.place == before.place else was.place,
        minutes=series.minutes if was.minutes == before.minutes else was.minutes,
        team_ids=series.team_ids if follows_teams else was.team_ids,
        starts_at=was.starts_at if keeps_time else wanted,
        timezone=was.timezone if keeps_time else series.timezone,
    )
    if not keeps_time:
        debrief.occurs_on = day
    planning.change(viewer, debrief, plan, based_on=debrief.row_version)


def _is_untouched(debrief: Debrief, old: _Before, slot: datetime) -> bool:
    """Whether it is as its ritual planned it."""
    ritual = old.ritual
    planned = planning.Plan(
        title=ritual.title,
        team_ids=debrief.team_ids,
        starts_at=slot,
        minutes=ritual.minutes,
        timezone=ritual.timezone,
        place=ritual.place,
    )
    # a team in which nobody worked yet was left out when it was planned
    teams = (ritual.team_ids, planning.peopled_teams(ritual.team_ids))
    return (
        planning.plan_of(debrief) == planned
        and debrief.team_ids in teams
        and debrief.host_id == old.host_id
    )


def _hold(series: DebriefSeries) -> None:
    """Wait for whoever is changing it, and read it as it stands then."""
    db.session.flush()
    db.session.refresh(series, with_for_update={"of": DebriefSeries})


def _is_prepared(debrief: Debrief) -> bool:
    return bool(debrief.items) or debrief.invited_at is not None


def _checked(viewer: Viewer, ritual: Ritual, series: DebriefSeries | None = None) -> Ritual:
    title, place = planning.checked_words(ritual.title, ritual.place, ritual.minutes)
    planning.require_zone(ritual.timezone)
    if not 0 <= ritual.weekday <= 6:
        raise InvalidInput("Choose a day of the week.", field="weekday")
    if not 0 <= ritual.starts_at_minute < _DAY_MINUTES:
        raise InvalidInput("Write a time of day, such as 08:30.", field="time")
    if not 1 <= ritual.every_weeks <= MAX_WEEKS:
        raise InvalidInput(
            "Every week, or every so many: at most %(most)s.", field="every_weeks", most=MAX_WEEKS
        )
    planning.require_teams(viewer, ritual.team_ids, series.team_ids if series is not None else ())
    return replace(ritual, title=title, place=place)


def _write(series: DebriefSeries, ritual: Ritual) -> None:
    series.title, series.place = ritual.title, ritual.place
    series.weekday, series.starts_at_minute = ritual.weekday, ritual.starts_at_minute
    series.minutes, series.every_weeks = ritual.minutes, ritual.every_weeks
    series.timezone, series.starts_on = ritual.timezone, ritual.starts_on
    kept = {row.team_id: row for row in series.teams}
    series.teams = [
        kept.get(team_id) or SeriesTeam(team_id=team_id) for team_id in sorted(ritual.team_ids)
    ]
