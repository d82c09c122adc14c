"""What waits for the next debriefs of a viewer's teams, and where it would go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, true
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.debriefs.access import prepares
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState
from callcoach.debriefs.queries.debriefs import led_by
from callcoach.debriefs.queries.planned import LATE, next_planned
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a team, oldest first, and its next debrief that the viewer leads."""

    team: Team
    items: Sequence[AgendaItem]
    debrief: Debrief | None


def next_with(viewer: Viewer, agent_id: int) -> Debrief | None:
    """The viewer's next planned one-to-one with an agent; None when there is none."""
    found: Debrief | None = db.session.scalar(
        select(Debrief)
        .where(
            led_by(viewer),
            Debrief.agent_id == agent_id,
            Debrief.host_id == viewer.user_id,
            Debrief.state == DebriefState.PLANNED,
            Debrief.starts_at >= utc_now() - LATE,
        )
        .order_by(Debrief.starts_at, Debrief.id)
        .limit(1)
    )
    return found


def list_waiting(viewer: Viewer) -> list[Waiting]:
    """Of each team of the viewer's for which something waits, by name.

    Raises:
        NotFound: they prepare no debriefs.
    """
    if not prepares(viewer):
        raise NotFound("There is no such page.")
    is_mine = true() if viewer.sees_everything else AgendaItem.team_id.in_(sorted(viewer.team_ids))
    items = db.session.scalars(
        select(AgendaItem)
        .join(AgendaItem.team)
        .where(AgendaItem.debrief_id.is_(None), is_mine)
        .options(joinedload(AgendaItem.team), joinedload(AgendaItem.call))
        .order_by(Team.name, Team.id, AgendaItem.created_at, AgendaItem.id)
    )
    found: dict[Team, list[AgendaItem]] = {}
    for item in items:
        if item.team is not None:
            found.setdefault(item.team, []).append(item)
    return [Waiting(team, its, next_planned(viewer, team.id)) for team, its in found.items()]
