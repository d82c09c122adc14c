"""Writes: enqueue, cancel and retry. They flush and never commit.

The rooms that own the subjects judge whether the viewer may; see `callcoach.jobs.access`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcoach.errors import Conflict
from callcoach.extensions import db, utc_now
from callcoach.jobs.access import Actor
from callcoach.jobs.models import DEFAULT_MAX_ATTEMPTS, LIVE_STATES, Job, JobState
from callcoach.jobs.queue import get_queue
from callcoach.jobs.registry import find_task

log = logging.getLogger(__name__)

#: Key under which a session keeps the messages to send once it has committed.
_OUTBOX = "callcoach.jobs.outbox"


def enqueue(
    kind: str,
    subject: str,
    *,
    viewer: Actor,
    payload: dict[str, Any] | None = None,
    priority: int = 0,
    not_before: datetime | None = None,
    again: bool = False,
) -> Job:
    """Ask for the task `kind` on `subject`; a worker starts on it once the session has committed.

    Asking twice is harmless: a subject has one live job of a kind, and that one is returned.

    Args:
        kind: name of a registered task.
        subject: ``call:12``.
        viewer: who asks.
        payload: small plain values for the task; kept as they are when the job is live already.
        priority: higher is sooner; a queued job asked for more urgently becomes more urgent.
        not_before: the job waits until then; a live one keeps the moment it has.
        again: what the task reads has changed; a run under way may have read the old state, so
            it is followed by another one.
    """
    for _ in range(3):
        job = _find_live(kind, subject)
        if job is not None:
            if again and job.state == JobState.RUNNING and not _ask_again(job):
                continue  # it finished in between
            if job.state == JobState.QUEUED and priority > job.priority:
                job.priority = priority
                db.session.flush()
            _send_after_commit(job)
            return job
        task = find_task(kind)
        job = Job(
            kind=kind,
            subject=subject,
            payload=dict(payload or {}),
            priority=priority,
            not_before=not_before,
            max_attempts=task.max_attempts if task else DEFAULT_MAX_ATTEMPTS,
            created_by_id=viewer.user_id,
        )
        try:
            with db.session.begin_nested():
                db.session.add(job)
        except IntegrityError:
            continue  # somebody else asked at the same moment
        _send_after_commit(job)
        return job
    raise Conflict("This is being worked on already; try again in a moment.", subject=subject)


def cancel(job: Job, viewer: Actor) -> bool:
    """Cancel a live job, whether it waits or runs; a run under way may write nothing more.

    Returns:
        Whether there was something to cancel: a finished job stays as it is.
    """
    changed = _change(
        job,
        Job.state.in_(LIVE_STATES),
        state=JobState.CANCELLED,
        lease_token=None,
        lease_until=None,
        again=False,
        not_before=None,
        finished_at=utc_now(),
    )
    if changed:
        log.info("job %s (%s %s) cancelled by %s", job.id, job.kind, job.subject, viewer.user_id)
        task = find_task(job.kind)
        if task is not None and task.on_cancelled is not None:
            task.on_cancelled(job)
            db.session.flush()
    return changed


def retry(job: Job, viewer: Actor) -> Job:
    """Queue a failed or cancelled job anew, with all its attempts before it.

    Returns:
        The job that now works on the subject: this one, or the one that is live already.
    """
    live = _find_live(job.kind, job.subject)
    if live is not None and live.id != job.id:
        _send_after_commit(live)
        return live
    try:
        with db.session.begin_nested():
            changed = _change(
                job,
                Job.state.in_((JobState.FAILED, JobState.CANCELLED)),
                state=JobState.QUEUED,
                attempt=0,
                stage="",
                progress_permille=0,
                not_before=None,
                reason="",
                reason_values={},
                finished_at=None,
            )
    except IntegrityError as error:
        live = _find_live(job.kind, job.subject)
        if live is None:
            raise Conflict(
                "This is being worked on already; try again in a moment.", subject=job.subject
            ) from error
        return live
    if changed:
        log.info("job %s (%s %s) retried by %s", job.id, job.kind, job.subject, viewer.user_id)
        task = find_task(job.kind)
        if task is not None and task.on_requeued is not None:
            task.on_requeued(job)
            db.session.flush()
        _send_after_commit(job)
    return job


def _find_live(kind: str, subject: str) -> Job | None:
    return db.session.scalar(
        select(Job)
        .where(Job.kind == kind, Job.subject == subject, Job.state.in_(LIVE_STATES))
        .execution_options(populate_existing=True)
    )


def _ask_again(job: Job) -> bool:
    """Mark a running job to be followed by another run; false when it no longer runs."""
    return _change(job, Job.state == JobState.RUNNING, again=True)


def _change(job: Job, condition: Any, **values: Any) -> bool:
    """Update `job` if it still meets `condition`, and read it anew."""
    db.session.flush()
    result: Any = db.session.execute(
        update(Job)
        .where(Job.id == job.id, condition)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(job)
    return bool(result.rowcount == 1)


def _send_after_commit(job: Job) -> None:
    """Tell the queue once the row can be seen; a crash in between is healed by the sweeper.

    A job whose time has not come is left to the sweeper altogether.
    """
    if job.not_before is not None and job.not_before > utc_now():
        return
    send = get_queue(current_app).send
    db.session().info.setdefault(_OUTBOX, {})[job.id] = (send, job.priority)


@event.listens_for(Session, "after_commit")
def _send_outbox(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint was released: nothing can be seen yet
    outbox: dict[int, tuple[Callable[[int, int], None], int]] = session.info.pop(_OUTBOX, {})
    for job_id, (send, priority) in outbox.items():
        try:
            send(job_id, priority)
        except Exception:
            log.exception("job %s could not be sent; the sweeper will", job_id)


@event.listens_for(Session, "after_rollback")
def _drop_outbox(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_OUTBOX, None)
