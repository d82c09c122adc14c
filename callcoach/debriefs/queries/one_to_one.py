"""What became, in a one-to-one, of drills given and objectives proposed on the spot.

Its caller has found the debrief in the viewer's scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from callcoach.debriefs.models import AgendaItem, Debrief
from callcoach.drills.models import Assignment, Attempt
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.progress.models import Objective


@dataclass(frozen=True, slots=True)
class GivenDrill:
    """A drill of an item that the agent was given.

    Args:
        sent: the try that was sent since the one-to-one began; None while the agent is at it.
    """

    item: AgendaItem
    assignment: Assignment
    sent: Attempt | None


def assignment_of(debrief: Debrief, item: AgendaItem) -> Assignment | None:
    """What the agent has to do of an item's drill, or has done since the one-to-one began; the
    latest.
    """
    if item.drill_id is None or debrief.agent_id is None:
        return None
    begun = debrief.started_at or debrief.starts_at
    found: Assignment | None = db.session.scalar(
        select(Assignment)
        .where(
            Assignment.agent_id == debrief.agent_id,
            Assignment.drill_id == item.drill_id,
            Assignment.cancelled_at.is_(None),
            or_(Assignment.done_at.is_(None), Assignment.done_at >= begun),
        )
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    return found


def given_in(debrief: Debrief) -> list[GivenDrill]:
    """The drills of its items that the agent has to do or has done here, in the agenda's order."""
    begun = debrief.started_at or debrief.starts_at
    found = []
    for item in debrief.items:
        assignment = assignment_of(debrief, item) if item.opened_at is not None else None
        if assignment is not None:
            sent = [one for one in assignment.attempts if _is_sent(one.submitted_at, begun)]
            found.append(GivenDrill(item, assignment, sent[-1] if sent else None))
    return found


def objectives_in(debrief: Debrief) -> list[Objective]:
    """What was proposed to the agent in it, in order."""
    return [
        decision.objective
        for decision in sorted(debrief.decisions, key=lambda one: one.id)
        if decision.deleted_at is None
        and decision.objective is not None
        and decision.objective.agent_id == debrief.agent_id
    ]


def objective_in(debrief: Debrief, objective_id: int) -> Objective:
    """One of them.

    Raises:
        NotFound: there is none.
    """
    for objective in objectives_in(debrief):
        if objective.id == objective_id:
            return objective
    raise NotFound("There is no such objective.")


def _is_sent(submitted_at: datetime | None, begun: datetime) -> bool:
    return submitted_at is not None and submitted_at >= begun
