"""Whatever is lost on the way is found again."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from callcoach.accounts.access import Viewer
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.jobs import leases, operations
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.processes import current_identity
from callcoach.jobs.queue import JobQueue, get_queue
from callcoach.jobs.registry import task
from callcoach.jobs.sweeper import Sweeper


def _enqueue(app: Flask, subject: str = "call:1", priority: int = 0) -> int:
    with app.app_context(), write_transaction():
        job = operations.enqueue("t.work", subject, viewer=Viewer.system(), priority=priority)
        job_id = job.id
        db.session.commit()
    return job_id


def _set(app: Flask, job_id: int, **values: object) -> None:
    with app.app_context(), leases.own_transaction(db.engine) as session:
        session.execute(update(Job).where(Job.id == job_id).values(**values))


def _claim(app: Flask, job_id: int, worker: str = "elsewhere") -> leases.Claim:
    with app.app_context():
        claim = leases.claim(db.engine, job_id, worker=worker, lease_s=60)
    assert claim
    return claim


def test_a_job_whose_message_was_never_sent_is_found(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between commit and sending."""
    with monkeypatch.context() as patch:
        patch.setattr(JobQueue, "send", lambda *_: None)
        job_id = _enqueue(app)
    assert get_queue(app).pending_ids() == set()
    assert Sweeper(app).sweep() == 1
    assert get_queue(app).pending_ids() == {job_id}


def test_a_job_that_waits_on_the_queue_is_not_sent_twice(app: Flask) -> None:
    _enqueue(app)
    assert Sweeper(app).sweep() == 0
    assert get_queue(app).huey.pending_count() == 1


def test_a_message_lost_by_the_queue_is_sent_again(app: Flask) -> None:
    job_id = _enqueue(app)
    get_queue(app).huey.storage.flush_all()
    assert Sweeper(app).sweep() == 1
    assert get_queue(app).pending_ids() == {job_id}


def test_a_retry_is_sent_when_its_time_has_come(app: Flask) -> None:
    job_id = _enqueue(app)
    get_queue(app).huey.storage.flush_all()
    _set(app, job_id, not_before=utc_now() + timedelta(minutes=1))
    assert Sweeper(app).sweep() == 0
    _set(app, job_id, not_before=utc_now() - timedelta(seconds=1))
    assert Sweeper(app).sweep() == 1


def test_an_expired_lease_is_sent_and_a_held_one_is_not(app: Flask) -> None:
    held, expired = _enqueue(app, "call:1"), _enqueue(app, "call:2")
    _claim(app, held)
    _claim(app, expired)
    get_queue(app).huey.storage.flush_all()
    _set(app, expired, lease_until=utc_now() - timedelta(seconds=1))
    Sweeper(app).sweep()
    assert get_queue(app).pending_ids() == {expired}


def test_a_job_that_kills_every_worker_is_given_up_and_its_room_told(app: Flask) -> None:
    told: list[str] = []

    @task("t.work", on_failed=lambda job: told.append(job.reason % job.reason_values))
    def work(job: object) -> None: ...

    job_id = _enqueue(app)
    for _ in range(3):
        _claim(app, job_id)
        _set(app, job_id, lease_until=utc_now() - timedelta(seconds=1))
    get_queue(app).huey.storage.flush_all()
    assert Sweeper(app).sweep() == 0
    Sweeper(app).sweep()
    with app.app_context():
        assert db.session.get_one(Job, job_id).state == JobState.FAILED
    assert len(told) == 1
    assert told[0].startswith("The worker stopped 3 times while working on this.")


def test_urgent_jobs_are_received_first(app: Flask) -> None:
    ordinary, urgent = _enqueue(app, "call:1"), _enqueue(app, "call:2", priority=5)
    queue = get_queue(app)
    queue.huey.storage.flush_all()
    Sweeper(app).sweep()
    received = [queue.huey.dequeue().args[0] for _ in range(2)]
    assert received == [urgent, ordinary]


def test_the_jobs_of_a_worker_that_died_here_need_not_wait(app: Flask) -> None:
    code = "from callcoach.jobs.processes import current_identity as c; print(c())"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    dead = result.stdout.strip()
    orphan, alive, foreign = (_enqueue(app, f"call:{number}") for number in range(3))
    _claim(app, orphan, worker=dead)
    _claim(app, alive, worker=current_identity())
    _claim(app, foreign, worker=dead.replace("/", "x/", 1))
    get_queue(app).huey.storage.flush_all()
    Sweeper(app).sweep()
    assert get_queue(app).pending_ids() == {orphan}


def test_old_jobs_that_went_well_are_forgotten_and_others_kept(app: Flask) -> None:
    states = (JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED)
    old = {state: _enqueue(app, f"call:{state}") for state in states}
    recent = _enqueue(app, "call:recent")
    long_ago = utc_now() - timedelta(days=31)
    for state, job_id in old.items():
        _set(app, job_id, state=state, finished_at=long_ago, created_at=long_ago)
    _set(app, recent, state=JobState.DONE, finished_at=utc_now() - timedelta(days=29))
    Sweeper(app).sweep()
    with app.app_context():
        left = set(db.session.scalars(db.select(Job.id)))
    assert left == {*old.values(), recent} - {old[JobState.DONE]}
