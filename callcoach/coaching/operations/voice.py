"""Spoken notes: how a native would say it, in the author's own voice.

A sound is private until its note is sent. One that is removed can be brought back for
`KEPT_REMOVED`; one that is replaced goes at once, and all go with their note.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls.events import on_purged
from callcoach.calls.models import Call
from callcoach.coaching import voice_subjects as subjects
from callcoach.coaching.indexing import follow_note
from callcoach.coaching.models import Note, Visibility
from callcoach.coaching.operations import telling
from callcoach.coaching.operations.note_guards import lock, require_author
from callcoach.coaching.operations.notes import add_revision
from callcoach.errors import Conflict, InvalidInput
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.jobs.models import LIVE_STATES, Job
from callcoach.storage import StoredContent
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import delete_file, register_derived

#: How long a removed sound can be brought back.
KEPT_REMOVED = timedelta(hours=1)


def keep_voice(
    viewer: Viewer, call: Call, note: Note, content: StoredContent, duration_ms: int
) -> Note:
    """Put a sound with the note, over an earlier one, whose file goes; its words are recognised in
    the background. With a sent note it is new to the agent.

    Raises:
        NotFound, NotAllowed: the viewer did not write the note.
    """
    lock(note)
    require_author(viewer, call, note)
    if note.voice_file is not None and note.voice_file.key == content.key:
        return note  # a try whose answer was lost
    _delete_removed(viewer, note)
    old = note.voice_file
    note.voice_file = register_derived(content, kind="voice", media_type="audio/mp4")
    note.voice_ms, note.voice_text = duration_ms, ""
    db.session.flush()
    if old is not None:
        _forget(viewer, note, old)
    assert note.voice_file_id is not None  # flushed just now
    jobs.enqueue(
        subjects.TRANSCRIBE,
        subjects.voice_subject(note.id, note.voice_file_id),
        viewer=viewer,
        priority=15,
    )
    _changed(viewer, note, "note.voice_kept")
    return note


def remove_voice(viewer: Viewer, call: Call, note: Note) -> Note:
    """Take the sound off the note; `restore_voice` brings it back for a while. Twice is once.

    Raises:
        NotFound, NotAllowed: as `keep_voice`.
        InvalidInput: a sent note says nothing without it.
    """
    lock(note)
    require_author(viewer, call, note)
    file = note.voice_file
    if file is None:
        return note
    if not note.is_draft and not (note.instead or note.hears):
        raise InvalidInput("Without its sound this note says nothing. Write it down first.")
    payload = {"ms": note.voice_ms, "text": note.voice_text}
    note.voice_file, note.voice_ms, note.voice_text = None, 0, ""
    db.session.flush()
    jobs.enqueue(
        subjects.DROP,
        subjects.voice_subject(note.id, file.id),
        viewer=viewer,
        payload=payload,
        not_before=utc_now() + KEPT_REMOVED,
    )
    _changed(viewer, note, "note.voice_removed")
    return note


def restore_voice(viewer: Viewer, call: Call, note: Note) -> Note:
    """Bring back the sound that was removed last. Twice is once.

    Raises:
        NotFound, NotAllowed: as `keep_voice`.
        Conflict: it is not there any more.
    """
    lock(note)
    require_author(viewer, call, note)
    if note.voice_file_id is not None:
        return note
    for job in reversed(_removals(note)):
        file = db.session.get(StoredFile, subjects.voice_of(job.subject)[1])
        if file is not None and jobs.cancel(job, viewer):
            note.voice_file = file
            note.voice_ms, note.voice_text = int(job.payload["ms"]), str(job.payload["text"])
            db.session.flush()
            if not note.voice_text:
                subject = subjects.voice_subject(note.id, file.id)
                jobs.enqueue(subjects.TRANSCRIBE, subject, viewer=viewer, priority=15)
            _changed(viewer, note, "note.voice_restored")
            return note
    raise Conflict("The recording is not there any more. Record it again.")


def drop_removed(note_id: int, file_id: int) -> None:
    """Delete a sound that was removed, unless its note has it again."""
    file = db.session.get(StoredFile, file_id)
    note = db.session.get(Note, note_id)
    if file is None or (note is not None and note.voice_file_id == file_id):
        return
    delete_file(file)
    db.session.flush()


@on_purged
def forget_voices(call: Call) -> None:
    """The sounds of a call's notes go with the call."""
    notes = db.session.scalars(select(Note).where(Note.call_id == call.id))
    for note in notes:
        _delete_removed(Viewer.system(), note)
        file, note.voice_file = note.voice_file, None
        db.session.flush()
        if file is not None:
            delete_file(file)
    db.session.flush()


def _changed(viewer: Viewer, note: Note, action: str) -> None:
    """A sent note says something else: it is new to the agent, and its history shows it."""
    note.updated_at, note.updated_by_id = utc_now(), viewer.user_id
    record(viewer.user_id, action, subject_kind="note", subject_id=note.id)
    if not note.is_draft:
        if note.visibility != Visibility.PRIVATE:
            telling.note_changed(viewer, note, is_new_to_agent=True)
        note.read_at = note.heard_at = note.acknowledged_at = None
        add_revision(note, viewer)
    db.session.flush()
    follow_note(note)


def _removals(note: Note) -> list[Job]:
    """What is still to be deleted of a note's removed sounds, oldest first."""
    prefix = subjects.voice_prefix(note.id)
    return list(
        db.session.scalars(
            select(Job)
            .where(
                Job.kind == subjects.DROP,
                Job.subject.startswith(prefix, autoescape=True),
                Job.state.in_(LIVE_STATES),
            )
            .order_by(Job.id)
        )
    )


def _delete_removed(viewer: Viewer, note: Note) -> None:
    for job in _removals(note):
        file = db.session.get(StoredFile, subjects.voice_of(job.subject)[1])
        if jobs.cancel(job, viewer) and file is not None:
            delete_file(file)


def _forget(viewer: Viewer, note: Note, file: StoredFile) -> None:
    """A sound that another one replaced: no work on it is wanted any more."""
    subject = subjects.voice_subject(note.id, file.id)
    for job in db.session.scalars(
        select(Job).where(Job.subject == subject, Job.state.in_(LIVE_STATES))
    ):
        jobs.cancel(job, viewer)
    delete_file(file)
