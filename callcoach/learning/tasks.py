"""Background work of learning: what a change to the engine would find on past calls."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from callcoach.errors import N_, JobFailed
from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.models import Job
from callcoach.jobs.registry import task
from callcoach.learning.phrase_previews import (
    COUNT_FLAGS,
    compare,
    read_trial,
    tuning_with,
)


def _forget_words(job: Job) -> None:
    """Drop the words of the change, as when it was counted: nobody waits for it any more."""
    job.payload = {name: value for name, value in job.payload.items() if name != "proposal"}


@task(COUNT_FLAGS, on_failed=_forget_words, on_cancelled=_forget_words)
def count_flags(context: JobContext) -> None:
    """Analyse calls with a change and without, and keep which flags come and go.

    Writes nothing but its own result, so that it can be run again. The words of the change are
    dropped from the job in the end: they may be a prospect's.
    """
    if "proposal" not in context.payload:
        raise JobFailed(N_("The words to try are not kept; try them again."), retryable=False)
    call_ids: list[int] = context.payload.get("calls", [])
    come: list[dict[str, Any]] = []
    go: list[dict[str, Any]] = []
    counted = 0
    with context.reading():
        tuning = tuning_with(context.payload["campaign"], context.payload["proposal"])
    for number, call_id in enumerate(call_ids):
        context.progress(number / len(call_ids), stage="counting")
        with context.reading():
            trial = read_trial(call_id)
        if trial is None:
            continue
        counted += 1
        new, old = compare(trial, tuning)
        come += [asdict(place) for place in new]
        go += [asdict(place) for place in old]
    with context.writing(final=True):
        job = db.session.get_one(Job, context.job_id)
        job.payload = {"result": {"calls": counted, "come": come, "go": go}}
