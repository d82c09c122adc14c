"""Coaching notes: drafts that save themselves, sending, editing with history, answers."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls import operations as calls
from callcoach.calls.judging import found_again
from callcoach.calls.models import Call, Decision, TippingPoint, Verdict
from callcoach.coaching import events
from callcoach.coaching.access import (
    can_acknowledge_note,
    can_answer_note,
    can_edit_note,
    can_read_note,
)
from callcoach.coaching.indexing import follow_note
from callcoach.coaching.models import Note, NoteReply, NoteRevision, Visibility
from callcoach.coaching.note_text import NoteText, checked, complete
from callcoach.coaching.operations import telling
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices

#: Longest answer, in characters.
MAX_REPLY_LENGTH = 2000
#: What an agent hears around a note's moment: what led to it, and how the prospect took it.
LEAD_IN_MS, LEAD_OUT_MS = 8000, 4000


def text_of(note: Note) -> NoteText:
    """What the note says now."""
    values = {name: getattr(note, name) for name in NoteText.__dataclass_fields__}
    return NoteText(**values | {"aim": str(note.aim), "visibility": str(note.visibility)})


def save_draft(
    viewer: Viewer,
    call: Call,
    text: NoteText,
    *,
    note: Note | None = None,
    point: TippingPoint | None = None,
    based_on: int = 0,
) -> Note:
    """Keep a draft as it stands, complete or not; a new one without `note`.

    Args:
        point: the flag it is written on; sending the note confirms it.
        based_on: `row_version` of the draft that was edited.

    Raises:
        NotFound, NotAllowed: as `calls.operations.require_judge`, or the draft is not the viewer's.
        Conflict: the note was sent already; it is changed by `edit_note`.
        InvalidInput: a value is out of range.
        StaleVersion: the draft was saved from another window since; see `_stale`.
    """
    calls.require_judge(viewer, call)
    text = checked(text, call.duration_ms)
    if note is None:
        note = Note(call_id=call.id, author_id=viewer.user_id, agent_id=call.agent_id)
        note.point_id = _point_id(point, call)
        _write(note, text, viewer)
        note.row_version = 1
        db.session.add(note)
        db.session.flush()
        return note
    _lock(note)
    _require_own_draft(viewer, call, note)
    _check_version(note, text, based_on)
    if text != text_of(note):
        _write(note, text, viewer)
    db.session.flush()
    return note


def send_note(viewer: Viewer, call: Call, note: Note, text: NoteText, *, based_on: int) -> Note:
    """Send a draft: the agent finds it in their inbox. On a flag, this confirms the flag. Sent with
    the same text in the meantime, it is left as it is.

    Raises:
        As `save_draft`; also
        InvalidInput: something the note needs is missing, or the call has no agent to send to.
    """
    calls.require_judge(viewer, call)
    _lock(note)
    _require_author(viewer, call, note)
    text = complete(checked(text, call.duration_ms))
    if not note.is_draft and text_of(note) == text:
        return note
    _require_own_draft(viewer, call, note)
    _check_version(note, text, based_on)
    _address(note, call, text)
    _write(note, text, viewer)
    note.read_at = note.heard_at = note.acknowledged_at = None
    note.sent_at = note.updated_at
    note.verdict_id = _confirm(viewer, call, note)
    _add_revision(note, viewer)
    excerpt_of(viewer, call, note)
    record(viewer.user_id, "note.sent", subject_kind="note", subject_id=note.id, call=call.id)
    db.session.flush()
    follow_note(note)
    telling.note_sent(viewer, note)
    events.note_sent(note)
    return note


def unsend_note(viewer: Viewer, call: Call, note: Note) -> Note:
    """Take a note back into a draft, with the confirmation that sending it gave.

    Raises:
        NotFound, NotAllowed: as `save_draft`.
        Conflict: the agent has read or answered it; it can be changed or deleted.
    """
    _lock(note)
    _require_author(viewer, call, note)
    if note.is_draft:
        return note
    if note.read_at is not None or note.heard_at is not None or note.replies:
        raise Conflict("The agent has read this note already. Change it or delete it instead.")
    if note.verdict_id is not None:
        verdict = db.session.get(Verdict, note.verdict_id)
        is_ours = verdict is not None and verdict.created_at >= (note.sent_at or utc_now())
        if verdict is not None and is_ours and verdict.withdrawn_at is None:
            calls.withdraw_verdict(viewer, call, verdict)
    note.verdict_id = None
    note.sent_at = None
    for revision in list(note.revisions):
        db.session.delete(revision)
    note.row_version += 1
    record(viewer.user_id, "note.taken_back", subject_kind="note", subject_id=note.id)
    db.session.flush()
    follow_note(note)
    telling.note_gone(note)
    return note


def edit_note(viewer: Viewer, call: Call, note: Note, text: NoteText, *, based_on: int) -> Note:
    """Change what a sent note says; every version is kept, and it is new to the agent again.

    Raises:
        NotFound, NotAllowed: the viewer may not read, or not change, the note.
        Conflict: it is a draft.
        InvalidInput: as `send_note`.
        StaleVersion: somebody saved it since; see `_stale`.
    """
    _lock(note)
    _require_edit(viewer, call, note)
    if note.is_draft:
        raise Conflict("This note is still a draft.")
    text = complete(checked(text, call.duration_ms))
    _check_version(note, text, based_on)
    before = text_of(note)
    if text == before:
        return note
    if text.visibility == Visibility.PRIVATE and note.author_id != viewer.user_id:
        raise NotAllowed("Only its author can keep a note to themselves.")
    if before.visibility != text.visibility:
        _address(note, call, text)
    _write(note, text, viewer)
    says_else = replace(text, visibility=before.visibility) != before
    is_new = says_else or before.visibility == Visibility.PRIVATE
    telling.note_changed(viewer, note, is_new_to_agent=is_new)
    if is_new:
        note.read_at = note.heard_at = note.acknowledged_at = None
    _add_revision(note, viewer)
    excerpt_of(viewer, call, note)
    record(viewer.user_id, "note.edited", subject_kind="note", subject_id=note.id)
    db.session.flush()
    follow_note(note)
    return note


def delete_note(viewer: Viewer, call: Call, note: Note) -> Note:
    """Put a note aside; `restore_note` brings it back.

    Raises:
        NotFound, NotAllowed: as `edit_note`.
    """
    _require_edit(viewer, call, note)
    if note.deleted_at is None:
        note.deleted_at = utc_now()
        record(viewer.user_id, "note.deleted", subject_kind="note", subject_id=note.id)
        telling.note_gone(note)
    db.session.flush()
    follow_note(note)
    return note


def restore_note(viewer: Viewer, call: Call, note: Note) -> Note:
    """Bring a deleted note back; raises as `delete_note`."""
    _require_edit(viewer, call, note)
    if note.deleted_at is not None:
        note.deleted_at = None
        record(viewer.user_id, "note.restored", subject_kind="note", subject_id=note.id)
        if not note.is_draft and note.read_at is None:
            telling.note_sent(viewer, note)
    db.session.flush()
    follow_note(note)
    return note


def mark_read(viewer: Viewer, call: Call, note: Note) -> None:
    """The agent had the text before them; what others wrote under it counts as seen too.

    Does nothing for anybody but the agent it is for; the author's own look marks answers seen.
    """
    _lock(note)  # its author may be taking it back
    if note.deleted_at is not None or not can_read_note(viewer, note, call):
        return
    if can_acknowledge_note(viewer, note, call):
        if note.read_at is None:
            note.read_at = utc_now()
            # Kept when a change makes the note new again: the page then says what changed since
            record(viewer.user_id, "note.read", subject_kind="note", subject_id=note.id)
    elif note.author_id != viewer.user_id:
        return
    notices.mark_subject_seen(viewer, telling.subject_of(note))
    for reply in note.replies:
        if reply.author_id != viewer.user_id:
            reply.seen_at = reply.seen_at or utc_now()
    db.session.flush()


def mark_heard(viewer: Viewer, call: Call, note: Note) -> None:
    """The agent played the moment.

    Raises:
        NotFound, NotAllowed: the note is not for the viewer.
    """
    _require_addressee(viewer, call, note)
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
    _require_addressee(viewer, call, note)
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
        InvalidInput: empty or too long.
    """
    _lock(note)
    _require_readable(viewer, call, note)
    if not can_answer_note(viewer, note, call):
        raise NotAllowed("Only the agent and their supervisors answer a note.")
    text = text.strip()
    if not text:
        raise InvalidInput("Write an answer first.")
    if len(text) > MAX_REPLY_LENGTH:
        raise InvalidInput(
            "An answer may have %(limit)s characters at most.", limit=MAX_REPLY_LENGTH
        )
    reply = NoteReply(note_id=note.id, author_id=viewer.user_id, text=text)
    note.replies.append(reply)
    if note.agent_id == viewer.user_id:
        note.read_at = note.read_at or utc_now()
    record(viewer.user_id, "note.answered", subject_kind="note", subject_id=note.id)
    db.session.flush()
    telling.note_answered(viewer, note, reply)
    return reply


