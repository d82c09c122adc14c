"""What a task is given: its job, its progress, and the right to write while its lease holds."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

from flask import has_app_context
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, scoped_session

from callcoach.errors import CallCoachError
from callcoach.extensions import db, write_transaction
from callcoach.jobs import leases
from callcoach.jobs.leases import Claim

log = logging.getLogger(__name__)

#: Least time between two writes of progress; pages poll about once a second.
PROGRESS_INTERVAL_S = 0.5


class WorkerStopping(CallCoachError):
    """The worker is asked to stop and has waited long enough: the job goes back to the queue."""

    status = 503


class JobContext:
    """The running job, as its task sees it.

    A task does slow work outside any transaction, tells its progress, and writes results inside
    `writing`. `progress` and `checkpoint` raise when the run has lost its right to go on; a task
    lets these errors pass.

    Args:
        engine: of the database.
        claim: the lease.
        stopping: set when the worker wants its jobs back.
    """

    def __init__(
        self, engine: Engine, claim: Claim, *, lease_s: float, stopping: threading.Event
    ) -> None:
        self.job_id = claim.job_id
        self.kind = claim.kind
        self.subject = claim.subject
        self.attempt = claim.attempt
        self.lease_token = claim.token
        self.payload: dict[str, Any] = claim.payload
        #: Set by the heartbeat when the lease is no longer ours.
        self.lost = threading.Event()
        self.is_completed = False
        self._engine = engine
        self._lease_s = lease_s
        self._stopping = stopping
        self._told: tuple[int, str] = (0, "")
        self._stage = ""
        self._permille = 0
        self._looked_at_s = float("-inf")

    def progress(self, fraction: float, stage: str | None = None) -> None:
        """Tell how far the job is; stored at most twice a second, a new stage at once.

        Args:
            fraction: of the whole job, 0 to 1; what lies outside is clipped.
            stage: a word of the task's own; the last one stays when not given.

        Raises:
            LeaseLost, JobCancelled, WorkerStopping: stop here, write nothing more.
            RuntimeError: a transaction is open: it would span slow work, and on SQLite keep
                everybody else from writing.
        """
        self._permille = round(min(max(fraction, 0.0), 1.0) * 1000)
        self._stage = self._stage if stage is None else stage
        self.checkpoint()

    def checkpoint(self) -> None:
        """Go on only if the job is still ours; raises as `progress` does."""
        _refuse_open_transaction()
        if self._stopping.is_set():
            raise WorkerStopping("The worker is stopping.", job_id=self.job_id)
        now_s = time.monotonic()
        is_new_stage = self._stage != self._told[1]
        if (
            not is_new_stage
            and not self.lost.is_set()
            and now_s - self._looked_at_s < PROGRESS_INTERVAL_S
        ):
            return
        self._looked_at_s = now_s
        told = (self._permille, self._stage)
        try:
            with leases.own_transaction(self._engine) as session:
                leases.report(
                    session, self.job_id, self.lease_token, permille=told[0], stage=told[1]
                )
        except OperationalError:
            # A busy or restarting database costs a step of the progress bar, not the work done.
            log.warning("progress of job %s could not be stored", self.job_id, exc_info=True)
        else:
            self._told = told

    @contextlib.contextmanager
    def reading(self) -> Iterator[scoped_session[Any]]:
        """``db.session`` for a short read; closed at the end, so that nothing stays open.

        Objects read inside are detached afterwards: take plain values out.
        """
        _refuse_open_transaction()
        try:
            yield db.session
        finally:
            db.session.rollback()
            db.session.remove()

    @contextlib.contextmanager
    def writing(self, *, final: bool = False) -> Iterator[scoped_session[Any]]:
        """``db.session`` in one short write transaction that holds the lease; committed here.

        Args:
            final: the job is done with it: results and ``done`` become visible together, so that
                no crash can fall between them.

        Raises:
            LeaseLost, JobCancelled: nothing was written.
        """
        _refuse_open_transaction()
        with write_transaction():
            try:
                self.verify_lease(db.session())
                yield db.session
                if final:
                    self.complete(db.session())
                db.session.commit()
            except BaseException:
                db.session.rollback()
                self.is_completed = False
                raise
            finally:
                db.session.remove()

    def verify_lease(self, session: Session) -> None:
        """Hold the lease until the end of the session's transaction; see `leases.verify`.

        Raises:
            LeaseLost, JobCancelled: roll back.
        """
        leases.verify(session, self.job_id, self.lease_token)

    def complete(self, session: Session) -> None:
        """Mark the job done in the transaction of its final writes (it verifies the lease too).

        Raises:
            LeaseLost, JobCancelled: roll back.
        """
        session.flush()
        leases.complete(session, self.job_id, self.lease_token)
        self.is_completed = True


def _refuse_open_transaction() -> None:
    if has_app_context() and db.session().in_transaction():
        raise RuntimeError(
            "a transaction is open; end it before slow work (JobContext.reading and .writing do)"
        )
