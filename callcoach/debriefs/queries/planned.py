"""What is planned: the next debrief of a team, and what takes place at the same time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select

from callcoach.accounts.access import Viewer
from callcoach.debriefs.models import Debrief, DebriefState, DebriefTeam
from callcoach.debriefs.queries.debriefs import attended_by, led_by
from callcoach.extensions import db, utc_now

#: A debrief that has not begun this long after its time is still "the next one": people are late.
LATE = timedelta(hours=3)
#: Longest debrief: how far back one that overlaps may begin.
_LONGEST = timedelta(hours=4)


def next_planned(viewer: Viewer, team_id: int) -> Debrief | None:
    """The next planned debrief of a team that the viewer leads; None when there is none.

    A one-to-one is none of the team's.
    """
    for_team = exists().where(DebriefTeam.debrief_id == Debrief.id, DebriefTeam.team_id == team_id)
    found: Debrief | None = db.session.scalar(
        select(Debrief)
        .where(led_by(viewer), for_team, Debrief.agent_id.is_(None), _is_ahead())
        .order_by(Debrief.starts_at, Debrief.id)
        .limit(1)
    )
    return found


def next_with(viewer: Viewer, agent_id: int) -> Debrief | None:
    """The viewer's own next one-to-one with an agent; None when none is planned."""
    found: Debrief | None = db.session.scalar(
        select(Debrief)
        .where(
            led_by(viewer),
            Debrief.agent_id == agent_id,
            Debrief.host_id == viewer.user_id,
            _is_ahead(),
        )
        .order_by(Debrief.starts_at, Debrief.id)
        .limit(1)
    )
    return found


def next_like(viewer: Viewer, debrief: Debrief) -> Debrief | None:
    """The next planned debrief for exactly the same people; None when there is none."""
    found = db.session.scalars(
        select(Debrief)
        .where(
            led_by(viewer),
            _is_ahead(),
            Debrief.id != debrief.id,
            Debrief.agent_id == debrief.agent_id
            if debrief.agent_id is not None
            else Debrief.agent_id.is_(None),
        )
        .order_by(Debrief.starts_at, Debrief.id)
    )
    return next((other for other in found if other.team_ids == debrief.team_ids), None)


def next_led(viewer: Viewer) -> Debrief | None:
    """What the viewer leads next: one that runs before one that is planned. Of one-to-ones only
    their own, administrators too.
    """
    own = or_(Debrief.agent_id.is_(None), Debrief.host_id == viewer.user_id)
    return _next(and_(led_by(viewer), own))


def next_attended(viewer: Viewer) -> Debrief | None:
    """What an agent takes part in next: one that runs before one that is planned."""
    return _next(attended_by(viewer))


def overlapping(
    *,
    team_ids: Collection[int],
    agent_id: int | None,
    host_id: int | None,
    starts_at: datetime,
    minutes: int,
    but_id: int | None = None,
) -> Sequence[Debrief]:
    """Planned and running debriefs at the same time that the same people take part in.

    Not told: one-to-ones of the team's other people.
    """
    ends_at = starts_at + timedelta(minutes=minutes)
    same_team = and_(
        Debrief.agent_id.is_(None),
        exists().where(
            DebriefTeam.debrief_id == Debrief.id, DebriefTeam.team_id.in_(sorted(team_ids))
        ),
    )
    same_people = [same_team]
    if host_id is not None:
        same_people.append(Debrief.host_id == host_id)
    if agent_id is not None:
        same_people.append(Debrief.agent_id == agent_id)
    found = db.session.scalars(
        select(Debrief)
        .where(
            Debrief.state.in_((DebriefState.PLANNED, DebriefState.RUNNING)),
            Debrief.id != (but_id or 0),
            Debrief.starts_at < ends_at,
            Debrief.starts_at > starts_at - _LONGEST,
            or_(*same_people),
        )
        .order_by(Debrief.starts_at, Debrief.id)
    )
    return [
        other for other in found if other.starts_at + timedelta(minutes=other.minutes) > starts_at
    ]


def _next(condition: ColumnElement[bool]) -> Debrief | None:
    is_running = Debrief.state == DebriefState.RUNNING
    found: Debrief | None = db.session.scalar(
        select(Debrief)
        .where(condition, or_(is_running, _is_ahead()))
        .order_by(is_running.desc(), Debrief.starts_at, Debrief.id)
        .limit(1)
    )
    return found


def _is_ahead() -> ColumnElement[bool]:
    return and_(Debrief.state == DebriefState.PLANNED, Debrief.starts_at >= utc_now() - LATE)