def excerpt_bounds(note: Note) -> tuple[int, int]:
    """What is played with a note, milliseconds: the moment, what led to it and what came of it."""
    return max(0, note.start_ms - LEAD_IN_MS), note.end_ms + LEAD_OUT_MS


def excerpt_of(viewer: Viewer, call: Call, note: Note) -> Any:
    """The note's excerpt, asked for when it is not there yet; None when the audio is gone."""
    start_ms, end_ms = excerpt_bounds(note)
    if note.visibility == Visibility.PRIVATE or start_ms >= call.duration_ms:
        return None
    return calls.ensure_excerpt(viewer, call, start_ms, end_ms)


def point_of(call: Call, note: Note) -> TippingPoint | None:
    """The flag that the note was written on, found again in the current analysis; None when it
    was written on none, or when there is none any more.
    """
    analysis = call.current_analysis
    if note.point_id is None or analysis is None:
        return None
    hinted = db.session.get(TippingPoint, note.point_id)
    return found_again(hinted, analysis.tipping_points) if hinted is not None else None


def _confirm(viewer: Viewer, call: Call, note: Note) -> int | None:
    point = point_of(call, note)
    if point is None and note.point_id is not None:
        point = db.session.get(TippingPoint, note.point_id)
    if point is None:
        return None
    return calls.judge(viewer, call, point, Decision.CONFIRMED).id


