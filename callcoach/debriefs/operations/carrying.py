"""Carrying the agenda of a debrief that does not take place over to the next one."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState
from callcoach.debriefs.operations.agenda import MAX_ITEMS
from callcoach.errors import Conflict, NotFound
from callcoach.extensions import db

#: Whose agenda can still be changed this way.
_OPEN = (DebriefState.PLANNED, DebriefState.SKIPPED)


def carry(
    viewer: Viewer, source: Debrief, target: Debrief, item_ids: Collection[int] | None = None
) -> list[AgendaItem]:
    """Put the items of one agenda at the end of another, in their order. What is on that one already
    by its source, or finds no room, stays where it is.

    Args:
        item_ids: only these.

    Raises:
        NotFound: one of the two is not the viewer's, or is for other people: they would see moments
            that were chosen for somebody else.
        Conflict: one of the two has begun or is over.
    """
    same_people = source.team_ids == target.team_ids and source.agent_id == target.agent_id
    if not (can_lead(viewer, source) and can_lead(viewer, target) and same_people):
        raise NotFound("There is no such debrief.")
    for debrief in sorted((source, target), key=lambda one: one.id):
        db.session.refresh(debrief, with_for_update={"of": Debrief})
    if source.state not in _OPEN or target.state not in _OPEN:
        raise Conflict("One of the two has begun or is over; its agenda stays as it is.")
    there = {item.source for item in target.items if item.source}
    room = MAX_ITEMS - len(target.items)
    last = db.session.scalar(
        select(func.max(AgendaItem.position)).where(AgendaItem.debrief_id == target.id)
    )
    position = -1 if last is None else last
    wanted = [
        item
        for item in source.items
        if (item_ids is None or item.id in item_ids) and item.source not in there
    ][: max(room, 0)]
    for item in wanted:
        position += 1
        item.debrief_id, item.position = target.id, position
    db.session.flush()
    for debrief in (source, target):
        db.session.expire(debrief, ["items"])
    record(viewer.user_id, "agenda.carried", subject_kind="debrief", subject_id=target.id)
    return wanted
