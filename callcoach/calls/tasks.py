"""Background work on calls: from a stored recording to a ready call.

Each task may die at any point and be run again. Files derived from a recording have keys derived
from its own, so that writing them again replaces them. A transcript carries the id of its job, so
that the next attempt finds it. The analysis and the switch of the call's pointers are one
transaction, which also ends the job. Slow work happens outside any transaction.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select, update

from callcoach import pipeline
from callcoach.accounts.access import Viewer
from callcoach.analysis.model import AgentChannel, CallAnalysis, CallContext
from callcoach.calls.events import words_changed
from callcoach.calls.mapping import analysis_rows, context_of, to_s
from callcoach.calls.models import AnalysisRun, Call, CallState, Excerpt, Transcript
from callcoach.calls.models import Recording as RecordingRow
from callcoach.calls.operations.judging import attach_verdicts
from callcoach.calls.operations.kinds import take_guessed_kind
from callcoach.calls.operations.lifecycle import PURGE_AFTER, purge_call
from callcoach.calls.operations.reanalysis import (
    ask_for_refresh,
    feed_refreshing,
    refresh_outdated,
)
from callcoach.calls.queries.participation import campaign_norms
from callcoach.calls.queries.reanalysis import outdated_calls
from callcoach.calls.recogniser import get_transcriber
from callcoach.calls.subjects import (
    ANALYSE,
    EXCERPT,
    FEED_REFRESH,
    PROCESS,
    PROCESSING,
    PURGE,
    REFRESH,
    SWEEP_FILES,
    TRANSCRIBE_AGAIN,
    call_id_of,
    excerpt_id_of,
    kind_after_change,
    subject_of,
)
from callcoach.config import Settings
from callcoach.errors import N_, JobFailed
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.jobs.context import JobContext
from callcoach.jobs.models import LIVE_STATES, Job
from callcoach.jobs.registry import task
from callcoach.pipeline import TranscriptData
from callcoach.speech.audio import AudioLimits, Recording
from callcoach.speech.channels import compare_channels
from callcoach.speech.peaks import peaks
from callcoach.speech.playback import write_excerpt, write_playback
from callcoach.storage import StoredContent, get_store
from callcoach.storage.operations import register_derived, sweep_orphans
from callcoach.storage.store import derived_key
from callcoach.tuning.queries import is_learnt_from

#: Shares of a job's progress: reading and writing sound, recognition (nearly all), analysis.
DECODED, TRANSCRIBED = 0.08, 0.95
#: What has no row and is younger than this may belong to work that is under way.
ORPHAN_AGE = timedelta(hours=6)

AUDIO_GONE = N_("The audio of this call is not in the store any more.")

PLAYBACK_MEDIA_TYPE = "audio/mp4"
PEAKS_MEDIA_TYPE = "application/octet-stream"


def _mirror_failed(job: Job) -> None:
    """The call failed, and says why; an analysis it has already stays shown."""
    call = db.session.get(Call, call_id_of(job.subject))
    if call is not None:
        call.state = CallState.FAILED
        call.failure, call.failure_values = job.reason, job.reason_values or {}


def _mirror_cancelled(job: Job) -> None:
    """A call that was ready before is ready still; another one is cancelled."""
    call = db.session.get(Call, call_id_of(job.subject))
    if call is not None:
        is_ready = call.current_analysis_id is not None
        call.state = CallState.READY if is_ready else CallState.CANCELLED
        call.failure = ""


def _mirror_requeued(job: Job) -> None:
    """Waiting for another try."""
    call = db.session.get(Call, call_id_of(job.subject))
    if call is not None:
        call.state = CallState.QUEUED
        call.failure = ""


_HOOKS: dict[str, Any] = {
    "on_failed": _mirror_failed,
    "on_cancelled": _mirror_cancelled,
    "on_requeued": _mirror_requeued,
}


@task(PROCESS, **_HOOKS)
def process_call(context: JobContext) -> None:
    """Decode, transcribe and analyse a recording that came in."""
    _process(context)


@task(TRANSCRIBE_AGAIN, **_HOOKS)
def transcribe_again(context: JobContext) -> None:
    """Make a new transcript and a new analysis."""
    _process(context)


@task(ANALYSE, **_HOOKS)
def analyse_again(context: JobContext) -> None:
    """Analyse the current transcript anew."""
    facts = _read_facts(context)
    if facts is None or facts.transcript_id is None:
        return
    _analyse(context, facts, facts.transcript_id)


@task(REFRESH)
def refresh(context: JobContext) -> None:
    """Analyse the current transcript anew if today's engine or campaign would, while the call
    stays ready and readable. What else is done to the call goes first: it does this work too.
    """
    with context.reading():
        call_id = call_id_of(context.subject)
        is_wanted = db.session.scalar(outdated_calls().where(Call.id == call_id)) is not None
    facts = _read_facts(context) if is_wanted else None
    if facts is None or facts.transcript_id is None:
        return
    analysis = _analysis_of(context, facts, facts.transcript_id)
    with context.writing(final=True):
        call = _locked(facts.call_id)
        if call.current_transcript_id != facts.transcript_id or _has_other_work(
            call, context.job_id
        ):
            return
        if _was_changed(call, facts):
            ask_for_refresh(call.id, again=True)
            return
        _show(call, facts.transcript_id, analysis)


@task(FEED_REFRESH)
def feed_refresh(context: JobContext) -> None:
    """Ask for the next slice of outdated calls, and for another look while there are any."""
    with context.writing(final=True):
        if refresh_outdated():
            feed_refreshing(after=context.subject)


@task(PURGE)
def purge(context: JobContext) -> None:
    """Delete for good what was put aside long enough ago; nothing when it was brought back."""
    with context.writing(final=True):
        call = db.session.get(Call, call_id_of(context.subject))
        if call is None or call.deleted_at is None:
            return
        if call.deleted_at + PURGE_AFTER <= utc_now():
            teaches = is_learnt_from(call.id)
            purge_call(call)
            if teaches:
                feed_refreshing()  # what was learnt from it has left with it


@task(EXCERPT)
def write_excerpt_file(context: JobContext) -> None:
    """Write an excerpt; nothing when it is there, or when the audio has been deleted."""
    with context.reading():
        excerpt = db.session.get(Excerpt, excerpt_id_of(context.subject))
        if excerpt is None or excerpt.file_id is not None:
            return
        call = db.session.get_one(Call, excerpt.call_id)
        playback = call.recording.playback if call.recording else None
        if playback is None:
            return
        call_id, source_key = call.id, playback.key
        start_ms, end_ms = excerpt.start_ms, excerpt.end_ms
    try:
        content = _cut(context, source_key, start_ms, end_ms)
    except FileNotFoundError as error:
        with context.reading():
            now: Call | None = db.session.get(Call, call_id)
            if now is None or now.recording is None or now.recording.playback_id is None:
                return  # deleted since
        raise JobFailed(AUDIO_GONE, retryable=False) from error
    with context.writing(final=True):
        call = _locked(call_id)
        if call.recording is None or call.recording.playback_id is None:
            return  # deleted meanwhile: the file without a row is swept
        excerpt = db.session.get_one(Excerpt, excerpt_id_of(context.subject))
        excerpt.file = register_derived(content, kind="excerpt", media_type=PLAYBACK_MEDIA_TYPE)


def _cut(context: JobContext, source_key: str, start_ms: int, end_ms: int) -> StoredContent:
    """Write a stretch of a playback file beside it, over one that an earlier attempt left.

    Raises:
        FileNotFoundError: the playback file has gone.
    """
    with work_folder(context) as folder, get_store().local_copy(source_key) as source:
        path = write_excerpt(source, to_s(start_ms), to_s(end_ms), folder / "excerpt.m4a")
        return put(path, derived_key(source_key, f"{start_ms}-{end_ms}"))


@task(SWEEP_FILES)
def sweep_files(context: JobContext) -> None:
    """Delete what crashes left: files without a row, and temporary folders."""
    before = utc_now() - ORPHAN_AGE
    for folder in _work_root().glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if folder.stat().st_mtime < before.timestamp():
                shutil.rmtree(folder, ignore_errors=True)
    with context.reading():
        sweep_orphans(before)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a task needs to know of a call, read at its start."""

    call_id: int
    agent_channel: AgentChannel
    language: str
    context: CallContext
    original_key: str | None
    has_derived: bool
    #: Current one of the call.
    transcript_id: int | None
    #: What this very job has transcribed in an earlier attempt.
    own_transcript_id: int | None


