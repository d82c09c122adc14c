"""Runs one job: claims it, keeps its lease alive, and stores how it ended.

A failure is stored as failed, or as waiting for a retry, with its reason; never as done.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, Engine
from sqlalchemy.exc import SQLAlchemyError

from callcoach.config import Settings
from callcoach.errors import N_, CallCoachError, JobFailed
from callcoach.extensions import db, write_transaction
from callcoach.jobs import leases
from callcoach.jobs.context import JobContext, WorkerStopping
from callcoach.jobs.leases import Claim, JobCancelled, LeaseLost
from callcoach.jobs.models import Job
from callcoach.jobs.registry import Hook, Task, find_task

log = logging.getLogger(__name__)

#: Time between two tries to renew a lease after the database refused one.
_BEAT_AGAIN_S = 1.0


#: Message ids of the reasons that this room gives; shown by `Job.explain`.
UNEXPECTED = N_("Something unexpected went wrong (%(error)s); the worker's log has the details.")
EXHAUSTED = N_(
    "The worker stopped %(attempts)s times while working on this. The file may be more than "
    "this machine can take; see the worker's log, then retry."
)
UNKNOWN_TASK = N_("No worker knows the task %(kind)s. Update the workers, then retry.")


@dataclass(slots=True)
class _Run:
    context: JobContext
    kind: str
    token: str


class Runner:
    """Runs jobs in the threads of one worker process.

    Args:
        app: gives each job an application context of its own.
        worker: identity of this process (`callcoach.jobs.identity`).
    """

    def __init__(self, app: Flask, worker: str) -> None:
        self.app = app
        self.worker = worker
        self.settings: Settings = app.extensions["callcoach"]
        #: When set, running jobs give themselves back at their next checkpoint.
        self.stopping = threading.Event()
        self._running: dict[int, _Run] = {}
        self._lock = threading.Lock()
        with app.app_context():
            self.engine: Engine = db.engine

    def run(self, job_id: int) -> None:
        """Run a job if it can be had; otherwise do nothing. Never raises for a task's failure."""
        if self.stopping.is_set():
            return
        lease_s = self.settings.job_lease_s
        claim = leases.claim(self.engine, job_id, worker=self.worker, lease_s=lease_s)
        if claim is None:
            log.debug("job %s is not to be had", job_id)
            return
        context = JobContext(self.engine, claim, lease_s=lease_s, stopping=self.stopping)
        with self._lock:
            self._running[job_id] = _Run(context, claim.kind, claim.token)
        log.info(
            "job %s (%s %s) begins, attempt %s of %s",
            job_id,
            claim.kind,
            claim.subject,
            claim.attempt,
            claim.max_attempts,
        )
        started_s = time.monotonic()
        try:
            with self.app.app_context(), _Heartbeat(self.engine, context, self.settings):
                self._work(claim, context)
        finally:
            with self._lock:
                self._running.pop(job_id, None)
            log.info("job %s ended after %.1f s", job_id, time.monotonic() - started_s)

    def running_ids(self) -> set[int]:
        """Jobs under way in this process."""
        with self._lock:
            return set(self._running)

    def hand_back_all(self) -> None:
        """Give all running jobs back to the queue; what their threads still do is void."""
        self.stopping.set()
        with self._lock:
            running = dict(self._running)
        for job_id, run in running.items():
            run.context.lost.set()
            try:
                with self.app.app_context():
                    _hand_back(job_id, run.kind, run.token)
            except SQLAlchemyError:
                log.exception("job %s could not be handed back; its lease will run out", job_id)

    def _work(self, claim: Claim, context: JobContext) -> None:
        task = find_task(claim.kind)
        try:
            if task is None:
                raise JobFailed(UNKNOWN_TASK, retryable=False, kind=claim.kind)
            task.function(context)
            if not context.is_completed:
                with context.writing(final=True):
                    pass
        except (LeaseLost, JobCancelled) as error:
            log.info("job %s: %s", claim.job_id, error)
        except WorkerStopping:
            _close_session()
            _hand_back(claim.job_id, claim.kind, claim.token)
        except Exception as error:
            _close_session()
            if context.is_completed:
                log.exception("job %s is done, but its task failed afterwards", claim.job_id)
            else:
                self._fail(claim, task, error)
        finally:
            _close_session()

    def _fail(self, claim: Claim, task: Task | None, error: Exception) -> None:
        """Store a failure: retry later where that may help and attempts are left."""
        reason, values, is_retryable = _explain(error)
        log.warning(
            "job %s (%s %s) failed, attempt %s of %s: %s",
            claim.job_id,
            claim.kind,
            claim.subject,
            claim.attempt,
            claim.max_attempts,
            error,
            exc_info=None if isinstance(error, CallCoachError) else error,
        )
        condition = leases.held(claim.job_id, claim.token)
        if is_retryable and claim.attempt < claim.max_attempts:
            wait_s = leases.backoff_s(claim.attempt, base_s=self.settings.job_backoff_s)

            def postpone() -> bool:
                return leases.postpone(
                    db.session(),
                    claim.job_id,
                    claim.token,
                    wait_s=wait_s,
                    reason=reason,
                    values=values,
                )

            _change_with_hook(claim.job_id, postpone, task.on_requeued if task else None)
        else:
            give_up(claim.job_id, condition, task, reason=reason, values=values)


