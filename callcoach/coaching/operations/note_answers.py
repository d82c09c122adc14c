"""What people do with a sent note: read it, hear it, say "understood", answer."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls.models import Call
from callcoach.coaching.access import can_acknowledge_note, can_answer_note, can_read_note
from callcoach.coaching.models import Note, NoteReply
from callcoach.coaching.operations import note_people, telling
from callcoach.coaching.operations.note_guards import (
    lock,
    require_addressee,
    require_readable,
)
from callcoach.errors import InvalidInput, NotAllowed
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices

#: Longest answer, in characters.
MAX_REPLY_LENGTH = 2000


def mark_read(viewer: Viewer, call: Call, note: Note) -> None:
    """The agent had the text before them; what others wrote under it counts as seen too.

    Marks it read for the agent it is for; the author's own look marks answers seen; for others who
    are let in by name only their notice goes.
    """
    lock(note)  # its author may be taking it back
    if note.deleted_at is not None or not can_read_note(viewer, note, call):
        return
    if can_acknowledge_note(viewer, note, call) and note.read_at is None:
        note.read_at = utc_now()
        # Kept when a change makes the note new again: the page then says what changed since
        record(viewer.user_id, "note.read", subject_kind="note", subject_id=note.id)
    notices.mark_subject_seen(viewer, telling.subject_of(note))
    if viewer.user_id not in (note.author_id, note.agent_id):
        return
    for reply in note.replies:
        if reply.author_id != viewer.user_id:
            reply.seen_at = reply.seen_at or utc_now()
    db.session.flush()


def mark_heard(viewer: Viewer, call: Call, note: Note) -> None:
    """The agent played the moment.

    Raises:
        NotFound, NotAllowed: the note is not for the viewer.
    """
    require_addressee(viewer, call, note)
    if note.heard_at is None:
        note.heard_at = utc_now()
        note.read_at = note.read_at or note.heard_at
        record(viewer.user_id, "note.heard", subject_kind="note", subject_id=note.id)
    db.session.flush()


def acknowledge_note(viewer: Viewer, call: Call, note: Note, *, undo: bool = False) -> Note:
    """The agent says "understood", or takes that back. It is no agreement, and never shown as one.

    Raises:
        NotFound, NotAllowed: the note is not for the viewer.
    """
    require_addressee(viewer, call, note)
    if undo:
        note.acknowledged_at = None
    elif note.acknowledged_at is None:
        note.acknowledged_at = utc_now()
        note.read_at = note.read_at or note.acknowledged_at
        record(viewer.user_id, "note.acknowledged", subject_kind="note", subject_id=note.id)
    db.session.flush()
    return note


def reply_to_note(viewer: Viewer, call: Call, note: Note, text: str) -> NoteReply:
    """Answer under a note.

    Raises:
        NotFound, NotAllowed: the viewer may not read, or not answer, the note.
        InvalidInput: empty or too long, or it names somebody who may not be told.
    """
    lock(note)
    require_readable(viewer, call, note)
    if not can_answer_note(viewer, note, call):
        raise NotAllowed("Only the agent, their supervisors and who is named in it answer a note.")
    text = text.strip()
    if not text:
        raise InvalidInput("Write an answer first.")
    if len(text) > MAX_REPLY_LENGTH:
        raise InvalidInput(
            "An answer may have %(limit)s characters at most.", limit=MAX_REPLY_LENGTH
        )
    note_people.check_answer(viewer, call, note, text)
    before = note.let_in_ids
    reply = NoteReply(note_id=note.id, author_id=viewer.user_id, text=text)
    note.replies.append(reply)
    if note.agent_id == viewer.user_id:
        note.read_at = note.read_at or utc_now()
    record(viewer.user_id, "note.answered", subject_kind="note", subject_id=note.id)
    db.session.flush()
    note_people.follow_names(viewer, call, note, before=before)
    telling.note_answered(viewer, note, reply)
    return reply
