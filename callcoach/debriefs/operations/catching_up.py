"""Catching up with a debrief that one was not at: the same stop and the same question, item by
item, and only then what happened.

How far somebody has come is kept with their attendance, and is forgotten with it.
"""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.debriefs import catch_up
from callcoach.debriefs.events import on_ended, on_reopened
from callcoach.debriefs.models import AgendaItem, Attendance, Debrief, Presence
from callcoach.debriefs.queries.debriefs import participants
from callcoach.errors import InvalidInput, NotAllowed
from callcoach.extensions import db, utc_now
from callcoach.notices.operations import mark_subject_seen, notify, take_back

#: What the absent are told.
NOTICE = "debrief.catch_up"


def subject_of(debrief: Debrief) -> str:
    """What a notice about a debrief is about.

    >>> subject_of(Debrief(id=3))
    'debrief:3'
    """
    return f"debrief:{debrief.id}"


@on_ended
def tell_absent(debrief: Debrief) -> None:
    """Tell those who were not there that they can catch up; nobody when nothing was shown, and not
    again who has done so.
    """
    for person in participants(debrief):
        if catch_up.is_due(debrief, person.id):
            notify(
                person.id,
                NOTICE,
                subject_of(debrief),
                f"/my/debriefs/{debrief.id}",
                title=debrief.title,
            )


@on_reopened
def untell_absent(debrief: Debrief) -> None:
    """It goes on: nobody has missed it yet."""
    take_back(NOTICE, subject_of(debrief))


def open_item(viewer: Viewer, debrief: Debrief, item: AgendaItem, *, is_skipped: bool) -> bool:
    """Open what happened in an item, once the viewer has said what they would say, or that they
    skip it. Doing so again changes nothing. With the last one the viewer has caught up.

    Returns:
        Whether this was the last one.

    Raises:
        NotAllowed: there is nothing to catch up with.
        InvalidInput: it asks something, and the viewer has neither answered nor skipped.
    """
    if not catch_up.is_due(debrief, viewer.user_id):
        raise NotAllowed("There is nothing to catch up with here.")
    if catch_up.asks(item) and not is_skipped and not catch_up.has_answered(item, viewer.user_id):
        raise InvalidInput("Write what you would say first, or skip the question.")
    # Two taps at once: the second waits here, and adds to what the first opened
    db.session.refresh(debrief, with_for_update={"of": Debrief})
    db.session.expire(debrief, ["attendances"])
    rows = select(Attendance).where(Attendance.debrief_id == debrief.id)
    db.session.scalars(rows.execution_options(populate_existing=True)).all()
    row = _row(viewer, debrief)
    if item.id not in row.opened_items:
        row.opened_items = [*row.opened_items, item.id]
    left = {item.id for item in catch_up.items_of(debrief)} - set(row.opened_items)
    if left:
        db.session.flush()
        return False
    row.caught_up_at = utc_now()
    db.session.flush()
    mark_subject_seen(viewer, subject_of(debrief))
    return True


def _row(viewer: Viewer, debrief: Debrief) -> Attendance:
    """The viewer's attendance; of who was marked nowhere, as absent."""
    row = catch_up.attendance_of(debrief, viewer.user_id)
    if row is None:
        row = Attendance(
            user_id=viewer.user_id,
            presence=Presence.ABSENT,
            marked_by_id=viewer.user_id,
            opened_items=[],
        )
        debrief.attendances.append(row)
    return row
