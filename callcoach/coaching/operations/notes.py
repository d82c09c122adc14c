"""Coaching notes: drafts that save themselves, sending, editing with history, answers."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls import operations as calls
from callcoach.calls.judging import found_again, match, same_among
from callcoach.calls.models import Call, Decision, TippingPoint, Verdict
from callcoach.calls.operations.judging import verdicts_in_force
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching import events
from callcoach.coaching.indexing import follow_note
from callcoach.coaching.models import Note, NoteRevision, Visibility
from callcoach.coaching.note_text import NoteText, checked, complete
from callcoach.coaching.operations import note_people, telling
from callcoach.coaching.operations.note_answers import (
    MAX_REPLY_LENGTH,
    acknowledge_note,
    mark_heard,
    mark_read,
    reply_to_note,
)
from callcoach.coaching.operations.note_guards import (
    lock,
    require_author,
    require_edit,
    require_own_draft,
)
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now

__all__ = [
    "LEAD_IN_MS",
    "LEAD_OUT_MS",
    "MAX_REPLY_LENGTH",
    "acknowledge_note",
    "add_revision",
    "delete_note",
    "edit_note",
    "excerpt_bounds",
    "excerpt_of",
    "mark_heard",
    "mark_read",
    "point_of",
    "reply_to_note",
    "restore_note",
    "save_draft",
    "send_note",
    "text_of",
    "unsend_note",
]

#: What an agent hears around a note's moment: what led to it, and how the prospect took it.
LEAD_IN_MS, LEAD_OUT_MS = 8000, 4000


def text_of(note: Note) -> NoteText:
    """What the note says now."""
    return NoteText(
        channel=note.channel,
        start_ms=note.start_ms,
        end_ms=note.end_ms,
        quote=note.quote,
        hears=note.hears,
        instead=note.instead,
        cause=note.cause,
        aim=str(note.aim),
        visibility=str(note.visibility),
        scope=str(note.scope),
        readers=tuple(sorted(row.user_id for row in note.readers)),
        other_calls=tuple(sorted(row.call_id for row in note.other_calls)),
        script_line_id=note.script_line_id,
        proposes_wording=bool(note.proposes_wording),
    )


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
    note_people.check_lists(viewer, call, text)
    if note is None:
        note = Note(call_id=call.id, author_id=viewer.user_id, agent_id=call.agent_id)
        note.point_id = _point_id(point, call) if text.is_moment else None
        _write(note, text, viewer)
        note.row_version = 1
        db.session.add(note)
        db.session.flush()
        return note
    lock(note)
    require_own_draft(viewer, call, note)
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
    lock(note)
    require_author(viewer, call, note)
    text = _sendable(viewer, call, note, text)
    if not note.is_draft and text_of(note) == text:
        return note
    require_own_draft(viewer, call, note)
    _check_version(note, text, based_on)
    _address(note, call, text)
    _write(note, text, viewer)
    if not text.is_moment:
        note.point_id = None  # a call as a whole is no moment to confirm
    note.read_at = note.heard_at = note.acknowledged_at = None
    note.sent_at = note.updated_at
    note.verdict_id = _confirm(viewer, call, note)
    add_revision(note, viewer)
    excerpt_of(viewer, call, note)
    record(
        viewer.user_id,
        "note.sent",
        subject_kind="note",
        subject_id=note.id,
        call=call.id,
        visibility=text.visibility,
        scope=text.scope,
        readers=list(text.readers),
    )
    db.session.flush()
    follow_note(note)
    telling.note_sent(viewer, note)
    note_people.follow_names(viewer, call, note)
    events.note_sent(note)
    return note


def unsend_note(viewer: Viewer, call: Call, note: Note) -> Note:
    """Take a note back into a draft, with the confirmation that sending it gave.

    Raises:
        NotFound, NotAllowed: as `save_draft`.
        Conflict: the agent has read or answered it; it can be changed or deleted.
    """
    lock(note)
    require_author(viewer, call, note)
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
    note_people.forget_names(note)
    record(viewer.user_id, "note.taken_back", subject_kind="note", subject_id=note.id)
    db.session.flush()
    follow_note(note)
    telling.note_gone(note)
    events.note_changed(note)
    return note


def edit_note(viewer: Viewer, call: Call, note: Note, text: NoteText, *, based_on: int) -> Note:
    """Change what a sent note says; every version is kept, and it is new to the agent again.

    Raises:
        NotFound, NotAllowed: the viewer may not read, or not change, the note.
        Conflict: it is a draft.
        InvalidInput: as `send_note`.
        StaleVersion: somebody saved it since; see `_stale`.
    """
    lock(note)
    require_edit(viewer, call, note)
    if note.is_draft:
        raise Conflict("This note is still a draft.")
    text = _sendable(viewer, call, note, text)
    _check_version(note, text, based_on)
    before, let_in = text_of(note), note.let_in_ids
    if text == before:
        return note
    if text.visibility == Visibility.PRIVATE and note.author_id != viewer.user_id:
        raise NotAllowed("Only its author can keep a note to themselves.")
    if before.visibility != text.visibility:
        _address(note, call, text)
    _write(note, text, viewer)
    says_else = replace(text, visibility=before.visibility, readers=before.readers) != before
    is_new = says_else or before.visibility == Visibility.PRIVATE
    telling.note_changed(viewer, note, is_new_to_agent=is_new)
    if is_new:
        note.read_at = note.heard_at = note.acknowledged_at = None
    add_revision(note, viewer)
    excerpt_of(viewer, call, note)
    who = {"visibility": text.visibility, "readers": list(text.readers)}
    same_people = (text.visibility, text.readers) == (before.visibility, before.readers)
    record(
        viewer.user_id,
        "note.edited",
        subject_kind="note",
        subject_id=note.id,
        **({} if same_people else who),
    )
    db.session.flush()
    note_people.follow_names(viewer, call, note, before=let_in)
    follow_note(note)
    events.note_changed(note, says_else=says_else)
    return note


def delete_note(viewer: Viewer, call: Call, note: Note) -> Note:
    """Put a note aside; `restore_note` brings it back.

    Raises:
        NotFound, NotAllowed: as `edit_note`.
    """
    require_edit(viewer, call, note)
    if note.deleted_at is None:
        note.deleted_at = utc_now()
        record(viewer.user_id, "note.deleted", subject_kind="note", subject_id=note.id)
        telling.note_gone(note)
    db.session.flush()
    follow_note(note)
    events.note_changed(note)
    return note


def restore_note(viewer: Viewer, call: Call, note: Note) -> Note:
    """Bring a deleted note back; raises as `delete_note`."""
    require_edit(viewer, call, note)
    if note.deleted_at is not None:
        note.deleted_at = None
        record(viewer.user_id, "note.restored", subject_kind="note", subject_id=note.id)
        if not note.is_draft and note.read_at is None:
            telling.note_sent(viewer, note)
            telling.names_changed(viewer, note, new=note.let_in_ids)
    db.session.flush()
    follow_note(note)
    events.note_changed(note)
    return note


def excerpt_bounds(note: Note) -> tuple[int, int]:
    """What is played with a note, milliseconds: the moment, what led to it and what came of it."""
    return max(0, note.start_ms - LEAD_IN_MS), note.end_ms + LEAD_OUT_MS


def excerpt_of(viewer: Viewer, call: Call, note: Note) -> Any:
    """The note's excerpt, asked for when it is not there yet; None when the audio is gone, and for
    calls as a whole, which are heard on their own page.

    Where agents hear names and numbers beeped out, that variant is asked for as well.
    """
    start_ms, end_ms = excerpt_bounds(note)
    is_cut = note.is_moment and note.visibility != Visibility.PRIVATE
    if not is_cut or start_ms >= call.duration_ms:
        return None
    if call.campaign.agent_audio == AgentAudio.REDACTED:
        calls.ensure_beeped(viewer, call, start_ms, end_ms)
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
        return _kept(call, note) if note.is_moment else None
    return calls.judge(viewer, call, point, Decision.CONFIRMED).id


def _kept(call: Call, note: Note) -> int | None:
    """The confirmed moment without a flag that the note is on, such as one that a person marked."""
    points = call.current_analysis.tipping_points if call.current_analysis else []
    _taken, alone = match(points, verdicts_in_force(call.id))
    kept = same_among((one for one in alone if one.decision == Decision.CONFIRMED), note)
    return kept.id if kept else None


def _sendable(viewer: Viewer, call: Call, note: Note, text: NoteText) -> NoteText:
    """The text in range, with all that it needs, naming nobody who may not be told."""
    text = complete(checked(text, call.duration_ms), is_spoken=note.voice_file_id is not None)
    note_people.check_lists(viewer, call, text)
    note_people.check_people(viewer, call, text)
    return text


def _write(note: Note, text: NoteText, viewer: Viewer) -> None:
    for name, value in asdict(text).items():
        if name not in ("readers", "other_calls"):
            setattr(note, name, value)
    note_people.write_lists(note, text)
    note.row_version = (note.row_version or 0) + 1
    note.updated_at = utc_now()
    note.updated_by_id = viewer.user_id


def _address(note: Note, call: Call, text: NoteText) -> None:
    """Say whom a note is for as it becomes theirs to read.

    Raises:
        InvalidInput: it is for the agent, and the call has none.
    """
    if text.visibility != Visibility.PRIVATE and call.agent_id is None:
        raise InvalidInput(
            "Nobody is named as the agent of this call. Say who it was in the call's details, "
            "or keep the note to yourself."
        )
    note.agent_id = call.agent_id


def add_revision(note: Note, viewer: Viewer) -> None:
    """Keep what a sent note says from now on in its history."""
    number = db.session.scalar(
        select(func.max(NoteRevision.number)).where(NoteRevision.note_id == note.id)
    )
    note.revisions.append(
        NoteRevision(
            number=(number or 0) + 1,
            content=asdict(text_of(note)) | {"voice_ms": note.voice_ms or 0},
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


def _point_id(point: TippingPoint | None, call: Call) -> int | None:
    if point is None:
        return None
    if point.analysis.call_id != call.id:
        raise NotFound("There is no such moment.")
    return point.id
