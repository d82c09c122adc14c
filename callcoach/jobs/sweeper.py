"""Finds the jobs that nobody works on, and has them worked on.

Lost messages (a crash between commit and sending, a lost queue), retries whose time has come and
jobs of dead workers all look alike here: rows without a living lease. Sweeping is safe to repeat
and to run in every worker at once, since only a claim gives the right to work.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from flask import Flask
from sqlalchemy import and_, delete, or_, select, update

from callcoach.config import Settings
from callcoach.extensions import db, utc_now
from callcoach.jobs import leases
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.processes import is_gone
from callcoach.jobs.queue import JobQueue, get_queue
from callcoach.jobs.registry import find_task
from callcoach.jobs.runner import EXHAUSTED, give_up

log = logging.getLogger(__name__)

#: Most jobs sent in one sweep; the next one sends more.
_BATCH = 500
#: Jobs that went well are of no use to anybody after a month.
_KEEP_DONE = timedelta(days=30)
#: Time between two looks for jobs to forget, in seconds.
_FORGET_EVERY_S = 3600.0


class Sweeper:
    """Sweeps at start and every ``job_sweep_s`` seconds, in a thread."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._settings: Settings = app.extensions["callcoach"]
        self._queue: JobQueue = get_queue(app)
        self._ended = threading.Event()
        self._forgot_at_s = float("-inf")
        self._thread = threading.Thread(target=self._loop, name="sweeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; waits for a sweep under way, but not for long."""
        self._ended.set()
        self._thread.join(timeout=5)

    def sweep(self) -> int:
        """Look once.

        Returns:
            How many jobs were sent to the queue.
        """
        with self._app.app_context():
            try:
                _release_jobs_of_dead_workers()
                _give_up_exhausted()
                if time.monotonic() - self._forgot_at_s >= _FORGET_EVERY_S:
                    _forget_done()
                    self._forgot_at_s = time.monotonic()
                rows = _find_waiting()
            finally:
                db.session.remove()
        pending = self._queue.pending_ids() if rows else set()
        missing = [(job_id, priority) for job_id, priority in rows if job_id not in pending]
        for job_id, priority in missing:
            self._queue.send(job_id, priority)
        if missing:
            log.info("swept %s jobs: %s", len(missing), [job_id for job_id, _ in missing[:20]])
        return len(missing)

    def _loop(self) -> None:
        while True:
            try:
                self.sweep()
            except Exception:
                log.exception("a sweep failed; the next one tries again")
            if self._ended.wait(self._settings.job_sweep_s):
                return


def _release_jobs_of_dead_workers() -> None:
    """Let the leases of workers run out at once that died on this very machine."""
    running = db.session.execute(
        select(Job.id, Job.worker, Job.lease_token).where(
            Job.state == JobState.RUNNING, Job.lease_until > utc_now()
        )
    ).all()
    db.session.rollback()
    for job_id, worker, token in running:
        if token is not None and is_gone(worker):
            with leases.own_transaction(db.engine) as session:
                session.execute(
                    update(Job).where(leases.held(job_id, token)).values(lease_until=utc_now())
                )
            log.warning("the worker of job %s is dead: %s", job_id, worker)


def _give_up_exhausted() -> None:
    """Fail the jobs whose worker was lost at every attempt: trying on would kill more workers."""
    now = utc_now()
    rows = db.session.execute(
        select(Job.id, Job.kind, Job.attempt).where(leases.is_expired(now), leases.is_exhausted())
    ).all()
    db.session.rollback()
    for job_id, kind, attempt in rows:
        given_up = give_up(
            job_id,
            and_(Job.id == job_id, leases.is_expired(now), leases.is_exhausted()),
            find_task(kind),
            reason=EXHAUSTED,
            values={"attempts": attempt},
        )
        if given_up:
            log.error("job %s (%s) is given up after %s lost workers", job_id, kind, attempt)


def _forget_done() -> None:
    """Delete old jobs that went well; failed and cancelled ones can still be retried."""
    with leases.own_transaction(db.engine) as session:
        session.execute(
            delete(Job).where(Job.state == JobState.DONE, Job.finished_at < utc_now() - _KEEP_DONE)
        )


def _find_waiting() -> list[tuple[int, int]]:
    """Id and priority of jobs that are due and held by nobody, most urgent first."""
    now = utc_now()
    rows = db.session.execute(
        select(Job.id, Job.priority)
        .where(or_(leases.is_due(now), leases.is_expired(now)), ~leases.is_exhausted())
        .order_by(Job.priority.desc(), Job.id)
        .limit(_BATCH)
    ).all()
    return [(job_id, priority) for job_id, priority in rows]
