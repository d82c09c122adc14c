"""Leases: who runs a job, proven by a token, and every change of state that follows from it.

Each change is one conditional UPDATE judged by its row count, so that two workers, a person and
the sweeper can reach for the same job at once and exactly one wins. Functions take the session,
flush and never commit; `own_transaction` gives a short one.

The token, not the clock, protects results: a worker whose lease ran out while nobody took the job
over may still finish; one that was replaced can write nothing.
"""

from __future__ import annotations

import contextlib
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Engine, and_, or_, update
from sqlalchemy.orm import Session

from callcoach.errors import CallCoachError
from callcoach.extensions import utc_now, write_transaction
from callcoach.jobs.models import Job, JobState

#: Longest wait before a retry. An outage that lasts longer is a person's business.
MAX_BACKOFF_S = 600.0


class LeaseLost(CallCoachError):
    """Another worker has taken the job over; this run may write nothing more."""

    status = 409


class JobCancelled(CallCoachError):
    """A person cancelled the job; this run may write nothing more."""

    status = 409


@dataclass(frozen=True, slots=True)
class Claim:
    """A lease that was taken: what the run needs to know of its job."""

    job_id: int
    kind: str
    subject: str
    attempt: int
    max_attempts: int
    token: str = field(repr=False)
    payload: dict[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def own_transaction(engine: Engine) -> Iterator[Session]:
    """A session of its own in one short write transaction, committed at the end."""
    with write_transaction(), Session(engine) as session, session.begin():
        yield session


def is_due(now: datetime) -> ColumnElement[bool]:
    """Queued, and nothing to wait for."""
    return and_(Job.state == JobState.QUEUED, or_(Job.not_before.is_(None), Job.not_before <= now))


def is_expired(now: datetime) -> ColumnElement[bool]:
    """Running by a worker that gave no sign of life for the length of a lease."""
    return and_(
        Job.state == JobState.RUNNING, or_(Job.lease_until.is_(None), Job.lease_until <= now)
    )


def is_exhausted() -> ColumnElement[bool]:
    """Has used up its attempts."""
    return Job.attempt >= Job.max_attempts


def claim(engine: Engine, job_id: int, *, worker: str, lease_s: float) -> Claim | None:
    """Take the lease of a due or expired job, and count the attempt.

    Returns:
        The lease, or none when the job is not there to be had: taken, finished, not yet due,
        out of attempts, or gone.
    """
    now = utc_now()
    token = secrets.token_hex(16)
    with own_transaction(engine) as session:
        taken = _change(
            session,
            Job.id == job_id,
            or_(is_due(now), is_expired(now)),
            ~is_exhausted(),
            state=JobState.RUNNING,
            attempt=Job.attempt + 1,
            lease_token=token,
            lease_until=now + timedelta(seconds=lease_s),
            heartbeat_at=now,
            worker=worker[:160],
            not_before=None,
            again=False,
            stage="",
            progress_permille=0,
            started_at=now,
            finished_at=None,
        )
        if not taken:
            return None
        job = session.get_one(Job, job_id)
        return Claim(
            job_id=job.id,
            kind=job.kind,
            subject=job.subject,
            attempt=job.attempt,
            max_attempts=job.max_attempts,
            token=token,
            payload=dict(job.payload or {}),
        )


def renew(session: Session, job_id: int, token: str, *, lease_s: float) -> None:
    """Show a sign of life.

    Raises:
        LeaseLost, JobCancelled: the lease is no longer ours.
    """
    now = utc_now()
    if not _change(
        session,
        held(job_id, token),
        lease_until=now + timedelta(seconds=lease_s),
        heartbeat_at=now,
    ):
        raise_lost(session, job_id)


def verify(session: Session, job_id: int, token: str) -> None:
    """Prove, and keep until the end of the transaction, that the lease is ours.

    It is an UPDATE, so that on every engine nobody can take the job over before this transaction
    ends: results written beside it are written by the lease's holder alone.

    Raises:
        LeaseLost, JobCancelled: the lease is no longer ours; roll back.
    """
    if not _change(session, held(job_id, token), heartbeat_at=utc_now()):
        raise_lost(session, job_id)


def report(session: Session, job_id: int, token: str, *, permille: int, stage: str) -> None:
    """Store how far the job is.

    Raises:
        LeaseLost, JobCancelled: the lease is no longer ours.
    """
    if not _change(session, held(job_id, token), progress_permille=permille, stage=stage[:40]):
        raise_lost(session, job_id)


def complete(session: Session, job_id: int, token: str) -> None:
    """Mark the job done, or queued again when it was asked for once more meanwhile.

    Raises:
        LeaseLost, JobCancelled: the lease is no longer ours; roll back.
    """
    ended: dict[str, Any] = {
        "lease_token": None,
        "lease_until": None,
        "reason": "",
        "reason_values": {},
    }
    if _change(
        session,
        held(job_id, token),
        Job.again.is_(False),
        state=JobState.DONE,
        stage="",
        progress_permille=1000,
        finished_at=utc_now(),
        **ended,
    ):
        return
    if not _change(
        session,
        held(job_id, token),
        state=JobState.QUEUED,
        again=False,
        attempt=0,
        stage="",
        progress_permille=0,
        **ended,
    ):
        raise_lost(session, job_id)


def hand_back(session: Session, job_id: int, token: str) -> bool:
    """Give the job back unharmed: it is due at once, and the attempt does not count."""
    return _change(
        session,
        held(job_id, token),
        state=JobState.QUEUED,
        attempt=Job.attempt - 1,
        lease_token=None,
        lease_until=None,
        stage="",
        progress_permille=0,
    )


def postpone(
    session: Session,
    job_id: int,
    token: str,
    *,
    wait_s: float,
    reason: str,
    values: dict[str, Any],
) -> bool:
    """Queue the job again after a failure, to be tried not before `wait_s` seconds from now."""
    return _change(
        session,
        held(job_id, token),
        state=JobState.QUEUED,
        not_before=utc_now() + timedelta(seconds=wait_s),
        lease_token=None,
        lease_until=None,
        stage="",
        progress_permille=0,
        reason=reason,
        reason_values=values,
    )


def give_up(
    session: Session, *conditions: ColumnElement[bool], reason: str, values: dict[str, Any]
) -> bool:
    """Mark a job failed, with its reason; `conditions` select it and prove the right to."""
    return _change(
        session,
        *conditions,
        state=JobState.FAILED,
        lease_token=None,
        lease_until=None,
        again=False,
        reason=reason,
        reason_values=values,
        finished_at=utc_now(),
    )


def held(job_id: int, token: str) -> ColumnElement[bool]:
    """The condition that the lease `token` of job `job_id` is in force."""
    return and_(Job.id == job_id, Job.lease_token == token, Job.state == JobState.RUNNING)


def backoff_s(attempt: int, *, base_s: float) -> float:
    """Seconds to wait after failed attempt `attempt` (from 1): doubling, with jitter.

    The jitter (half to one and a half) keeps many jobs that failed together from coming back
    together.
    """
    wait_s = min(base_s * 2.0 ** max(attempt - 1, 0), MAX_BACKOFF_S)
    return wait_s * random.uniform(0.5, 1.5)


def raise_lost(session: Session, job_id: int) -> None:
    """Say why the lease is no longer ours.

    Raises:
        JobCancelled: a person cancelled the job.
        LeaseLost: anything else.
    """
    job = session.get(Job, job_id, populate_existing=True)
    if job is not None and job.state == JobState.CANCELLED:
        raise JobCancelled("The job was cancelled.", job_id=job_id)
    raise LeaseLost("Another worker has taken this job over.", job_id=job_id)


def _change(session: Session, *conditions: ColumnElement[bool], **values: Any) -> bool:
    """Update the one job that meets `conditions`; whether there was one."""
    result = session.execute(
        update(Job).where(*conditions).values(**values).execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1
