"""What agents read of their colleagues' good moments: the words, without the call."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent
from callcoach.calls.models import Call
from callcoach.coaching.models import Note, NoteMention, NoteReader, NoteReply
from callcoach.coaching.readable import readable_as_colleague
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.web.paging import Page, paginate

#: Notes on a page, as of one's own.
PER_PAGE = 20
#: The line of the access log that says that somebody has read one.
READ = "note.read_as_colleague"


def list_team_notes(viewer: Viewer, number: int | None = None) -> Page[Note]:
    """Good moments of colleagues that are shown to the viewer, newest first; none for others than
    agents.
    """
    newest = _shown(viewer).order_by(Note.sent_at.desc(), Note.id.desc())
    return paginate(db.session(), newest, number, PER_PAGE)


def get_team_note(viewer: Viewer, note_id: int) -> Note:
    """One of them.

    Raises:
        NotFound: there is none, or it is not shown to the viewer.
    """
    note: Note | None = db.session.scalars(_shown(viewer).where(Note.id == note_id)).one_or_none()
    if note is None:
        raise NotFound("There is no such note.")
    return note


def count_new_for_me(viewer: Viewer) -> int:
    """Notes that name the viewer, which they have not opened yet. What is for the whole team waits
    quietly and is not counted.
    """
    named = or_(
        exists().where(NoteReader.note_id == Note.id, NoteReader.user_id == viewer.user_id),
        exists().where(NoteMention.note_id == Note.id, NoteMention.user_id == viewer.user_id),
    )
    read = exists().where(
        AccessEvent.subject_kind == "note",
        AccessEvent.subject_id == Note.id,
        AccessEvent.actor_id == viewer.user_id,
        AccessEvent.action == READ,
    )
    statement = select(func.count()).select_from(Note).join(Note.call)
    return db.session.scalar(statement.where(*_is_shown(viewer), named, ~read)) or 0


def _is_shown(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    return (
        readable_as_colleague(viewer),
        Note.deleted_at.is_(None),
        Call.deleted_at.is_(None),
    )


def _shown(viewer: Viewer) -> Select[Any]:
    return (
        select(Note)
        .join(Note.call)
        .where(readable_as_colleague(viewer), Note.deleted_at.is_(None), Call.deleted_at.is_(None))
        .options(
            contains_eager(Note.call).joinedload(Call.recording),
            joinedload(Note.author),
            joinedload(Note.agent),
            joinedload(Note.voice_file),
            selectinload(Note.readers),
            selectinload(Note.mentions),
            selectinload(Note.replies).joinedload(NoteReply.author),
        )
    )
