"""Series in a viewer's scope, and what became of their debriefs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, select, true
from sqlalchemy.orm import selectinload

from callcoach.accounts.access import Viewer
from callcoach.debriefs.access import leads_teams, prepares
from callcoach.debriefs.constancy import Outcome, Session
from callcoach.debriefs.models import (
    Debrief,
    DebriefSeries,
    DebriefState,
    DebriefTeam,
    SeriesTeam,
)
from callcoach.debriefs.queries.debriefs import is_kept
from callcoach.debriefs.queries.planned import LATE
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now

#: How far back constancy is read: longer than any month that is shown.
_BACK = timedelta(days=400)


def series_led_by(viewer: Viewer) -> ColumnElement[bool]:
    """Series of teams that the viewer answers for, all of them, as a condition."""
    if viewer.sees_everything:
        return true()
    if not prepares(viewer):
        return false()
    mine = sorted(viewer.team_ids)
    has_team = exists().where(SeriesTeam.series_id == DebriefSeries.id)
    has_other = exists().where(
        SeriesTeam.series_id == DebriefSeries.id, SeriesTeam.team_id.not_in(mine)
    )
    return and_(has_team, ~has_other)


def list_series(viewer: Viewer, *, archived: bool = False) -> Sequence[DebriefSeries]:
    """The viewer's series, by title."""
    is_archived = DebriefSeries.archived_at.is_not(None)
    return db.session.scalars(
        select(DebriefSeries)
        .where(series_led_by(viewer), is_archived if archived else ~is_archived)
        .options(selectinload(DebriefSeries.teams).joinedload(SeriesTeam.team))
        .order_by(DebriefSeries.title, DebriefSeries.id)
    ).all()


def get_series(viewer: Viewer, series_id: int) -> DebriefSeries:
    """One of the viewer's series, archived or not.

    Raises:
        NotFound: there is none.
    """
    series = db.session.get(DebriefSeries, series_id)
    if series is None or not leads_teams(viewer, series.team_ids):
        raise NotFound("There is no such series.")
    return series


def debriefs_of(series: DebriefSeries) -> Sequence[Debrief]:
    """What was planned of it and not deleted, by time."""
    return db.session.scalars(
        select(Debrief)
        .where(Debrief.series_id == series.id, is_kept())
        .order_by(Debrief.starts_at, Debrief.id)
    ).all()


def coming(series: DebriefSeries, now: datetime) -> Sequence[Debrief]:
    """Those of it that are planned for later, by time."""
    return db.session.scalars(
        select(Debrief)
        .where(
            Debrief.series_id == series.id,
            Debrief.state == DebriefState.PLANNED,
            Debrief.starts_at > now,
        )
        .order_by(Debrief.starts_at, Debrief.id)
    ).all()


def sessions_of_team(team_id: int) -> list[Session]:
    """What became of a team's debriefs, for `constancy.constancy_of`; one-to-ones do not count."""
    found = db.session.scalars(
        select(Debrief).where(
            is_kept(),
            Debrief.agent_id.is_(None),
            Debrief.starts_at > utc_now() - _BACK,
            exists().where(DebriefTeam.debrief_id == Debrief.id, DebriefTeam.team_id == team_id),
        )
    )
    return sessions_of(found)


def sessions_of(debriefs: Iterable[Debrief]) -> list[Session]:
    """What became of each."""
    now = utc_now()
    return [
        Session(debrief.started_at or debrief.starts_at, outcome_of(debrief, now))
        for debrief in debriefs
    ]


def outcome_of(debrief: Debrief, now: datetime) -> Outcome:
    """What became of it, now."""
    if debrief.state in (DebriefState.DONE, DebriefState.RUNNING):
        return Outcome.HELD
    if debrief.state == DebriefState.SKIPPED:
        return Outcome.SKIPPED
    return Outcome.UNSAID if debrief.starts_at + LATE < now else Outcome.COMING
