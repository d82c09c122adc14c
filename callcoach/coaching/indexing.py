"""What the search room is told of notes: those that are sent and not deleted."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from callcoach.coaching.models import Note, Visibility
from callcoach.extensions import db
from callcoach.search.operations import FoundNote, drop_note, index_note, notes_of_call


def follow_note(note: Note) -> None:
    """Bring the index in step with a note, whatever was done to it; a draft is not found."""
    if note.is_draft or note.deleted_at is not None:
        drop_note(note.id)
    else:
        index_note(_as_found(note))


@notes_of_call
def sent_notes(call_id: int) -> Iterator[FoundNote]:
    """Every note of the call that is to be found."""
    notes = db.session.scalars(
        select(Note)
        .where(Note.call_id == call_id, Note.sent_at.is_not(None), Note.deleted_at.is_(None))
        .order_by(Note.id)
    )
    for note in notes:
        yield _as_found(note)


def _as_found(note: Note) -> FoundNote:
    return FoundNote(
        note_id=note.id,
        call_id=note.call_id,
        author_id=note.author_id,
        agent_id=note.agent_id,
        is_private=note.visibility != Visibility.AGENT,
        channel=note.channel,
        start_ms=note.start_ms,
        end_ms=note.end_ms,
        text="\n".join(part for part in (note.quote, note.hears, note.instead) if part),
        cause=note.cause,
    )