def _read_facts(context: JobContext) -> _Facts | None:
    """None when the call has gone."""
    with context.reading():
        call = db.session.get(Call, call_id_of(context.subject))
        if call is None:
            return None
        recording = call.recording
        original = recording.original if recording else None
        return _Facts(
            call_id=call.id,
            agent_channel=AgentChannel(call.agent_channel),
            language=call.language,
            context=replace(
                context_of(call.campaign, call.persona, call.script_version),
                norms=campaign_norms(call.campaign_id, besides=call.id),
            ),
            original_key=original.key if original else None,
            has_derived=bool(recording and recording.playback_id and recording.peaks_id),
            transcript_id=call.current_transcript_id,
            own_transcript_id=_own_transcript_id(context, call),
        )


def _own_transcript_id(context: JobContext, call: Call) -> int | None:
    own: Transcript | None = db.session.scalar(
        select(Transcript).where(Transcript.job_id == context.job_id, Transcript.call_id == call.id)
    )
    if own is None or kind_after_change(call, own.data["channels"]) != ANALYSE:
        return None  # nothing yet, or made for a channel map that was changed since
    return own.id


def _process(context: JobContext) -> None:
    facts = _read_facts(context)
    if facts is None:
        return
    transcript_id = facts.own_transcript_id
    if transcript_id is None or not facts.has_derived:
        _enter(context, facts, CallState.DECODING)
        with _decoded(context, facts) as (recording, folder):
            if not facts.has_derived:
                _derive_files(context, facts, recording, folder)
            context.progress(DECODED)
            if transcript_id is None:
                _enter(context, facts, CallState.TRANSCRIBING)
                transcript_id = _transcribe(context, facts, recording)
    _analyse(context, facts, transcript_id)


