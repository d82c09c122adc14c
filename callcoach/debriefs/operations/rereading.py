"""A moment read aloud by whoever leads the debrief: played where its agent is not to be heard."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls.events import on_purged
from callcoach.calls.models import Call
from callcoach.debriefs.models import AgendaItem, ItemKind
from callcoach.debriefs.operations.agenda import hold
from callcoach.errors import InvalidInput
from callcoach.extensions import db, utc_now
from callcoach.storage import StoredContent
from callcoach.storage.operations import delete_file, register_derived


def keep(viewer: Viewer, item: AgendaItem, content: StoredContent, duration_ms: int) -> AgendaItem:
    """Keep a recording, over an earlier one, whose file goes.

    Raises:
        NotFound, Conflict: as `agenda.change_item`.
        InvalidInput: the item is no moment.
    """
    hold(viewer, item)
    if item.kind != ItemKind.MOMENT:
        raise InvalidInput("Only a moment of a call is read aloud.")
    old = item.reread_file
    if old is not None and old.key == content.key:
        return item  # a try whose answer was lost
    item.reread_file = register_derived(content, kind="voice", media_type="audio/mp4")
    item.reread_ms = duration_ms
    db.session.flush()
    if old is not None:
        delete_file(old)
    record(viewer.user_id, "item.reread", subject_kind="item", subject_id=item.id)
    return item


def remove(viewer: Viewer, item: AgendaItem) -> AgendaItem:
    """Delete the recording. Twice is once.

    Raises:
        NotFound, Conflict: as `agenda.change_item`.
    """
    hold(viewer, item)
    _drop(item)
    return item


@on_purged
def forget_erased(call: Call) -> None:
    """A call is erased with all that was said in it: what items kept of it goes too. Of a recording
    that is merely deleted the words stay.
    """
    for item in db.session.scalars(select(AgendaItem).where(AgendaItem.call_id == call.id)):
        item.said, item.question, item.reformulation, item.words = [], "", "", ""
        item.erased_at = utc_now()
        _drop(item)


def _drop(item: AgendaItem) -> None:
    file = item.reread_file
    if file is None:
        return
    item.reread_file, item.reread_ms = None, 0
    db.session.flush()
    delete_file(file)