def _write(note: Note, text: NoteText, viewer: Viewer) -> None:
    for name, value in asdict(text).items():
        setattr(note, name, value)
    note.row_version = (note.row_version or 0) + 1
    note.updated_at = utc_now()
    note.updated_by_id = viewer.user_id


def _address(note: Note, call: Call, text: NoteText) -> None:
    """Say whom a note is for as it becomes theirs to read.

    Raises:
        InvalidInput: it is for the agent, and the call has none.
    """
    if text.visibility == Visibility.AGENT and call.agent_id is None:
        raise InvalidInput(
            "Nobody is named as the agent of this call. Say who it was in the call's details, "
            "or keep the note to yourself."
        )
    note.agent_id = call.agent_id


def _add_revision(note: Note, viewer: Viewer) -> None:
    number = db.session.scalar(
        select(func.max(NoteRevision.number)).where(NoteRevision.note_id == note.id)
    )
    note.revisions.append(
        NoteRevision(
            number=(number or 0) + 1,
            content=asdict(text_of(note)),
            author_id=viewer.user_id,
            created_at=note.updated_at,
        )
    )


def _check_version(note: Note, mine: NoteText, based_on: int) -> None:
    """Raises `StaleVersion` unless the note is as its editor saw it, or says the same by now.

    ``values``: ``theirs`` (a `NoteText` as a dictionary), ``row_version``, ``author``, ``at``.
    """
    if based_on == note.row_version or text_of(note) == mine:
        return
    raise StaleVersion(
        "Somebody saved this note while you were writing; compare before you save.",
        theirs=asdict(text_of(note)),
        row_version=note.row_version,
        author=note.updated_by.name if note.updated_by else "",
        at=_iso(note.updated_at),
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _lock(note: Note) -> None:
    db.session.refresh(note, with_for_update={"of": Note})


def _point_id(point: TippingPoint | None, call: Call) -> int | None:
    if point is None:
        return None
    if point.analysis.call_id != call.id:
        raise NotFound("There is no such moment.")
    return point.id


def _require_readable(viewer: Viewer, call: Call, note: Note) -> None:
    if (
        note.call_id != call.id
        or note.deleted_at is not None
        or call.deleted_at is not None
        or not can_read_note(viewer, note, call)
    ):
        raise NotFound("There is no such note.")


def _require_author(viewer: Viewer, call: Call, note: Note) -> None:
    _require_readable(viewer, call, note)
    if note.author_id != viewer.user_id or not can_edit_note(viewer, note, call):
        raise NotAllowed("Only its author can do this.")


def _require_own_draft(viewer: Viewer, call: Call, note: Note) -> None:
    _require_author(viewer, call, note)
    if not note.is_draft:
        raise Conflict("This note was sent already; reload the page to change it.")


def _require_edit(viewer: Viewer, call: Call, note: Note) -> None:
    """Also for deleted notes, so that they can be brought back."""
    if (
        note.call_id != call.id
        or call.deleted_at is not None
        or not can_read_note(viewer, note, call)
    ):
        raise NotFound("There is no such note.")
    if not can_edit_note(viewer, note, call):
        raise NotAllowed("Supervisors change notes; ask yours.")


def _require_addressee(viewer: Viewer, call: Call, note: Note) -> None:
    _lock(note)
    _require_readable(viewer, call, note)
    if not can_acknowledge_note(viewer, note, call):
        raise NotAllowed("Only the agent it is for can do this.")