def _enter(context: JobContext, facts: _Facts, state: CallState) -> None:
    """Show on the call, and on the job's progress, what is being done."""
    with context.writing():
        call = _locked(facts.call_id)
        call.state = state
        call.failure = ""
    starts = {CallState.TRANSCRIBING: DECODED, CallState.ANALYSING: TRANSCRIBED}
    context.progress(starts.get(state, 0.0), stage=state.value)


@contextlib.contextmanager
def _decoded(context: JobContext, facts: _Facts) -> Iterator[tuple[Recording, Path]]:
    """The recording's sound, and a folder for temporary files, gone afterwards."""
    gone = JobFailed(AUDIO_GONE, retryable=False)
    if facts.original_key is None:
        raise gone
    with work_folder(context) as folder:
        source = folder / "original"
        try:
            chunks = get_store().open_range(facts.original_key)
        except FileNotFoundError as error:
            raise gone from error
        with source.open("wb") as file:
            file.writelines(chunks)
        # Limits were judged at import; they may have been lowered since
        limits = AudioLimits(max_duration_s=24 * 3600.0, max_bytes=1 << 40)
        recording = pipeline.decode(source, limits=limits, work_folder=folder)
        source.unlink()
        yield recording, folder


@contextlib.contextmanager
def work_folder(context: JobContext) -> Iterator[Path]:
    """An empty folder that belongs to the job: what a killed attempt left in it goes now."""
    folder = _work_root() / f"job-{context.job_id}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _work_root() -> Path:
    settings: Settings = current_app.extensions["callcoach"]
    return settings.data_dir / "tmp"


def _derive_files(context: JobContext, facts: _Facts, recording: Recording, folder: Path) -> None:
    """Write the playback file and the peaks, then their rows."""
    assert facts.original_key is not None  # `_decoded` refused otherwise
    kind = compare_channels(recording.samples).channels
    playback_path = write_playback(recording, folder / "playback.m4a")
    peaks_path = folder / "peaks"
    peaks_path.write_bytes(peaks(recording.samples).to_bytes())
    context.progress(DECODED * 0.9)
    playback = put(playback_path, derived_key(facts.original_key, "playback"))
    peaks_file = put(peaks_path, derived_key(facts.original_key, "peaks"))
    with context.writing():
        row = db.session.scalars(
            select(RecordingRow).where(RecordingRow.call_id == facts.call_id)
        ).one()
        row.channels = kind.value
        row.playback = register_derived(playback, kind="playback", media_type=PLAYBACK_MEDIA_TYPE)
        row.peaks = register_derived(peaks_file, kind="peaks", media_type=PEAKS_MEDIA_TYPE)


