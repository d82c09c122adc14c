"""Notes taken on the fly while a debrief runs, for its minutes."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, Remark
from callcoach.debriefs.operations.once import find_sent
from callcoach.debriefs.operations.screens import follow
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now

#: Longest remark, characters: a few lines of the minutes.
MAX_TEXT = 1000


def put(
    viewer: Viewer, debrief: Debrief, client_id: str, text: str, item_id: int | None = None
) -> Remark:
    """Write a remark down. Sent a second time under its id it is the one that is there already.

    Args:
        client_id: made by the page that sends it.
        item_id: the item it was made on.

    Raises:
        NotFound: the debrief is not the viewer's to lead, or it has no such item.
        InvalidInput: no words, too many, or no usable id.
        Conflict: the debrief has not begun, or the id is another remark's.
    """
    client_id, known = find_sent(viewer, debrief, Remark, client_id)
    if known is not None:
        return known
    require_held(debrief)
    text = text.strip()
    if not 1 <= len(text) <= MAX_TEXT:
        raise InvalidInput("Write %(limit)s characters at most.", field="text", limit=MAX_TEXT)
    remark = Remark(
        client_id=client_id,
        debrief_id=debrief.id,
        item_id=require_item(debrief, item_id),
        author_id=viewer.user_id,
        text=text,
    )
    db.session.add(remark)
    db.session.flush()
    db.session.expire(debrief, ["remarks"])
    follow(debrief.id)
    return remark


def remove(viewer: Viewer, remark: Remark, *, undo: bool = False) -> Remark:
    """Take a remark away, or put it back; doing either twice changes nothing.

    Raises:
        NotFound: its debrief is not the viewer's to lead.
    """
    debrief = db.session.get(Debrief, remark.debrief_id)
    if debrief is None or not can_lead(viewer, debrief):
        raise NotFound("There is no such remark.")
    if undo:
        remark.deleted_at = None
    elif remark.deleted_at is None:
        remark.deleted_at = utc_now()
    db.session.flush()
    follow(debrief.id)
    return remark


def require_held(debrief: Debrief) -> None:
    """Nothing comes of a debrief that has not begun.

    Raises:
        Conflict: it is planned, or it was skipped.
    """
    if debrief.state not in (DebriefState.RUNNING, DebriefState.DONE):
        raise Conflict("This debrief has not begun. Start it first.")


def require_item(debrief: Debrief, item_id: int | None) -> int | None:
    """The id of an item of this agenda; None for the debrief as a whole.

    Raises:
        NotFound: the agenda has no such item.
    """
    if item_id is None:
        return None
    item = db.session.get(AgendaItem, item_id)
    if item is None or item.debrief_id != debrief.id:
        raise NotFound("There is no such item.")
    return item.id
