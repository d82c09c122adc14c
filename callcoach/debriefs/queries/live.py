"""What screens that follow a debrief ask for every second or two: one cheap look, then the rest."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from callcoach.accounts.access import Viewer
from callcoach.debriefs.models import (
    AgendaItem,
    Attendance,
    Debrief,
    ItemAnswer,
    LiveState,
)
from callcoach.debriefs.queries.debriefs import attended_by, led_by, participants
from callcoach.errors import NotFound
from callcoach.extensions import db


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody of a debrief, and how they take part; None as long as nobody has said."""

    user_id: int
    name: str
    presence: str | None


def revision_of(viewer: Viewer, debrief_id: int) -> int:
    """The revision of what is before everybody, in one statement; 0 before the debrief begins.

    Raises:
        NotFound: it is none that the viewer leads or attends.
    """
    row = db.session.execute(
        select(LiveState.revision)
        .select_from(Debrief)
        .outerjoin(LiveState, LiveState.debrief_id == Debrief.id)
        .where(Debrief.id == debrief_id, or_(led_by(viewer), attended_by(viewer)))
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such debrief.")
    return row[0] or 0


def load_state(debrief: Debrief) -> LiveState | None:
    """What is before everybody, with its item."""
    return db.session.scalar(
        select(LiveState)
        .where(LiveState.debrief_id == debrief.id)
        .options(selectinload(LiveState.item).selectinload(AgendaItem.call))
    )


def answers_of(item: AgendaItem) -> list[ItemAnswer]:
    """What was answered to an item, as it came in, with who wrote it."""
    return list(
        db.session.scalars(
            select(ItemAnswer)
            .where(ItemAnswer.item_id == item.id)
            .options(selectinload(ItemAnswer.user))
            .order_by(ItemAnswer.id)
        )
    )


def expected_at(debrief: Debrief) -> list[Expected]:
    """Who is expected and how they take part, by name; those who came and left the team too."""
    rows = list(
        db.session.scalars(
            select(Attendance)
            .where(Attendance.debrief_id == debrief.id)
            .options(selectinload(Attendance.user))
        )
    )
    presence = {row.user_id: str(row.presence) for row in rows}
    people = {person.id: person.name for person in participants(debrief)}
    people |= {row.user_id: row.user.name for row in rows}
    return [
        Expected(user_id, name, presence.get(user_id))
        for user_id, name in sorted(people.items(), key=lambda person: (person[1], person[0]))
    ]