def put(path: Path, key: str) -> StoredContent:
    with path.open("rb") as stream:
        return get_store().put(stream, key)


def _transcribe(context: JobContext, facts: _Facts, recording: Recording) -> int:
    """Recognise the words and keep them as a new version; its row's id."""
    settings: Settings = current_app.extensions["callcoach"]

    def _report(fraction: float) -> None:
        context.progress(DECODED + (TRANSCRIBED - DECODED) * fraction)

    data = pipeline.transcribe(
        recording,
        transcriber=get_transcriber(settings),
        agent_channel=facts.agent_channel,
        language=facts.language,
        context=facts.context,
        progress=_report,
    )
    with context.writing():
        _locked(facts.call_id)
        db.session.execute(
            update(Transcript).where(Transcript.job_id == context.job_id).values(job_id=None)
        )
        transcript = Transcript(
            call_id=facts.call_id,
            number=_next_number(Transcript, facts.call_id),
            job_id=context.job_id,
            data=data.to_dict(),
            language=data.language,
            engine=dict(data.engine),
        )
        db.session.add(transcript)
        db.session.flush()
        return transcript.id


def _analyse(context: JobContext, facts: _Facts, transcript_id: int) -> None:
    """Analyse a transcript, and make both the call's current versions."""
    _enter(context, facts, CallState.ANALYSING)
    _publish(context, facts, transcript_id, _analysis_of(context, facts, transcript_id))


def _analysis_of(context: JobContext, facts: _Facts, transcript_id: int) -> CallAnalysis:
    with context.reading():
        stored = db.session.get_one(Transcript, transcript_id).data
    return pipeline.analyse_transcript(
        TranscriptData.from_dict(stored), agent_channel=facts.agent_channel, context=facts.context
    )


def _publish(
    context: JobContext, facts: _Facts, transcript_id: int, analysis: CallAnalysis
) -> None:
    """Write the analysis, switch the pointers and end the job, all at once."""
    with context.writing(final=True):
        call = _locked(facts.call_id)
        if context.kind == ANALYSE and call.current_transcript_id != transcript_id:
            # A new transcript came in between, with an analysis of its own; read what it read
            _follow_up(call, ANALYSE)
            return
        _show(call, transcript_id, analysis)
        call.failure = ""
        if _was_changed(call, facts):
            _follow_up(call, kind_after_change(call, analysis.channels))
        elif not _has_other_work(call, context.job_id):
            call.state = CallState.READY


def _show(call: Call, transcript_id: int, analysis: CallAnalysis) -> None:
    """Make an analysis the one that the call shows, with the verdicts on its moments."""
    run = analysis_rows(
        analysis,
        call_id=call.id,
        transcript_id=transcript_id,
        number=_next_number(AnalysisRun, call.id),
    )
    db.session.add(run)
    db.session.flush()
    call.current_transcript_id = transcript_id
    call.current_analysis_id = run.id
    take_guessed_kind(call, run)
    attach_verdicts(call.id, run)
    words_changed(call)


def _was_changed(call: Call, facts: _Facts) -> bool:
    """Whether somebody changed what the run had read of the call or its campaign."""
    now = context_of(call.campaign, call.persona, call.script_version)
    return facts.agent_channel != call.agent_channel or facts.context != now


def _follow_up(call: Call, kind: str) -> None:
    """Somebody changed what this run had read: run again on what is true now."""
    jobs.enqueue(kind, subject_of(call.id), viewer=Viewer.system(), again=True)


def _has_other_work(call: Call, job_id: int) -> bool:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Job)
            .where(
                Job.subject == subject_of(call.id),
                Job.kind.in_(PROCESSING),
                Job.state.in_(LIVE_STATES),
                (Job.id != job_id) | Job.again.is_(True),
            )
        )
        or 0
    ) > 0


def _locked(call_id: int) -> Call:
    """The call, kept from other writers until the transaction ends.

    Raises:
        JobFailed: it was deleted for good meanwhile.
    """
    call: Call | None = db.session.scalar(
        select(Call).where(Call.id == call_id).with_for_update(of=Call)
    )
    if call is None:
        raise JobFailed(N_("This call has been deleted."), retryable=False)
    return call


def _next_number(table: type[Transcript | AnalysisRun], call_id: int) -> int:
    return (
        db.session.scalar(select(func.max(table.number)).where(table.call_id == call_id)) or 0
    ) + 1