def give_up(job_id: int, condition: ColumnElement[bool], task: Task | None, **reason: Any) -> bool:
    """Mark a job failed and tell its room, in one transaction; needs an application context.

    Returns:
        Whether `condition` still held.
    """

    def change() -> bool:
        return leases.give_up(db.session(), condition, **reason)

    return _change_with_hook(job_id, change, task.on_failed if task else None)


def _hand_back(job_id: int, kind: str, token: str) -> None:
    """Give a job back to the queue and tell its room; needs an application context."""
    task = find_task(kind)

    def change() -> bool:
        return leases.hand_back(db.session(), job_id, token)

    if _change_with_hook(job_id, change, task.on_requeued if task else None):
        log.info("job %s handed back", job_id)


def _change_with_hook(job_id: int, change: Callable[[], bool], hook: Hook | None) -> bool:
    """Change a job and mirror it in one transaction; a broken hook does not undo the change."""
    for use_hook in (True, False):
        try:
            with write_transaction():
                if not change():
                    db.session.rollback()
                    return False
                if use_hook and hook is not None:
                    hook(db.session.get_one(Job, job_id, populate_existing=True))
                db.session.commit()
                return True
        except Exception:
            db.session.rollback()
            if not use_hook or hook is None:
                raise
            log.exception("the hook of job %s failed", job_id)
        finally:
            db.session.remove()
    raise AssertionError("unreachable")


def _explain(error: Exception) -> tuple[str, dict[str, Any], bool]:
    """Message id, plain values, and whether trying again may help.

    Errors typed for people are about the input and would come again, unless they say otherwise;
    anything else may be the machine's mood.
    """
    if isinstance(error, CallCoachError):
        values = {
            key: value if isinstance(value, (str, int, float, bool)) else str(value)
            for key, value in error.values.items()
        }
        return error.message, values, isinstance(error, JobFailed) and error.retryable
    return UNEXPECTED, {"error": type(error).__name__}, True


def _close_session() -> None:
    db.session.rollback()
    db.session.remove()


class _Heartbeat:
    """A thread that renews one lease, in its own sessions, while the job runs."""

    def __init__(self, engine: Engine, context: JobContext, settings: Settings) -> None:
        self._engine = engine
        self._context = context
        self._settings = settings
        self._ended = threading.Event()
        self._thread = threading.Thread(
            target=self._beat, name=f"heartbeat-{context.job_id}", daemon=True
        )

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        wait_s = self._settings.job_heartbeat_s
        while not self._ended.wait(wait_s):
            context = self._context
            try:
                with leases.own_transaction(self._engine) as session:
                    leases.renew(
                        session,
                        context.job_id,
                        context.lease_token,
                        lease_s=self._settings.job_lease_s,
                    )
            except (LeaseLost, JobCancelled):
                if not context.is_completed:
                    context.lost.set()
                return
            except SQLAlchemyError:
                log.warning("lease of job %s was not renewed", context.job_id, exc_info=True)
                wait_s = min(_BEAT_AGAIN_S, self._settings.job_heartbeat_s)
            else:
                wait_s = self._settings.job_heartbeat_s
