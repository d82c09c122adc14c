"""Keeping the index in step with calls and notes. Every function may be called again and again.

A call that is put aside keeps its entries (queries hide them, and it may come back); purging it
takes them along in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select

from callcoach.calls.events import on_words_changed
from callcoach.calls.mapping import shown_turns
from callcoach.calls.models import Call, Turn, TurnCorrection
from callcoach.extensions import Registry, db
from callcoach.search.models import EntryKind, SearchEntry
from callcoach.search.words import clean, indexed


@dataclass(frozen=True, slots=True)
class FoundNote:
    """A sent note, as the index keeps it.

    Args:
        start_ms, end_ms: its moment, milliseconds from the start of the recording, half-open.
        text: all that it says, a line for each part.
        is_private: its author alone reads it, or people named in it (see `notes_for_named`).
    """

    note_id: int
    call_id: int
    author_id: int | None
    agent_id: int | None
    is_private: bool
    channel: int
    start_ms: int
    end_ms: int
    text: str
    cause: str = ""


NotesOfCall = Callable[[int], Iterable[FoundNote]]

_note_sources: Registry[NotesOfCall] = Registry()

#: Registers where the sent notes of a call are found, as a decorator: the room that keeps notes lies
#: above this one.
notes_of_call = _note_sources.add


@on_words_changed
def index_call(call: Call) -> None:
    """Put the call's turns, as they are shown now, in the place of those the index had."""
    # Two at once would each delete what they see, and both insert
    db.session.execute(select(Call.id).where(Call.id == call.id).with_for_update(of=Call))
    _drop(SearchEntry.call_id == call.id, SearchEntry.kind == EntryKind.TURN)
    turns = db.session.scalars(
        select(Turn).where(Turn.analysis_id == call.current_analysis_id).order_by(Turn.index)
    )
    corrections = db.session.scalars(
        select(TurnCorrection).where(TurnCorrection.call_id == call.id)
    )
    rows = [
        {
            "call_id": call.id,
            "kind": EntryKind.TURN,
            "speaker": turn.speaker,
            "channel": turn.channel,
            "start_ms": turn.start_ms,
            "end_ms": turn.end_ms,
            **_texts(turn.text),
        }
        for turn in shown_turns(turns, corrections)
        if turn.text
    ]
    if rows:
        db.session.execute(insert(SearchEntry), rows)


def index_note(note: FoundNote) -> None:
    """Make a sent note findable, or follow what changed in it."""
    drop_note(note.note_id)
    values = {
        "kind": EntryKind.NOTE,
        "note_id": note.note_id,
        "call_id": note.call_id,
        "author_id": note.author_id,
        "agent_id": note.agent_id,
        "is_private": note.is_private,
        "channel": note.channel,
        "start_ms": note.start_ms,
        "end_ms": note.end_ms,
        "cause": note.cause,
        **_texts(note.text),
    }
    db.session.execute(insert(SearchEntry), [values])


def drop_note(note_id: int) -> None:
    """A note that was deleted or taken back is not found any more."""
    _drop(SearchEntry.note_id == note_id)


def reindex_call(call: Call) -> None:
    """Build all entries of a call anew, notes included."""
    index_call(call)
    _drop(SearchEntry.call_id == call.id, SearchEntry.kind == EntryKind.NOTE)
    for source in _note_sources:
        for note in source(call.id):
            index_note(note)


def _texts(text: str) -> dict[str, str]:
    text = clean(text)
    words, stems = indexed(text)
    return {"text": text, "words": words, "stems": stems}


def _drop(*conditions: Any) -> None:
    db.session.execute(
        delete(SearchEntry).where(*conditions).execution_options(synchronize_session=False)
    )
