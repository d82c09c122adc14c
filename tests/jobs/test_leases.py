"""Exactly one worker gets a job, and only the holder of the lease may write."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from callcoach.accounts.access import Viewer
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.jobs import leases, operations
from callcoach.jobs.leases import Claim, JobCancelled, LeaseLost
from callcoach.jobs.models import Job, JobState


@pytest.fixture
def job_id(app: Flask) -> int:
    with app.app_context(), write_transaction():
        job = operations.enqueue("t.work", "call:1", viewer=Viewer.system(), payload={"a": 1})
        db.session.commit()
        return job.id


def _claim(app: Flask, job_id: int, worker: str = "w") -> Claim | None:
    with app.app_context():
        return leases.claim(db.engine, job_id, worker=worker, lease_s=60)


def _let_expire(app: Flask, job_id: int) -> None:
    with app.app_context(), leases.own_transaction(db.engine) as session:
        past = utc_now() - timedelta(seconds=1)
        session.execute(update(Job).where(Job.id == job_id).values(lease_until=past))


def test_a_claim_counts_the_attempt_and_says_what_to_do(app: Flask, job_id: int) -> None:
    claim = _claim(app, job_id)
    assert claim is not None
    assert (claim.kind, claim.subject, claim.attempt) == ("t.work", "call:1", 1)
    assert claim.payload == {"a": 1}
    assert claim.token not in repr(claim)
    with app.app_context():
        job = db.session.get_one(Job, job_id)
        assert (job.state, job.attempt, job.worker) == (JobState.RUNNING, 1, "w")


def test_of_many_threads_that_reach_for_one_job_one_gets_it(app: Flask, job_id: int) -> None:
    claims: list[Claim | None] = []
    together = threading.Barrier(12)

    def reach(number: int) -> None:
        together.wait()
        claims.append(_claim(app, job_id, f"w{number}"))

    threads = [threading.Thread(target=reach, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claims) == 12
    assert len([claim for claim in claims if claim]) == 1
    with app.app_context():
        assert db.session.get_one(Job, job_id).attempt == 1


def test_a_job_whose_time_has_not_come_cannot_be_claimed(app: Flask, job_id: int) -> None:
    with app.app_context(), leases.own_transaction(db.engine) as session:
        later = utc_now() + timedelta(minutes=1)
        session.execute(update(Job).where(Job.id == job_id).values(not_before=later))
    assert _claim(app, job_id) is None


def test_a_job_that_does_not_exist_cannot_be_claimed(app: Flask) -> None:
    assert _claim(app, 4711) is None


def test_a_held_job_can_be_taken_only_after_its_lease(app: Flask, job_id: int) -> None:
    first = _claim(app, job_id)
    assert first is not None
    assert _claim(app, job_id) is None
    _let_expire(app, job_id)
    second = _claim(app, job_id)
    assert second is not None
    assert second.attempt == 2
    assert second.token != first.token


def test_a_replaced_worker_can_write_nothing(app: Flask, job_id: int) -> None:
    stalled = _claim(app, job_id)
    assert stalled is not None
    _let_expire(app, job_id)
    successor = _claim(app, job_id)
    assert successor is not None
    with app.app_context():
        for change in (
            lambda s: leases.verify(s, job_id, stalled.token),
            lambda s: leases.complete(s, job_id, stalled.token),
            lambda s: leases.renew(s, job_id, stalled.token, lease_s=60),
            lambda s: leases.report(s, job_id, stalled.token, permille=900, stage="late"),
        ):
            with pytest.raises(LeaseLost), leases.own_transaction(db.engine) as session:
                change(session)
        with leases.own_transaction(db.engine) as session:
            assert not leases.hand_back(session, job_id, stalled.token)
            assert not leases.postpone(
                session, job_id, stalled.token, wait_s=1, reason="late", values={}
            )
            leases.complete(session, job_id, successor.token)
        job = db.session.get_one(Job, job_id)
        assert (job.state, job.progress, job.reason) == (JobState.DONE, 1.0, "")


def test_results_written_beside_a_lost_lease_are_rolled_back(app: Flask, job_id: int) -> None:
    stalled = _claim(app, job_id)
    assert stalled is not None
    _let_expire(app, job_id)
    assert _claim(app, job_id)
    with app.app_context():
        with pytest.raises(LeaseLost), leases.own_transaction(db.engine) as session:
            session.add(Job(kind="result", subject="call:1"))
            session.flush()
            leases.verify(session, job_id, stalled.token)
        assert db.session.query(Job).filter_by(kind="result").count() == 0


def test_a_worker_that_woke_before_anybody_took_over_goes_on(app: Flask, job_id: int) -> None:
    claim = _claim(app, job_id)
    assert claim is not None
    _let_expire(app, job_id)
    with app.app_context():
        with leases.own_transaction(db.engine) as session:
            leases.renew(session, job_id, claim.token, lease_s=60)
        assert _claim(app, job_id) is None


def test_a_cancelled_run_learns_that_it_was_cancelled(app: Flask, job_id: int) -> None:
    claim = _claim(app, job_id)
    assert claim is not None
    with app.app_context():
        with write_transaction():
            operations.cancel(db.session.get_one(Job, job_id), Viewer.system())
            db.session.commit()
        with pytest.raises(JobCancelled), leases.own_transaction(db.engine) as session:
            leases.verify(session, job_id, claim.token)


def test_attempts_are_bounded(app: Flask, job_id: int) -> None:
    for attempt in (1, 2, 3):
        claim = _claim(app, job_id)
        assert claim is not None
        assert claim.attempt == attempt
        _let_expire(app, job_id)
    assert _claim(app, job_id) is None


def test_a_job_handed_back_has_lost_no_attempt(app: Flask, job_id: int) -> None:
    claim = _claim(app, job_id)
    assert claim is not None
    with app.app_context(), leases.own_transaction(db.engine) as session:
        assert leases.hand_back(session, job_id, claim.token)
    claim = _claim(app, job_id)
    assert claim is not None
    assert claim.attempt == 1


def test_waiting_doubles_within_its_jitter_and_is_bounded() -> None:
    for attempt in range(1, 12):
        middle_s = min(15.0 * 2 ** (attempt - 1), leases.MAX_BACKOFF_S)
        waits_s = [leases.backoff_s(attempt, base_s=15.0) for _ in range(200)]
        assert all(0.5 * middle_s <= wait_s <= 1.5 * middle_s for wait_s in waits_s)
        assert max(waits_s) > min(waits_s) * 1.2  # jobs that failed together come back apart
