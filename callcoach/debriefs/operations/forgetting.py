"""Forgetting a deleted debrief for good, with what was read aloud for it."""

from __future__ import annotations

from sqlalchemy import delete

from callcoach.debriefs.models import Debrief, DebriefState
from callcoach.debriefs.operations.inviting import subject_of
from callcoach.extensions import db
from callcoach.notices.models import Notice
from callcoach.storage.operations import delete_file


def forget(debrief_id: int, version: int) -> bool:
    """The row, its agenda, the recordings made for it, and notices that lead to it.

    Args:
        version: its `row_version` when it was deleted; another one was brought back since.

    Returns:
        Whether it was there to forget.
    """
    debrief = db.session.get(Debrief, debrief_id)
    if debrief is None or debrief.state != DebriefState.DELETED or debrief.row_version != version:
        return False
    for item in debrief.items:
        if item.reread_file is not None:
            delete_file(item.reread_file)
    db.session.execute(delete(Notice).where(Notice.subject == subject_of(debrief)))
    db.session.delete(debrief)
    db.session.flush()
    return True
