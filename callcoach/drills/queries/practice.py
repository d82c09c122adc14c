"""What an agent has to do, has done, and was answered; nothing here is for anybody else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.drills.access import practises
from callcoach.drills.models import (
    Answer,
    Assignment,
    Attempt,
    AttemptState,
    Drill,
    DrillSetItem,
    DrillStep,
)
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.web.paging import Page, paginate

#: Drills on a page of those that are done.
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class MyDrills:
    """What there is to do, soonest due first, and what is done, newest first."""

    to_do: list[Assignment]
    done: Page[Assignment]


def my_drills(viewer: Viewer, number: int | None = None) -> MyDrills:
    """An agent's drills.

    Raises:
        NotFound: the viewer is no agent.
    """
    if not practises(viewer):
        raise NotFound("There is no such page.")
    to_do = (
        _mine(viewer)
        .where(Assignment.done_at.is_(None))
        .order_by(Assignment.due_on.is_(None), Assignment.due_on, Assignment.id)
    )
    done = (
        _mine(viewer)
        .where(Assignment.done_at.is_not(None))
        .order_by(_has_news().desc(), Assignment.done_at.desc(), Assignment.id.desc())
    )
    return MyDrills(list(db.session.scalars(to_do)), paginate(db.session(), done, number, PER_PAGE))


def open_drills(viewer: Viewer) -> list[Assignment]:
    """What an agent has to do, soonest due first, then what was answered and not read; nothing for
    everybody else.
    """
    statement = (
        _mine(viewer)
        .where(or_(Assignment.done_at.is_(None), _has_news()))
        .order_by(
            Assignment.done_at.is_not(None),
            Assignment.due_on.is_(None),
            Assignment.due_on,
            Assignment.id,
        )
    )
    return list(db.session.scalars(statement))


def get_my_assignment(viewer: Viewer, assignment_id: int) -> Assignment:
    """One of them.

    Raises:
        NotFound: there is none, it is somebody else's, or was taken back.
    """
    found = db.session.scalars(_mine(viewer).where(Assignment.id == assignment_id)).one_or_none()
    if found is None:
        raise NotFound("There is no such drill.")
    return found


def get_my_step(viewer: Viewer, assignment_id: int, step_id: int) -> tuple[Assignment, DrillStep]:
    """A step of a drill the viewer has been given.

    Raises:
        NotFound: as `get_my_assignment`, or the step is of another drill.
    """
    assignment = get_my_assignment(viewer, assignment_id)
    for step in assignment.drill.steps if assignment.drill else ():
        if step.id == step_id:
            return assignment, step
    raise NotFound("There is no such drill.")


def sent_attempts(assignment: Assignment) -> list[Attempt]:
    """Tries that were sent, newest first."""
    return [a for a in reversed(assignment.attempts) if a.state != AttemptState.TAKE]


def next_to_do(viewer: Viewer, after: Assignment) -> Assignment | None:
    """What to do next; on a path its next step comes first."""
    if not practises(viewer):
        return None
    open_ones = [a for a in my_drills(viewer, 1).to_do if a.id != after.id]
    if after.item is not None:
        own = [a for a in open_ones if a.item and a.item.set_id == after.item.set_id]
        if own:
            return min(own, key=lambda a: a.item.position if a.item else 0)
    return open_ones[0] if open_ones else None


def count_to_do(viewer: Viewer) -> int:
    """What an agent has to do, and answers not read; 0 for everybody else."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Assignment)
            .where(_is_mine(viewer), or_(Assignment.done_at.is_(None), _has_news()))
        )
        or 0
    )


def has_news(assignment: Assignment) -> bool:
    """Whether a supervisor answered a try and the agent has not read it."""
    return any(a.state == AttemptState.MARKED and a.seen_at is None for a in assignment.attempts)


def _mine(viewer: Viewer) -> Select[Assignment]:
    return (
        select(Assignment)
        .where(_is_mine(viewer))
        .options(
            joinedload(Assignment.drill).selectinload(Drill.steps),
            joinedload(Assignment.item).joinedload(DrillSetItem.drill_set),
            joinedload(Assignment.assigned_by),
            selectinload(Assignment.attempts).selectinload(Attempt.answers).joinedload(Answer.file),
        )
    )


def _is_mine(viewer: Viewer) -> ColumnElement[bool]:
    if not practises(viewer):
        return false()
    return and_(
        Assignment.agent_id == viewer.user_id,
        Assignment.cancelled_at.is_(None),
        or_(Assignment.drill_id.is_not(None), Assignment.item_id.is_not(None)),
    )


def _has_news() -> ColumnElement[bool]:
    return exists().where(
        Attempt.assignment_id == Assignment.id,
        Attempt.state == AttemptState.MARKED,
        Attempt.seen_at.is_(None),
    )
