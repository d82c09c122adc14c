"""Reads of notes, always scoped by a `Viewer`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls import queries as calls
from callcoach.calls.judging import Stretch, is_same_moment
from callcoach.calls.models import Call
from callcoach.coaching.access import judges
from callcoach.coaching.models import (
    ListeningRequest,
    Note,
    NoteCall,
    NoteReader,
    NoteReply,
    NoteRevision,
    NoteScope,
    Visibility,
)
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations.notes import text_of
from callcoach.coaching.readable import readable
from callcoach.errors import NotFound
from callcoach.extensions import db


def get_note(viewer: Viewer, note_id: int, *, include_deleted: bool = False) -> tuple[Call, Note]:
    """A note and its call, which the viewer reads too: what colleagues read without the call is
    found by `queries.team_notes`.

    Args:
        include_deleted: also one put aside, for those who could bring it back.

    Raises:
        NotFound: there is none, it or its call was put aside, or the viewer may not read it.
    """
    statement = select(Note).join(Note.call).where(Note.id == note_id, readable(viewer))
    if not (include_deleted and judges(viewer)):
        statement = statement.where(Note.deleted_at.is_(None))
    note: Note | None = db.session.scalar(statement)
    if note is None:
        raise NotFound("There is no such note.")
    return calls.get_call(viewer, note.call_id), note


def notes_of(viewer: Viewer, call: Call) -> list[Note]:
    """The notes on a call that the viewer reads, by start, with all that the desk prints; also
    those on several calls that name it beside another one.
    """
    beside = and_(
        exists().where(NoteCall.note_id == Note.id, NoteCall.call_id == call.id),
        Call.deleted_at.is_(None),
        calls.in_scope(viewer),
    )
    statement = (
        select(Note)
        .join(Note.call)
        .where(or_(Note.call_id == call.id, beside), Note.deleted_at.is_(None), readable(viewer))
        .options(
            joinedload(Note.author),
            joinedload(Note.agent),
            joinedload(Note.updated_by),
            joinedload(Note.point),
            joinedload(Note.verdict),
            joinedload(Note.voice_file),
            selectinload(Note.revisions),
            selectinload(Note.replies).joinedload(NoteReply.author),
            selectinload(Note.readers).joinedload(NoteReader.user),
            selectinload(Note.mentions),
            selectinload(Note.other_calls),
        )
        .order_by(Note.start_ms, Note.id)
    )
    return list(db.session.scalars(statement))


def own_draft(
    viewer: Viewer,
    call: Call,
    place: Stretch,
    *,
    point_id: int | None = None,
    is_moment: bool = True,
) -> Note | None:
    """The viewer's newest draft on this flag, or largely on this stretch without any flag; or their
    newest one on the call as a whole, alone or with others.
    """
    drafts = db.session.scalars(
        select(Note)
        .where(
            Note.call_id == call.id,
            Note.author_id == viewer.user_id,
            Note.sent_at.is_(None),
            Note.deleted_at.is_(None),
            Note.scope == NoteScope.MOMENT if is_moment else Note.scope != NoteScope.MOMENT,
        )
        .options(joinedload(Note.point))
        .order_by(Note.id.desc())
    )
    if not is_moment:
        return next(iter(drafts), None)
    return next((draft for draft in drafts if _is_on(draft, place, point_id)), None)


def own_twin(
    viewer: Viewer, call: Call, text: NoteText, *, point_id: int | None = None
) -> Note | None:
    """The viewer's note that says just this and was sent already."""
    plain = {k: v for k, v in asdict(text).items() if k not in ("readers", "other_calls")}
    found = db.session.scalars(
        select(Note)
        .where(
            Note.call_id == call.id,
            Note.author_id == viewer.user_id,
            Note.point_id == (point_id if text.is_moment else None),
            Note.sent_at.is_not(None),
            Note.deleted_at.is_(None),
            *(getattr(Note, name) == value for name, value in plain.items()),
        )
        .order_by(Note.id.desc())
    )
    return next((note for note in found if text_of(note) == text), None)


def _is_on(draft: Note, place: Stretch, point_id: int | None) -> bool:
    if point_id is None or draft.point_id is None:
        return point_id is None and draft.point_id is None and is_same_moment(draft, place)
    # An analysis run again gives the same flag another number
    return draft.point_id == point_id or (
        draft.point is not None and is_same_moment(draft.point, place)
    )


def revisions_of(viewer: Viewer, note: Note) -> list[NoteRevision]:
    """What the note said, from the first version sent; see `readable_revisions`."""
    found = db.session.scalars(
        select(NoteRevision)
        .where(NoteRevision.note_id == note.id)
        .options(joinedload(NoteRevision.author))
        .order_by(NoteRevision.number)
    )
    return readable_revisions(viewer, note, found)


def readable_revisions(
    viewer: Viewer, note: Note, revisions: Iterable[NoteRevision]
) -> list[NoteRevision]:
    """Versions that are the viewer's to read: one that was private stays its author's alone, also
    after the note was shared; one for named people stays theirs, the agent's and the supervisors'.
    """
    return [revision for revision in revisions if _could_read(viewer, note, revision)]


def _could_read(viewer: Viewer, note: Note, revision: NoteRevision) -> bool:
    if note.author_id == viewer.user_id:
        return True
    was = NoteText.kept(revision.content)
    if was.visibility == Visibility.NAMED and viewer.role is Role.TEAM_LEAD:
        return viewer.user_id in was.readers
    return was.visibility != Visibility.PRIVATE


def unseen(viewer: Viewer, notes: Iterable[Note]) -> list[Note]:
    """Those of `notes` that are new to the viewer: a note for them not read yet, or answers to
    theirs not seen yet.
    """
    return [note for note in notes if _is_unseen(viewer, note)]


def _is_unseen(viewer: Viewer, note: Note) -> bool:
    is_mine = note.agent_id == viewer.user_id and viewer.role is Role.AGENT
    if is_mine and note.read_at is None:
        return True
    if not is_mine and note.author_id != viewer.user_id:
        return False
    return any(
        reply.seen_at is None and reply.author_id != viewer.user_id for reply in note.replies
    )


def request_on(viewer: Viewer, call: Call, request_id: int) -> ListeningRequest:
    """The listening request that a note answers; one taken back counts as none.

    Raises:
        NotFound: there is none on this call, or the call is outside the viewer's scope.
    """
    request = db.session.scalar(
        select(ListeningRequest)
        .join(ListeningRequest.call)
        .where(
            ListeningRequest.id == request_id,
            ListeningRequest.call_id == call.id,
            ListeningRequest.withdrawn_at.is_(None),
            calls.in_scope(viewer),
        )
    )
    if request is None:
        raise NotFound("There is no such request.")
    return request


def requests_answered_by(note: Note) -> list[ListeningRequest]:
    """Listening requests to which this note is the answer."""
    return list(
        db.session.scalars(select(ListeningRequest).where(ListeningRequest.note_id == note.id))
    )
