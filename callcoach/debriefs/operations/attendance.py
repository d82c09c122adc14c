"""Who takes part. It serves catching up, and nothing else; 90 days later it is forgotten."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.debriefs.access import can_attend, can_lead
from callcoach.debriefs.models import Attendance, Debrief, DebriefState, Presence
from callcoach.debriefs.operations.screens import follow
from callcoach.debriefs.queries.debriefs import participants
from callcoach.errors import Conflict, NotFound
from callcoach.extensions import db, utc_now


def join(
    viewer: Viewer, debrief: Debrief, presence: Presence = Presence.PRESENT
) -> Attendance | None:
    """The viewer's telephone has joined: present, or remote when they say so. What the host has said
    of them stays.

    Returns:
        None when it does not take place now.

    Raises:
        NotFound: it is not one that the viewer takes part in.
    """
    if not can_attend(viewer, debrief):
        raise NotFound("There is no such debrief.")
    db.session.refresh(debrief, with_for_update={"of": Debrief})
    if debrief.state != DebriefState.RUNNING:
        return None
    row = _row(debrief, viewer.user_id)
    if row is not None and row.marked_by_id != viewer.user_id:
        return row
    return _mark(viewer, debrief, row, viewer.user_id, presence)


def mark(viewer: Viewer, debrief: Debrief, user_id: int, presence: Presence) -> Attendance:
    """The host says how somebody takes part, or took part.

    Raises:
        NotFound: the debrief is not the viewer's to lead, or nobody of it is meant.
        Conflict: it has not begun, or who was there has been forgotten.
    """
    if not can_lead(viewer, debrief):
        raise NotFound("There is no such debrief.")
    db.session.refresh(debrief, with_for_update={"of": Debrief})
    if debrief.state not in (DebriefState.RUNNING, DebriefState.DONE):
        raise Conflict("This debrief has not begun. Start it first.")
    if debrief.attendance_purged_at is not None:
        raise Conflict("Who was there has been forgotten, as it is after 90 days.")
    row = _row(debrief, user_id)
    if row is None and user_id not in {person.id for person in participants(debrief)}:
        raise NotFound("There is no such person.")
    return _mark(viewer, debrief, row, user_id, presence)


def _row(debrief: Debrief, user_id: int | None) -> Attendance | None:
    return db.session.scalar(
        select(Attendance)
        .where(Attendance.debrief_id == debrief.id, Attendance.user_id == user_id)
        .execution_options(populate_existing=True)
    )


def _mark(
    viewer: Viewer,
    debrief: Debrief,
    row: Attendance | None,
    user_id: int | None,
    presence: Presence,
) -> Attendance:
    if row is None:
        row = Attendance(debrief_id=debrief.id, user_id=user_id, opened_items=[])
        db.session.add(row)
    elif row.presence == presence and row.marked_by_id == viewer.user_id:
        return row
    row.presence = presence
    row.marked_at, row.marked_by_id = utc_now(), viewer.user_id
    db.session.flush()
    db.session.expire(debrief, ["attendances"])
    follow(debrief.id)
    return row
