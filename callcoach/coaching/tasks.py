"""Background work on spoken notes. Each task may die at any point and be run again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from flask import current_app

from callcoach import pipeline
from callcoach.analysis.model import CallContext
from callcoach.calls.mapping import context_of
from callcoach.calls.recogniser import get_transcriber
from callcoach.coaching import voice_subjects as subjects
from callcoach.coaching.indexing import follow_note
from callcoach.coaching.models import Note
from callcoach.coaching.operations.voice import drop_removed
from callcoach.config import Settings
from callcoach.errors import N_, JobFailed
from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.speech.channels import mono_mix
from callcoach.storage import get_store

_GONE = N_("The recording of this note is not there any more.")


@dataclass(frozen=True, slots=True)
class SpokenFile:
    """What recognising a voice needs to know.

    Args:
        key: of the stored file.
        gone: what is said when that file is not there.
    """

    key: str
    language: str
    context: CallContext
    gone: str


@task(subjects.TRANSCRIBE)
def transcribe_voice(context: JobContext) -> None:
    """The words of a spoken note; nothing when another sound is in its place."""
    note_id, file_id = subjects.voice_of(context.subject)
    with context.reading():
        note = db.session.get(Note, note_id)
        if note is None or note.voice_file is None or note.voice_file_id != file_id:
            return
        file = SpokenFile(
            note.voice_file.key, note.call.language, context_of(note.call.campaign), _GONE
        )
    text = words_said(context, file)
    with context.writing(final=True):
        note = db.session.get(Note, note_id)
        if note is not None and note.voice_file_id == file_id:
            note.voice_text = text
            db.session.flush()
            follow_note(note)


def words_said(context: JobContext, file: SpokenFile) -> str:
    """What is said in a recording, for the job that `context` is of.

    Raises:
        JobFailed: the recording is not there any more.
    """
    from callcoach.speech.vad import detect_voice  # the engine behind it is slow to import

    settings: Settings = current_app.extensions["callcoach"]
    work: Path = settings.data_dir / "tmp"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with get_store().local_copy(file.key) as source:
            recording = pipeline.decode(source, work_folder=work)
    except FileNotFoundError as error:
        raise JobFailed(file.gone, retryable=False) from error
    mono = np.asarray(mono_mix(recording.samples))
    context.progress(0.1)
    words = get_transcriber(settings).transcribe(
        mono,
        detect_voice(mono),
        language=file.language,
        vocabulary=file.context.vocabulary,
        progress=lambda share: context.progress(0.1 + 0.85 * share),
    )
    return "".join(word.word for word in words).strip()


@task(subjects.DROP)
def drop_voice(context: JobContext) -> None:
    """Delete a removed sound that nobody brought back."""
    with context.writing(final=True):
        drop_removed(*subjects.voice_of(context.subject))
