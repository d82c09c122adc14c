"""What must hold before somebody does something to a note; each says so by raising."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.coaching.access import can_acknowledge_note, can_edit_note, can_read_note
from callcoach.coaching.models import Note
from callcoach.errors import Conflict, NotAllowed, NotFound
from callcoach.extensions import db


def lock(note: Note) -> None:
    """One writer at a time, who sees what the last one wrote; also in the lists beside the note."""
    db.session.flush()
    db.session.refresh(note, with_for_update={"of": Note})
    db.session.expire(note, ["readers", "mentions", "other_calls"])


def require_readable(viewer: Viewer, call: Call, note: Note) -> None:
    """Raises NotFound unless the viewer reads the note, which is on this call."""
    if (
        note.call_id != call.id
        or note.deleted_at is not None
        or call.deleted_at is not None
        or not can_read_note(viewer, note, call)
    ):
        raise NotFound("There is no such note.")


def require_author(viewer: Viewer, call: Call, note: Note) -> None:
    """Raises NotFound as `require_readable`, NotAllowed for everybody but the author."""
    require_readable(viewer, call, note)
    if note.author_id != viewer.user_id or not can_edit_note(viewer, note, call):
        raise NotAllowed("Only its author can do this.")


def require_own_draft(viewer: Viewer, call: Call, note: Note) -> None:
    """Raises as `require_author`, Conflict once it is sent."""
    require_author(viewer, call, note)
    if not note.is_draft:
        raise Conflict("This note was sent already; reload the page to change it.")


def require_edit(viewer: Viewer, call: Call, note: Note) -> None:
    """Also for deleted notes, so that they can be brought back."""
    if (
        note.call_id != call.id
        or call.deleted_at is not None
        or not can_read_note(viewer, note, call)
    ):
        raise NotFound("There is no such note.")
    if not can_edit_note(viewer, note, call):
        raise NotAllowed("Supervisors change notes; ask yours.")


def require_addressee(viewer: Viewer, call: Call, note: Note) -> None:
    """Raises NotFound as `require_readable`, NotAllowed for all but the agent it is for; locks."""
    lock(note)
    require_readable(viewer, call, note)
    if not can_acknowledge_note(viewer, note, call):
        raise NotAllowed("Only the agent it is for can do this.")
