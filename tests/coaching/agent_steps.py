"""What tests of the agent's side do again and again."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent
from callcoach.calls.beeped import recipe_of
from callcoach.calls.models import Excerpt
from callcoach.coaching.models import Note
from callcoach.coaching.operations import notes
from callcoach.extensions import db
from callcoach.storage import get_store
from callcoach.storage.operations import put_file, register_derived
from tests.factories.coaching import create_note

from .conftest import Desk


def send_note(desk: Desk, **values: Any) -> int:
    """A note from Claire to Hanta on the call; its id."""
    return create_note(desk.call, desk.user("claire"), **values).id


def fresh(note_id: int) -> Note:
    return db.session.get_one(Note, note_id, populate_existing=True)


def events(app: Flask, action: str) -> list[tuple[int | None, int | None]]:
    """Who did it to which note."""
    with app.app_context():
        return [
            (line.actor_id, line.subject_id)
            for line in db.session.scalars(
                select(AccessEvent).where(AccessEvent.action == action).order_by(AccessEvent.id)
            )
        ]


def add_excerpt(note_id: int) -> None:
    """The sound of a note's moment, as if a worker had written it, and a recording."""
    note = fresh(note_id)
    call = note.call
    if call.recording is None:
        raise ValueError("a call with a recording, please")
    call.recording.playback = put_file(
        io.BytesIO(b"sound" * 100), kind="playback", media_type="audio/mp4"
    )
    start_ms, end_ms = notes.excerpt_bounds(note)
    excerpt = Excerpt(call_id=call.id, start_ms=start_ms, end_ms=min(end_ms, call.duration_ms))
    excerpt.file = put_file(io.BytesIO(b"moment" * 100), kind="excerpt", media_type="audio/mp4")
    db.session.add(excerpt)
    db.session.commit()


#: What `add_beeped` stores.
BEEPED_SOUND = b"beeped" * 100


def add_beeped(note_id: int) -> None:
    """The moment with names beeped out, as if a worker had written it just now."""
    note = fresh(note_id)
    recipe = recipe_of(note.call, *notes.excerpt_bounds(note))
    if recipe is None:
        raise ValueError("a call with a playback file and a transcript, please")
    content = get_store().put(io.BytesIO(BEEPED_SOUND), recipe.key)
    db.session.add(register_derived(content, kind="beeped", media_type="audio/mp4"))
    db.session.commit()
