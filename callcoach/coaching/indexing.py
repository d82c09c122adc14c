"""What the search room is told of notes: those that are sent and not deleted.

A note for the team is found like any other by those who find its call; colleagues, who read it
without the call, find it on their own page. One for named people is indexed as private, and
`named_notes` says who else finds it: the very rule by which it is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.coaching.models import Note, Visibility
from callcoach.coaching.readable import readable
from callcoach.extensions import db
from callcoach.search.models import SearchEntry
from callcoach.search.operations import FoundNote, drop_note, index_note, notes_of_call
from callcoach.search.queries import notes_for_named


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


@notes_for_named
def named_notes(viewer: Viewer) -> ColumnElement[bool]:
    """Notes for named people that the viewer reads."""
    return SearchEntry.note_id.in_(
        select(Note.id)
        .join(Call, Call.id == Note.call_id)
        .where(
            Note.visibility == Visibility.NAMED,
            Note.sent_at.is_not(None),
            Note.deleted_at.is_(None),
            readable(viewer),
        )
    )


def said_aloud(note: Note) -> str:
    """What a spoken note says beyond what is written in it; "" for nothing, and until it is
    recognised.
    """
    return note.voice_text if note.voice_text != note.instead else ""


def _as_found(note: Note) -> FoundNote:
    return FoundNote(
        note_id=note.id,
        call_id=note.call_id,
        author_id=note.author_id,
        agent_id=note.agent_id,
        is_private=note.visibility not in (Visibility.AGENT, Visibility.TEAM),
        channel=note.channel,
        start_ms=note.start_ms,
        end_ms=note.end_ms,
        text="\n".join(
            part for part in (note.quote, note.hears, note.instead, said_aloud(note)) if part
        ),
        cause=note.cause,
    )
