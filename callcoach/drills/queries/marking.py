"""Tries that were sent, for the supervisors of whoever sent them; and the sound of answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.drills.access import can_practise, makes_drills
from callcoach.drills.models import (
    Answer,
    Assignment,
    Attempt,
    AttemptState,
    Drill,
    DrillKind,
    DrillStep,
)
from callcoach.drills.queries.library import of_teams
from callcoach.errors import NotFound
from callcoach.extensions import db


def waiting_attempts(viewer: Viewer, *, limit: int = 100) -> list[Attempt]:
    """Tries that wait for an answer, oldest first; a drill of the ear answers itself."""
    if not makes_drills(viewer):
        return []
    return list(db.session.scalars(_waiting(viewer).limit(limit)).unique())


def count_waiting(viewer: Viewer) -> int:
    """How many tries wait."""
    if not makes_drills(viewer):
        return 0
    rows = _waiting(viewer).with_only_columns(Attempt.id).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def next_waiting(viewer: Viewer, after: Attempt) -> Attempt | None:
    """The oldest other try that waits."""
    return db.session.scalars(_waiting(viewer).where(Attempt.id != after.id).limit(1)).first()


def get_attempt(viewer: Viewer, attempt_id: int) -> Attempt:
    """A try that was sent, by an agent of the viewer's teams.

    Raises:
        NotFound: there is none, it is outside the viewer's scope, or it was not sent: a take is
            its agent's alone.
    """
    found = (
        db.session.scalars(_sent(viewer).where(Attempt.id == attempt_id)).unique().one_or_none()
        if makes_drills(viewer)
        else None
    )
    if found is None:
        raise NotFound("There is no such try.")
    return found


def get_heard_answer(viewer: Viewer, answer_id: int) -> Answer:
    """An answer that the viewer may hear: their own, or one that was sent to them to be marked.

    Raises:
        NotFound: neither, or there is no sound.
    """
    statement = (
        select(Answer)
        .join(Answer.attempt)
        .join(Attempt.assignment)
        .options(joinedload(Answer.file))
        .where(Answer.id == answer_id, Answer.file_id.is_not(None))
    )
    sent = Attempt.state != AttemptState.TAKE
    own = Assignment.agent_id == viewer.user_id
    if makes_drills(viewer):
        statement = statement.where(sent, of_teams(viewer))
    else:
        statement = statement.where(own, Assignment.cancelled_at.is_(None) | sent)
    answer = db.session.scalars(statement).one_or_none()
    if answer is None or not (
        makes_drills(viewer) or can_practise(viewer, answer.attempt.assignment)
    ):
        raise NotFound("There is no such answer.")
    return answer


def _sent(viewer: Viewer) -> Select[Attempt]:
    return (
        select(Attempt)
        .join(Attempt.assignment)
        .join(Assignment.drill)
        .where(Attempt.state != AttemptState.TAKE, of_teams(viewer))
        .options(*_shown())
    )


def _waiting(viewer: Viewer) -> Select[Attempt]:
    return (
        _sent(viewer)
        .where(
            Attempt.state == AttemptState.SUBMITTED,
            Drill.kind != DrillKind.EAR,
            or_(Assignment.cancelled_at.is_(None), Attempt.submitted_at.is_not(None)),
        )
        .order_by(Attempt.submitted_at, Attempt.id)
    )


def _shown() -> tuple[Any, ...]:
    return (
        contains_eager(Attempt.assignment).contains_eager(Assignment.drill),
        contains_eager(Attempt.assignment).joinedload(Assignment.agent),
        selectinload(Attempt.answers).joinedload(Answer.step).joinedload(DrillStep.call),
        joinedload(Attempt.marked_by),
    )
