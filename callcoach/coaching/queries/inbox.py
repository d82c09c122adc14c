"""What was written for an agent: the notes on their calls, and how many of them are new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role
from callcoach.calls import queries as calls
from callcoach.calls.beeped import find_beeped, recipe_of
from callcoach.calls.models import Call, Excerpt
from callcoach.calls.subjects import BEEPED, beeped_subject
from callcoach.coaching.models import (
    Note,
    NoteCall,
    NoteReader,
    NoteReply,
    NoteRevision,
    Visibility,
)
from callcoach.coaching.operations.notes import excerpt_bounds
from callcoach.coaching.readable import readable
from callcoach.coaching.sharing import may_hear, may_hear_beeped
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.jobs.queries import find_job, has_failed
from callcoach.storage.models import StoredFile
from callcoach.web.paging import Page, paginate

#: Notes on a page: one is open and fills a phone, the others are a few lines each.
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class ExcerptState:
    """What can be played with a note.

    Args:
        state: ``ready``, ``writing`` while a worker has it to write, ``failed`` when the last try
            came to nothing, ``gone`` when there is no audio any more, ``whole`` for calls as a
            whole, which have their own page, ``silent`` for colleagues until the agent says yes.
        length_ms: how long it lasts; 0 when gone.
        excerpt: its row, once there is one.
        beeped: the file with names and numbers beeped out, where the viewer hears that one only;
            then there is no `excerpt`.
    """

    state: str
    length_ms: int = 0
    excerpt: Excerpt | None = None
    beeped: StoredFile | None = None

    @property
    def file(self) -> StoredFile | None:
        """What is played; none as long as it is not written."""
        return self.beeped or (self.excerpt.file if self.excerpt is not None else None)


def list_my_notes(viewer: Viewer, number: int | None = None) -> Page[Note]:
    """The notes written for the viewer: new ones first, then by the day they were sent.

    Empty for everybody but agents. A page past the end is the last one.
    """
    return paginate(db.session(), _mine(viewer).order_by(*_new_first(viewer)), number, PER_PAGE)


def get_my_note(viewer: Viewer, note_id: int) -> Note:
    """One of them.

    Raises:
        NotFound: there is none, or it is not for the viewer.
    """
    note: Note | None = db.session.scalars(_mine(viewer).where(Note.id == note_id)).one_or_none()
    if note is None:
        raise NotFound("There is no such note.")
    return note


def next_new_note(viewer: Viewer, after: Note) -> int | None:
    """The id of the new note to read after this one; None when there is no other."""
    found: int | None = db.session.scalar(
        select(Note.id)
        .join(Note.call)
        .where(_is_mine(viewer), _is_new(viewer), Note.id != after.id)
        .order_by(Note.sent_at.desc(), Note.id.desc())
        .limit(1)
    )
    return found


def count_new_notes(viewer: Viewer) -> int:
    """How many of the viewer's notes they have not read, or have an answer they have not read."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Note)
            .join(Note.call)
            .where(_is_mine(viewer), _is_new(viewer))
        )
        or 0
    )


def is_new(viewer: Viewer, note: Note) -> bool:
    """Whether the viewer has something in it to read."""
    return note.read_at is None or any(
        reply.seen_at is None and reply.author_id != viewer.user_id for reply in note.replies
    )


def get_readable_note(viewer: Viewer, note_id: int) -> tuple[Call, Note]:
    """A note that the viewer may read, with its call, which they may not be able to open.

    Raises:
        NotFound: there is none, or it is not for the viewer.
    """
    note: Note | None = db.session.scalar(
        select(Note)
        .join(Note.call)
        .where(
            Note.id == note_id,
            Note.deleted_at.is_(None),
            Call.deleted_at.is_(None),
            readable(viewer),
        )
    )
    if note is None:
        raise NotFound("There is no such note.")
    return note.call, note


