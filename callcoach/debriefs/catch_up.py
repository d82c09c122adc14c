"""What somebody who was not at a debrief may see of it, and when. Asked at each time: a call that
was put aside since is not there any more.
"""

from __future__ import annotations

from callcoach.debriefs.models import (
    AgendaItem,
    Attendance,
    Debrief,
    DebriefState,
    ItemKind,
    Presence,
)
from callcoach.debriefs.sharing import is_set_aside


def attendance_of(debrief: Debrief, user_id: int | None) -> Attendance | None:
    """How somebody took part, as far as it is known."""
    return next((row for row in debrief.attendances if row.user_id == user_id), None)


def was_there(row: Attendance | None) -> bool:
    """Whether somebody took part, in the room or from afar."""
    return row is not None and row.presence in (Presence.PRESENT, Presence.REMOTE)


def is_due(debrief: Debrief, user_id: int | None) -> bool:
    """Whether somebody has yet to catch up with a debrief.

    Not with a one-to-one, which did not take place without them, and not once who was there has
    been forgotten: from then on all is open.
    """
    if debrief.state != DebriefState.DONE or debrief.is_one_to_one:
        return False
    if debrief.attendance_purged_at is not None:
        return False
    row = attendance_of(debrief, user_id)
    if was_there(row) or (row is not None and row.caught_up_at is not None):
        return False
    opened = set(row.opened_items) if row is not None else set()
    return any(item.id not in opened for item in items_of(debrief))


def items_of(debrief: Debrief) -> list[AgendaItem]:
    """What was before everybody, in the order of the agenda, without what was put aside since."""
    return [item for item in debrief.items if item.opened_at is not None and not is_set_aside(item)]


def asks(item: AgendaItem) -> bool:
    """Whether an item stops and asks before it shows what happened; a drill is done together."""
    return item.ask_ms is not None or bool(item.question) or item.kind == ItemKind.DRILL


def has_answered(item: AgendaItem, user_id: int | None) -> bool:
    """Whether somebody has said what they would say there."""
    return any(answer.user_id == user_id for answer in item.answers)


def is_opened(debrief: Debrief, item: AgendaItem, user_id: int | None) -> bool:
    """Whether what happened in an item of a past debrief is open to somebody: they were there, have
    caught up, or have opened it.
    """
    if debrief.state != DebriefState.DONE:
        return False
    if not is_due(debrief, user_id):
        return True
    row = attendance_of(debrief, user_id)
    return row is not None and item.id in row.opened_items
