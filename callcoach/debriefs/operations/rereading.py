"""A moment read aloud by whoever leads the debrief: played where its agent is not to be heard."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.debriefs.models import AgendaItem, ItemKind
from callcoach.debriefs.operations.agenda import hold
from callcoach.errors import InvalidInput
from callcoach.extensions import db
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


def _drop(item: AgendaItem) -> None:
    file = item.reread_file
    if file is None:
        return
    item.reread_file, item.reread_ms = None, 0
    db.session.flush()
    delete_file(file)
