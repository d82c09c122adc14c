"""Background work on answers: recognise and measure them, and delete their sound in time.

Each task may die at any point and be run again: measuring reads one file and writes one row at its
end; deleting looks first whether there is still something to delete.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from flask import current_app

from callcoach import pipeline
from callcoach.analysis.model import CallContext
from callcoach.calls.mapping import context_of, to_ms
from callcoach.calls.recogniser import get_transcriber
from callcoach.config import Settings
from callcoach.drills.measuring import Measures, measure_speech, silence_s
from callcoach.drills.models import Answer, AttemptState
from callcoach.drills.operations.practice import KEPT_SENT, KEPT_TAKE, drop_take, forget_sound
from callcoach.drills.subjects import (
    DROP_TAKE,
    FORGET_SOUND,
    MEASURE,
    answer_id_of,
    take_subject,
)
from callcoach.errors import N_, JobFailed
from callcoach.extensions import db, utc_now
from callcoach.jobs.context import JobContext
from callcoach.jobs.models import Job
from callcoach.jobs.registry import task
from callcoach.speech.channels import mono_mix
from callcoach.storage import get_store

_GONE = N_("The recording of this answer is not there any more.")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What measuring needs to know, read at its start."""

    key: str
    example: str
    approved: str
    language: str
    context: CallContext


def _mirror_failed(job: Job) -> None:
    answer = db.session.get(Answer, answer_id_of(job.subject))
    if answer is not None:
        answer.state, answer.failure = "failed", job.reason


def _mirror_requeued(job: Job) -> None:
    answer = db.session.get(Answer, answer_id_of(job.subject))
    if answer is not None:
        answer.state, answer.failure = "waiting", ""


@task(MEASURE, on_failed=_mirror_failed, on_cancelled=_mirror_failed, on_requeued=_mirror_requeued)
def measure_answer(context: JobContext) -> None:
    """Words and measures of an answer that was sent; nothing when it has gone or is measured."""
    with context.reading():
        answer = db.session.get(Answer, answer_id_of(context.subject))
        if answer is None or answer.state == "done" or answer.attempt.state == AttemptState.TAKE:
            return
        if answer.file is None:
            raise JobFailed(_GONE, retryable=False)
        campaign = answer.step.drill.campaign
        facts = _Facts(
            key=answer.file.key,
            example=answer.step.example_text,
            approved=answer.step.approved_text,
            language=campaign.language,
            context=context_of(campaign),
        )
    text, silent_ms, measures = _measured(context, facts)
    with context.writing(final=True):
        answer = db.session.get(Answer, answer_id_of(context.subject))
        if answer is None:
            return
        answer.text, answer.measures, answer.silence_ms = text, measures, silent_ms
        answer.state, answer.failure = "done", ""


def _measured(context: JobContext, facts: _Facts) -> tuple[str, int, Measures]:
    """Text, silence before it in milliseconds, and measures."""
    from callcoach.speech.vad import detect_voice  # the engine behind it is slow to import

    settings: Settings = current_app.extensions["callcoach"]
    work: Path = settings.data_dir / "tmp"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with get_store().local_copy(facts.key) as source:
            recording = pipeline.decode(source, work_folder=work)
    except FileNotFoundError as error:
        raise JobFailed(_GONE, retryable=False) from error
    mono = np.asarray(mono_mix(recording.samples))
    context.progress(0.1)
    voice = detect_voice(mono)
    words = get_transcriber(settings).transcribe(
        mono,
        voice,
        language=facts.language,
        vocabulary=facts.context.vocabulary,
        progress=lambda share: context.progress(0.1 + 0.85 * share),
    )
    text = "".join(word.word for word in words).strip()
    measures = measure_speech(
        text,
        voice,
        duration_s=recording.duration_s,
        example=facts.example,
        approved=facts.approved,
        language=facts.language,
        context=facts.context,
    )
    return text, to_ms(silence_s(voice, recording.duration_s)), measures


@task(DROP_TAKE)
def drop_unsent_take(context: JobContext) -> None:
    """Delete a take a day after it was made, unless it was sent or retaken."""
    with context.writing(final=True):
        answer = db.session.get(Answer, answer_id_of(context.subject))
        if answer is None or answer.attempt.state != AttemptState.TAKE:
            return
        is_same = take_subject(answer) == context.subject
        if is_same and answer.created_at + KEPT_TAKE <= utc_now():
            drop_take(answer)


@task(FORGET_SOUND)
def forget_old_sound(context: JobContext) -> None:
    """Delete the sound of an answer once its time is over; words and measures stay."""
    with context.writing(final=True):
        answer = db.session.get(Answer, answer_id_of(context.subject))
        if answer is None or answer.attempt.submitted_at is None:
            return
        if answer.attempt.submitted_at + KEPT_SENT <= utc_now():
            forget_sound(answer)
