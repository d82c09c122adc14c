"""Running a call's work again, stopping it, putting a call aside and deleting it for good."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from callcoach.accounts.access import Viewer
from callcoach.calls.access import can_delete_call, can_read_call
from callcoach.calls.beeped import all_beeped
from callcoach.calls.events import call_purged
from callcoach.calls.models import Call, CallState, Excerpt, Recording
from callcoach.calls.operations.editing import log_access, require_edit
from callcoach.calls.subjects import PROCESS, PROCESSING, PURGE, TRANSCRIBE_AGAIN, subject_of
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.jobs.models import LIVE_STATES, Job, JobState
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import delete_file

#: How long a call that was put aside can be brought back: long enough to notice a mistake after
#: a weekend, short enough that a deletion somebody asked for is one.
PURGE_AFTER = timedelta(days=7)


def retry_call(viewer: Viewer, call: Call) -> Call:
    """Work again on a call that failed or was cancelled; what is done already is not done again.

    Raises:
        NotFound, NotAllowed: as `require_edit`.
        Conflict: it neither failed nor was cancelled.
    """
    require_edit(viewer, call)
    if call.state not in (CallState.FAILED, CallState.CANCELLED):
        raise Conflict("This call neither failed nor was cancelled: there is nothing to retry.")
    _start_again(viewer, call)
    log_access(viewer, "call.retried", call)
    return call


def cancel_call(viewer: Viewer, call: Call) -> Call:
    """Stop the work on a call.

    Raises:
        NotFound, NotAllowed: as `require_edit`.
        Conflict: nothing is being done.
    """
    require_edit(viewer, call)
    if not _cancel_jobs(viewer, call):
        raise Conflict("Nothing is being done on this call any more.")
    log_access(viewer, "call.cancelled", call)
    return call


def transcribe_again(viewer: Viewer, call: Call) -> Call:
    """Make a new transcript and a new analysis; the present ones are shown until then.

    Raises:
        NotFound, NotAllowed: as `require_edit`.
        InvalidInput: the audio has been deleted.
        Conflict: the call is being worked on.
    """
    require_edit(viewer, call)
    if call.recording is None or call.recording.original_id is None:
        raise InvalidInput("The audio of this call has been deleted.")
    if _live_jobs(call):
        raise Conflict("This call is being worked on; wait until it is ready.")
    call.state = CallState.QUEUED
    call.failure = ""
    jobs.enqueue(TRANSCRIBE_AGAIN, subject_of(call.id), viewer=viewer)
    log_access(viewer, "call.transcribed_again", call)
    return call


def delete_call(viewer: Viewer, call: Call) -> Call:
    """Put a call aside; `restore_call` brings it back until it is purged.

    Raises:
        NotFound, NotAllowed: as `require_edit`; team leads cannot delete.
    """
    _require_delete(viewer, call)
    if call.deleted_at is None:
        _cancel_jobs(viewer, call)
        call.deleted_at = utc_now()
        purge = jobs.enqueue(PURGE, subject_of(call.id), viewer=viewer)
        purge.not_before = call.deleted_at + PURGE_AFTER
        log_access(viewer, "call.deleted", call)
    db.session.flush()
    return call


def restore_call(viewer: Viewer, call: Call) -> Call:
    """Bring a call back; work that deleting it stopped starts again.

    Raises:
        NotFound, NotAllowed: as `delete_call`.
    """
    _require_delete(viewer, call)
    if call.deleted_at is not None:
        call.deleted_at = None
        for job in _live_jobs(call, (PURGE,)):
            jobs.cancel(job, viewer)
        if call.state == CallState.CANCELLED:
            _start_again(viewer, call)
        log_access(viewer, "call.restored", call)
    db.session.flush()
    return call


def purge_call(call: Call) -> None:
    """Delete a call, all that hangs on it, and its files (once the transaction has committed).

    The access log keeps its lines, which hold the number of the call and no name.
    """
    log_access(Viewer.system(), "call.purged", call)
    _lock_audio(call)
    call_purged(call)
    if call.recording is not None:
        _delete_files(call.recording)
    db.session.flush()
    call_id = call.id
    db.session.expunge(call)
    # In the database: cascades reach what other rooms hang on a call, without loading it
    db.session.execute(
        update(Call)
        .where(Call.id == call_id)
        .values(current_transcript_id=None, current_analysis_id=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        delete(Call).where(Call.id == call_id).execution_options(synchronize_session=False)
    )


def delete_audio(viewer: Viewer, call: Call) -> Call:
    """Delete the sound for good: recording, playback file, peaks and every excerpt.

    Words, verdicts and notes stay. Deleting twice changes nothing.

    Raises:
        NotFound, NotAllowed: as `delete_call`.
        Conflict: the call is being worked on.
    """
    _require_delete(viewer, call)
    if call.deleted_at is not None:
        raise NotFound("There is no such call.")
    if _live_jobs(call):
        raise Conflict("This call is being worked on; wait until it is ready.")
    _lock_audio(call)
    if call.recording is not None and call.recording.audio_deleted_at is None:
        _delete_files(call.recording)
        log_access(viewer, "call.audio_deleted", call)
    db.session.flush()
    return call


def _lock_audio(call: Call) -> None:
    """Wait for an excerpt that is just being kept, and keep out those that come: none may be left
    behind. The task that writes them takes the same lock.
    """
    db.session.flush()
    db.session.execute(select(Call.id).where(Call.id == call.id).with_for_update(of=Call))
    if call.recording is not None:
        db.session.refresh(call.recording)


def _delete_files(recording: Recording) -> None:
    ids = [recording.original_id, recording.playback_id, recording.peaks_id]
    if recording.playback is not None:
        ids += [row.id for row in all_beeped(recording.playback)]
    recording.original = recording.playback = recording.peaks = None
    recording.audio_deleted_at = utc_now()
    excerpts = db.session.scalars(select(Excerpt).where(Excerpt.call_id == recording.call_id))
    for excerpt in excerpts:
        ids.append(excerpt.file_id)
        excerpt.file = None
    db.session.flush()
    for row in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(ids))):
        delete_file(row)


def _require_delete(viewer: Viewer, call: Call) -> None:
    if not can_read_call(viewer, call):
        raise NotFound("There is no such call.")
    if not can_delete_call(viewer, call):
        raise NotAllowed("Supervisors delete calls; ask yours.")


def _live_jobs(call: Call, kinds: tuple[str, ...] = PROCESSING) -> list[Job]:
    return list(
        db.session.scalars(
            select(Job).where(
                Job.subject == subject_of(call.id),
                Job.kind.in_(kinds),
                Job.state.in_(LIVE_STATES),
            )
        )
    )


def _cancel_jobs(viewer: Viewer, call: Call) -> bool:
    """Cancel what works on the call (the tasks' hooks set its state); whether there was any."""
    cancelled = [jobs.cancel(job, viewer) for job in _live_jobs(call)]
    return any(cancelled)


def _start_again(viewer: Viewer, call: Call) -> None:
    """Take up the job that stopped, so that it finds what it has done; else start from scratch."""
    stopped = db.session.scalar(
        select(Job)
        .where(
            Job.subject == subject_of(call.id),
            Job.kind.in_(PROCESSING),
            Job.state.in_((JobState.FAILED, JobState.CANCELLED)),
        )
        .order_by(Job.finished_at.desc(), Job.id.desc())
        .limit(1)
    )
    call.state = CallState.QUEUED
    call.failure = ""
    if stopped is not None:
        jobs.retry(stopped, viewer)
    else:
        jobs.enqueue(PROCESS, subject_of(call.id), viewer=viewer)
    db.session.flush()
