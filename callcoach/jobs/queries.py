"""Reads of this room.

Subjects are opaque here: the caller asks for subjects that its own scoped query gave it, so that
what a viewer may not see is never asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.jobs.access import Actor, can_see_every_job
from callcoach.jobs.models import LIVE_STATES, Job, JobState, fill_reason

#: Subjects asked for in one statement; SQLite takes 32766 parameters, older builds 999.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What a page shows of a job; detached from the database."""

    job_id: int
    kind: str
    subject: str
    state: JobState
    stage: str
    #: 0 to 1
    progress: float
    attempt: int
    max_attempts: int
    #: When a retry is waited for.
    not_before: datetime | None
    #: Message id of why the last attempt failed, "" when it did not, and its values.
    reason: str
    reason_values: dict[str, Any]

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    def explain(self, translate: Callable[[str], str]) -> str:
        """Why the last attempt failed, in the words of `translate` (gettext); "" if it did not."""
        return fill_reason(self.reason, self.reason_values, translate)


def live_jobs(
    viewer: Actor, subjects: Iterable[str], kind: str | None = None
) -> dict[str, JobStatus]:
    """Jobs that still have work before them, by subject, in one statement per 500 subjects.

    With several kinds live on one subject, the running one is given, then the oldest.
    """
    return _statuses(subjects, kind, live_only=True)


def latest_jobs(
    viewer: Actor, subjects: Iterable[str], kind: str | None = None
) -> dict[str, JobStatus]:
    """The live job of each subject, or else its most recent one."""
    return _statuses(subjects, kind, live_only=False)


def get_job(viewer: Actor, job_id: int) -> Job:
    """A job by its number, for those who may see the whole queue.

    Raises:
        NotFound: no such job, or not for this viewer.
    """
    job = db.session.get(Job, job_id) if can_see_every_job(viewer) else None
    if job is None:
        raise NotFound("This job does not exist.", job_id=job_id)
    return job


def find_job(viewer: Actor, subject: str, kind: str) -> Job | None:
    """The row of the live job of `subject`, or else of its most recent one, to act upon."""
    return db.session.scalar(
        select(Job)
        .where(Job.subject == subject, Job.kind == kind)
        .order_by(Job.state.in_(LIVE_STATES).desc(), Job.id.desc())
        .limit(1)
    )


def has_failed(job: Job | None) -> bool:
    """Whether the last try came to nothing; not for a job that was never asked for."""
    return job is not None and job.state in (JobState.FAILED, JobState.CANCELLED)


def count_by_state(viewer: Actor, kind: str | None = None) -> dict[JobState, int]:
    """How many jobs are in each state, for those who may see the whole queue.

    Raises:
        NotFound: not for this viewer.
    """
    if not can_see_every_job(viewer):
        raise NotFound("This page does not exist.")
    query = select(Job.state, func.count()).group_by(Job.state)
    if kind is not None:
        query = query.where(Job.kind == kind)
    counts = {JobState(state): number for state, number in db.session.execute(query)}
    return {state: counts.get(state, 0) for state in JobState}


def _statuses(
    subjects: Iterable[str], kind: str | None, *, live_only: bool
) -> dict[str, JobStatus]:
    found: dict[str, JobStatus] = {}
    wanted = list(dict.fromkeys(subjects))
    for start in range(0, len(wanted), _CHUNK):
        query = select(Job).where(Job.subject.in_(wanted[start : start + _CHUNK]))
        if kind is not None:
            query = query.where(Job.kind == kind)
        if live_only:
            query = query.where(Job.state.in_(LIVE_STATES))
        # The last one written to the dictionary wins: newest of the finished, oldest of the live,
        # running before queued.
        jobs = db.session.scalars(query.execution_options(populate_existing=True)).all()
        for job in sorted(jobs, key=_precedence):
            found[job.subject] = _status(job)
    return found


def _precedence(job: Job) -> tuple[int, int]:
    if job.state == JobState.RUNNING:
        return (2, -job.id)
    return (1, -job.id) if job.is_live else (0, job.id)


def _status(job: Job) -> JobStatus:
    return JobStatus(
        job_id=job.id,
        kind=job.kind,
        subject=job.subject,
        state=JobState(job.state),
        stage=job.stage,
        progress=job.progress,
        attempt=job.attempt,
        max_attempts=job.max_attempts,
        not_before=job.not_before,
        reason=job.reason,
        reason_values=dict(job.reason_values or {}),
    )
