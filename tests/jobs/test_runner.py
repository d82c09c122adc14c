"""How a run ends, and what is stored of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from callcoach.accounts.access import Viewer
from callcoach.errors import JobFailed, ModelUnavailable, RecordingRejected
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.jobs import leases, operations, runner
from callcoach.jobs.context import JobContext
from callcoach.jobs.leases import JobCancelled, LeaseLost
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.registry import task
from callcoach.jobs.runner import Runner

SYSTEM = Viewer.system()


def _enqueue(app: Flask, kind: str = "t.work", **payload: Any) -> int:
    with app.app_context(), write_transaction():
        job = operations.enqueue(kind, "call:1", viewer=SYSTEM, payload=payload)
        job_id = job.id
        db.session.commit()
    return job_id


def _job(app: Flask, job_id: int) -> Job:
    with app.app_context():
        return db.session.get_one(Job, job_id)


def _run(app: Flask, function: Callable[[JobContext], None], **hooks: Any) -> Job:
    task("t.work", **hooks)(function)
    job_id = _enqueue(app)
    Runner(app, "w").run(job_id)
    return _job(app, job_id)


def test_a_task_that_returns_is_done(app: Flask) -> None:
    seen: list[tuple[str, int]] = []
    job = _run(app, lambda context: seen.append((context.subject, context.attempt)))
    assert seen == [("call:1", 1)]
    assert (job.state, job.progress, job.lease_token) == (JobState.DONE, 1.0, None)
    assert job.finished_at is not None


def test_results_and_done_become_visible_together(app: Flask) -> None:
    def work(context: JobContext) -> None:
        with context.writing(final=True) as session:
            session.add(Job(kind="result", subject="call:1"))
        states.append(_job(app, context.job_id).state)

    states: list[JobState] = []
    _run(app, work)
    assert states == [JobState.DONE]


def test_a_final_write_that_fails_leaves_nothing_and_is_not_done(app: Flask) -> None:
    def work(context: JobContext) -> None:
        with context.writing(final=True) as session:
            session.add(Job(kind="result", subject="call:1"))
            session.flush()
            raise OSError("disk full")

    job = _run(app, work)
    assert job.state == JobState.QUEUED
    with app.app_context():
        assert db.session.scalar(select(Job).where(Job.kind == "result")) is None


def test_an_unexpected_error_is_tried_again_later_and_then_failed(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[str] = []

    def work(context: JobContext) -> None:
        raise ValueError("secret detail")

    with caplog.at_level(logging.WARNING):
        job = _run(
            app,
            work,
            on_failed=lambda job: told.append(f"failed: {job.reason % job.reason_values}"),
            on_requeued=lambda job: told.append(f"waits, attempt {job.attempt}"),
        )
    assert "secret detail" in caplog.text
    assert job.state == JobState.QUEUED
    assert job.not_before is not None
    assert job.not_before > utc_now() - timedelta(seconds=1)
    assert job.reason_values == {"error": "ValueError"}
    for _ in range(2):
        with app.app_context(), leases.own_transaction(db.engine) as session:
            session.execute(update(Job).values(not_before=None))
        Runner(app, "w").run(job.id)
    job = _job(app, job.id)
    assert (job.state, job.attempt) == (JobState.FAILED, 3)
    assert told[:2] == ["waits, attempt 1", "waits, attempt 2"]
    assert told[2].startswith("failed: Something unexpected went wrong (ValueError)")
    Runner(app, "w").run(job.id)
    assert _job(app, job.id).attempt == 3


@pytest.mark.parametrize(
    "error",
    [
        JobFailed("This call has no sound left.", retryable=False),
        RecordingRejected("truncated", "The file ends after %(seconds)s s.", seconds=3.5),
        ModelUnavailable("Run callcoach models fetch base."),
    ],
)
def test_what_will_not_change_by_itself_fails_at_once(app: Flask, error: Exception) -> None:
    def work(context: JobContext) -> None:
        raise error

    job = _run(app, work)
    assert (job.state, job.attempt) == (JobState.FAILED, 1)
    shown = job.reason % job.reason_values if job.reason_values else job.reason
    assert shown == str(error)


def test_a_task_may_ask_for_another_try(app: Flask) -> None:
    def work(context: JobContext) -> None:
        raise JobFailed("The store does not answer.", retryable=True)

    job = _run(app, work)
    assert (job.state, job.reason) == (JobState.QUEUED, "The store does not answer.")


def test_a_task_nobody_registered_fails_with_a_sentence(app: Flask) -> None:
    job_id = _enqueue(app, kind="t.unknown")
    Runner(app, "w").run(job_id)
    job = _job(app, job_id)
    assert job.state == JobState.FAILED
    assert job.reason % job.reason_values == (
        "No worker knows the task t.unknown. Update the workers, then retry."
    )


def test_a_broken_hook_does_not_keep_a_job_from_failing(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def work(context: JobContext) -> None:
        raise JobFailed("No.", retryable=False)

    def hook(job: Job) -> None:
        raise KeyError("hook")

    job = _run(app, work, on_failed=hook)
    assert job.state == JobState.FAILED
    assert "hook of job" in caplog.text


def test_progress_is_stored_but_not_at_every_step(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports: list[tuple[int, str]] = []
    report = leases.report

    def count(*args: Any, permille: int, stage: str) -> None:
        reports.append((permille, stage))
        report(*args, permille=permille, stage=stage)

    monkeypatch.setattr(leases, "report", count)

    def work(context: JobContext) -> None:
        for step in range(1000):
            context.progress(step / 1000, "listening")
        context.progress(7.0, "writing")
        job = _job(app, context.job_id)
        assert (job.progress, job.stage) == (1.0, "writing")

    assert _run(app, work).state == JobState.DONE
    assert reports[0] == (0, "listening")
    assert reports[-1] == (1000, "writing")
    assert len(reports) < 20


def test_slow_work_inside_a_transaction_is_refused(app: Flask) -> None:
    def work(context: JobContext) -> None:
        db.session.execute(select(1))
        with pytest.raises(RuntimeError, match="a transaction is open"):
            context.progress(0.5)
        db.session.rollback()
        context.progress(0.5)
        with context.reading() as session:
            session.execute(select(1))
        context.checkpoint()

    assert _run(app, work).state == JobState.DONE


def test_a_long_job_keeps_its_lease(app: Flask) -> None:
    def work(context: JobContext) -> None:
        time.sleep(2.6)  # longer than the lease of two seconds
        assert leases.claim(runner_.engine, context.job_id, worker="thief", lease_s=60) is None

    task("t.work")(work)
    job_id = _enqueue(app)
    runner_ = Runner(app, "w")
    runner_.run(job_id)
    job = _job(app, job_id)
    assert (job.state, job.attempt) == (JobState.DONE, 1)


def test_cancelling_stops_a_running_job_and_its_results(app: Flask) -> None:
    ended: list[type[BaseException]] = []

    def work(context: JobContext) -> None:
        with app.app_context(), write_transaction():
            operations.cancel(db.session.get_one(Job, context.job_id), SYSTEM)
            db.session.commit()
        with pytest.raises(JobCancelled), context.writing() as session:
            session.add(Job(kind="result", subject="call:1"))
        try:
            context.progress(0.5, "next")
        except JobCancelled as error:
            ended.append(type(error))
            raise

    told: list[str] = []
    job = _run(app, work, on_failed=lambda job: told.append("failed"))
    assert (job.state, job.reason) == (JobState.CANCELLED, "")
    assert ended == [JobCancelled]
    assert told == []
    with app.app_context():
        assert db.session.scalar(select(Job).where(Job.kind == "result")) is None


def test_a_run_that_was_replaced_changes_nothing(app: Flask) -> None:
    def work(context: JobContext) -> None:
        if context.attempt == 2:
            return
        with app.app_context(), leases.own_transaction(db.engine) as session:
            past = utc_now() - timedelta(seconds=1)
            session.execute(update(Job).where(Job.id == context.job_id).values(lease_until=past))
        Runner(app, "successor").run(context.job_id)
        with pytest.raises(LeaseLost), context.writing(final=True) as session:
            session.add(Job(kind="result", subject="call:1"))
        raise ValueError("a late failure must not undo the successor's success")

    job = _run(app, work)
    assert (job.state, job.attempt, job.worker) == (JobState.DONE, 2, "successor")
    with app.app_context():
        assert db.session.scalar(select(Job).where(Job.kind == "result")) is None


def test_a_stopping_worker_gives_its_job_back(app: Flask) -> None:
    begun = threading.Event()

    def work(context: JobContext) -> None:
        begun.set()
        while True:
            time.sleep(0.01)
            context.checkpoint()

    told: list[str] = []
    task("t.work", on_requeued=lambda job: told.append(job.state))(work)
    job_id = _enqueue(app)
    worker = Runner(app, "w")
    thread = threading.Thread(target=worker.run, args=(job_id,))
    thread.start()
    assert begun.wait(5)
    assert worker.running_ids() == {job_id}
    worker.hand_back_all()
    thread.join(5)
    assert not thread.is_alive()
    job = _job(app, job_id)
    assert (job.state, job.attempt, job.lease_token) == (JobState.QUEUED, 0, None)
    assert told == [JobState.QUEUED]
    worker.run(job_id)
    assert _job(app, job_id).attempt == 0, "a stopping worker takes nothing new"


def test_reasons_of_this_room_fill_their_placeholders() -> None:
    assert runner.EXHAUSTED % {"attempts": 3}
    assert runner.UNEXPECTED % {"error": "ValueError"}
    assert runner.UNKNOWN_TASK % {"kind": "t.x"}
