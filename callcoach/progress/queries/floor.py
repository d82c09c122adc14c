"""Who needs time freed: what agents have to do, as tasks; nothing of how they do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.calls.models import Call
from callcoach.calls.queries import in_scope
from callcoach.coaching.models import Note, Visibility
from callcoach.drills.models import Assignment
from callcoach.drills.titles import title_for
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.access import plans_time
from callcoach.progress.models import CoachingPeriod

#: A note not read for so long: the agent had no time, and somebody can give them some.
UNREAD_AFTER = timedelta(days=1)
#: Days ahead that are planned.
AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Needs:
    """What one agent has to do; how many notes there are is not told.

    Args:
        notes_since: when the oldest unread note came; None for none.
        drills: what is due, soonest first: (title, or "" for none that the viewer may read; day).
    """

    agent: User
    notes_since: datetime | None
    drills: list[tuple[str, date]]


def needs(viewer: Viewer) -> list[Needs]:
    """Agents of the viewer's teams with something to do, by name.

    Raises:
        NotFound: the viewer plans nobody's time.
    """
    if not plans_time(viewer):
        raise NotFound("There is no such page.")
    agents = select(User).where(User.role == Role.AGENT, User.is_enabled.is_(True))
    if not viewer.sees_everything:
        teams = sorted(viewer.team_ids)
        agents = agents.where(User.memberships.any(Membership.team_id.in_(teams)))
    people = db.session.scalars(agents.order_by(User.name, User.id)).all()
    unread = _unread(viewer)
    due = _due(viewer, [agent.id for agent in people])
    found = [Needs(agent, unread.get(agent.id), due.get(agent.id, [])) for agent in people]
    return [item for item in found if item.notes_since or item.drills]


def periods(viewer: Viewer) -> list[CoachingPeriod]:
    """Announced periods of the viewer's teams that run or come, by day."""
    if not plans_time(viewer):
        return []
    statement = select(CoachingPeriod).where(
        CoachingPeriod.cancelled_at.is_(None), CoachingPeriod.ends_on >= utc_now().date()
    )
    if not viewer.sees_everything:
        mine = select(Membership.user_id).where(Membership.team_id.in_(sorted(viewer.team_ids)))
        statement = statement.where(CoachingPeriod.agent_id.in_(mine))
    loading = (joinedload(CoachingPeriod.agent), joinedload(CoachingPeriod.campaign))
    order = (CoachingPeriod.starts_on, CoachingPeriod.id)
    return list(db.session.scalars(statement.options(*loading).order_by(*order)))


def get_period(viewer: Viewer, period_id: int) -> CoachingPeriod:
    """A period of an agent in the viewer's teams, also one that was called off.

    Raises:
        NotFound: there is none.
    """
    statement = select(CoachingPeriod).where(CoachingPeriod.id == period_id)
    if not viewer.sees_everything:
        mine = select(Membership.user_id).where(Membership.team_id.in_(sorted(viewer.team_ids)))
        statement = statement.where(CoachingPeriod.agent_id.in_(mine))
    found = db.session.scalar(statement)
    if found is None or not plans_time(viewer):
        raise NotFound("There is no such coaching period.")
    return found


def _unread(viewer: Viewer) -> dict[int, datetime]:
    rows = db.session.execute(
        select(Note.agent_id, func.min(Note.sent_at))
        .join(Note.call)
        .where(
            in_scope(viewer),
            Call.deleted_at.is_(None),
            Note.deleted_at.is_(None),
            Note.sent_at <= utc_now() - UNREAD_AFTER,
            Note.read_at.is_(None),
            # one for named people is nobody else's business, a private one nobody's
            Note.visibility.in_((Visibility.AGENT.value, Visibility.TEAM.value)),
            Note.agent_id == Call.agent_id,
        )
        .group_by(Note.agent_id)
    )
    return {agent_id: since for agent_id, since in rows if agent_id is not None and since}


def _due(viewer: Viewer, agent_ids: list[int]) -> dict[int, list[tuple[str, date]]]:
    found: dict[int, list[tuple[str, date]]] = {}
    rows = db.session.scalars(
        select(Assignment)
        .where(
            Assignment.agent_id.in_(agent_ids),
            Assignment.done_at.is_(None),
            Assignment.cancelled_at.is_(None),
            Assignment.due_on <= utc_now().date() + AHEAD,
        )
        .options(joinedload(Assignment.drill))
        .order_by(Assignment.due_on, Assignment.id)
    )
    for row in rows:
        if row.due_on is not None:
            found.setdefault(row.agent_id, []).append((title_for(viewer, row.drill), row.due_on))
    return found