def excerpt_state(viewer: Viewer, call: Call, note: Note) -> ExcerptState:
    """What can be played with the note, without asking for it."""
    if not note.is_moment:
        return ExcerptState("whole")
    if may_hear_beeped(viewer, note):
        return _beeped_state(viewer, call, note)
    if not may_hear(viewer, note):
        return ExcerptState("silent")
    start_ms, end_ms = excerpt_bounds(note)
    end_ms = min(end_ms, call.duration_ms)
    if note.visibility == Visibility.PRIVATE:
        return ExcerptState("gone")
    return state_of(viewer, call, start_ms, end_ms)


def state_of(viewer: Viewer, call: Call, start_ms: int, end_ms: int) -> ExcerptState:
    """`stretch_state`, with its length."""
    state, excerpt = calls.stretch_state(viewer, call, start_ms, end_ms)
    return ExcerptState(state, 0 if state == "gone" else end_ms - start_ms, excerpt)


def _beeped_state(viewer: Viewer, call: Call, note: Note) -> ExcerptState:
    start_ms, end_ms = excerpt_bounds(note)
    end_ms = min(end_ms, call.duration_ms)
    recipe = recipe_of(call, start_ms, end_ms)
    if recipe is None or note.visibility == Visibility.PRIVATE:
        return ExcerptState("gone")
    length_ms = end_ms - start_ms
    file = find_beeped(recipe)
    if file is not None:
        return ExcerptState("ready", length_ms, beeped=file)
    job = find_job(viewer, beeped_subject(call.id, start_ms, end_ms), BEEPED)
    return ExcerptState("failed" if has_failed(job) else "writing", length_ms)


def text_read_before(viewer: Viewer, note: Note) -> NoteRevision | None:
    """What the note said when the viewer last read it, when it says something else by now.

    Only versions that were theirs to read: one that was private then stays private.
    """
    if note.read_at is not None or len(note.revisions) < 2:
        return None
    read_at: datetime | None = db.session.scalar(
        select(func.max(AccessEvent.at)).where(
            AccessEvent.subject_kind == "note",
            AccessEvent.subject_id == note.id,
            AccessEvent.actor_id == viewer.user_id,
            AccessEvent.action == "note.read",
        )
    )
    if read_at is None:
        return None
    before = [item for item in note.revisions[:-1] if item.created_at <= read_at]
    if not before or before[-1].content.get("visibility") == Visibility.PRIVATE:
        return None
    return before[-1]


def _mine(viewer: Viewer) -> Select[Note]:
    return (
        select(Note)
        .join(Note.call)
        .where(_is_mine(viewer))
        .options(
            contains_eager(Note.call).joinedload(Call.recording),
            joinedload(Note.author),
            joinedload(Note.voice_file),
            selectinload(Note.other_calls).joinedload(NoteCall.call),
            selectinload(Note.readers).joinedload(NoteReader.user),
            selectinload(Note.mentions),
            selectinload(Note.replies).joinedload(NoteReply.author),
            selectinload(Note.revisions),
        )
    )


def _is_mine(viewer: Viewer) -> ColumnElement[bool]:
    """As `can_read_note` says for agents; needs the call joined."""
    if viewer.role is not Role.AGENT:
        return false()
    return and_(
        Note.agent_id == viewer.user_id,
        Note.sent_at.is_not(None),
        Note.deleted_at.is_(None),
        Note.visibility != Visibility.PRIVATE.value,
        Call.agent_id == viewer.user_id,
        Call.deleted_at.is_(None),
    )


def _is_new(viewer: Viewer) -> ColumnElement[bool]:
    answered = exists().where(
        NoteReply.note_id == Note.id,
        NoteReply.seen_at.is_(None),
        or_(NoteReply.author_id != viewer.user_id, NoteReply.author_id.is_(None)),
    )
    return or_(Note.read_at.is_(None), answered)


def _new_first(viewer: Viewer) -> tuple[ColumnElement[Any], ...]:
    return (case((_is_new(viewer), 0), else_=1), Note.sent_at.desc(), Note.id.desc())
