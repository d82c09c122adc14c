"""Enqueue, cancel and retry."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from callcoach.accounts.access import Viewer
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.jobs import leases, operations, queries
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.queue import JobQueue, get_queue
from callcoach.jobs.registry import task
from tests.factories.accounts import create_user

SYSTEM = Viewer.system()


def _enqueue(subject: str = "call:1", **values: Any) -> int:
    db.session.rollback()  # what was read before is the past
    with write_transaction():
        job_id = operations.enqueue("t.work", subject, viewer=SYSTEM, **values).id
        db.session.commit()
    return job_id


def _job(job_id: int) -> Job:
    """The job as it is now."""
    db.session.rollback()
    return db.session.get_one(Job, job_id)


def test_a_job_is_sent_once_its_row_can_be_seen_and_not_before(app: Flask) -> None:
    queue = get_queue(app)
    with app.app_context(), write_transaction():
        job = operations.enqueue("t.work", "call:1", viewer=SYSTEM)
        with db.session.begin_nested():
            pass  # releasing a savepoint commits nothing
        assert queue.pending_ids() == set()
        db.session.commit()
        assert queue.pending_ids() == {job.id}


def test_a_job_rolled_back_is_never_sent(app: Flask) -> None:
    with app.app_context(), write_transaction():
        operations.enqueue("t.work", "call:1", viewer=SYSTEM)
        db.session.rollback()
        db.session.execute(select(1))
        db.session.commit()
        assert get_queue(app).pending_ids() == set()
        assert db.session.scalar(select(func.count(Job.id))) == 0


def test_a_savepoint_rolled_back_does_not_hold_back_an_earlier_job(app: Flask) -> None:
    with app.app_context(), write_transaction():
        job = operations.enqueue("t.work", "call:1", viewer=SYSTEM)
        with pytest.raises(ZeroDivisionError), db.session.begin_nested():
            raise ZeroDivisionError
        db.session.commit()
        assert get_queue(app).pending_ids() == {job.id}


def test_asking_twice_gives_the_same_job(app: Flask) -> None:
    with app.app_context():
        first = _enqueue()
        assert _enqueue() == first
        assert _enqueue("call:2") != first
        assert db.session.scalar(select(func.count(Job.id))) == 2


def test_the_database_itself_refuses_a_second_live_job(app: Flask) -> None:
    with app.app_context():
        _enqueue()
        db.session.add(Job(kind="t.work", subject="call:1"))
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()


def test_two_askers_at_the_same_moment_share_one_job(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second asker has looked before the first one wrote."""
    with app.app_context():
        first = _enqueue()
        look = operations._find_live
        looks: list[str] = []

        def look_too_early(kind: str, subject: str) -> Job | None:
            looks.append(subject)
            return None if len(looks) == 1 else look(kind, subject)

        monkeypatch.setattr(operations, "_find_live", look_too_early)
        assert _enqueue() == first
        assert len(looks) == 2


def test_a_finished_job_does_not_stand_in_the_way_of_a_new_one(app: Flask) -> None:
    with app.app_context():
        first = _enqueue()
        claim = leases.claim(db.engine, first, worker="w", lease_s=60)
        assert claim
        with leases.own_transaction(db.engine) as session:
            leases.complete(session, first, claim.token)
        assert _enqueue() != first


def test_a_job_asked_for_again_while_running_runs_once_more(app: Flask) -> None:
    with app.app_context():
        job_id = _enqueue()
        claim = leases.claim(db.engine, job_id, worker="w", lease_s=60)
        assert claim
        assert _enqueue(again=True) == job_id
        with leases.own_transaction(db.engine) as session:
            leases.complete(session, job_id, claim.token)
        job = _job(job_id)
        assert (job.state, job.attempt, job.again) == (JobState.QUEUED, 0, False)
        claim = leases.claim(db.engine, job_id, worker="w", lease_s=60)
        assert claim
        with leases.own_transaction(db.engine) as session:
            leases.complete(session, job_id, claim.token)
        job = _job(job_id)
        assert job.state == JobState.DONE


def test_a_more_urgent_wish_makes_a_waiting_job_more_urgent(app: Flask) -> None:
    with app.app_context():
        job_id = _enqueue()
        _enqueue(priority=5)
        _enqueue(priority=1)
        assert _job(job_id).priority == 5


def test_a_queue_that_is_down_does_not_fail_the_request(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: JobQueue, job_id: int, priority: int = 0) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(JobQueue, "send", refuse)
    with app.app_context():
        job_id = _enqueue()
        assert _job(job_id).state == JobState.QUEUED


def test_cancelling_tells_the_room_in_the_same_transaction(app: Flask) -> None:
    told: list[str] = []

    @task("t.work", on_cancelled=lambda job: told.append(f"{job.subject} {job.state}"))
    def work(job: object) -> None: ...

    with app.app_context():
        job_id = _enqueue()
        with write_transaction():
            assert operations.cancel(_job(job_id), SYSTEM)
            assert told == ["call:1 cancelled"]
            db.session.commit()
        assert leases.claim(db.engine, job_id, worker="w", lease_s=60) is None
        with write_transaction():
            assert not operations.cancel(_job(job_id), SYSTEM)
            db.session.commit()
        assert told == ["call:1 cancelled"]


def test_a_cancelled_job_can_be_retried_with_all_its_attempts(app: Flask) -> None:
    told: list[str] = []

    @task("t.work", on_requeued=lambda job: told.append(job.subject))
    def work(job: object) -> None: ...

    with app.app_context():
        job_id = _enqueue()
        assert leases.claim(db.engine, job_id, worker="w", lease_s=60)
        with write_transaction():
            operations.cancel(_job(job_id), SYSTEM)
            db.session.commit()
            job = operations.retry(_job(job_id), SYSTEM)
            assert (job.id, job.state, job.attempt) == (job_id, JobState.QUEUED, 0)
            db.session.commit()
        assert told == ["call:1"]


def test_retrying_when_another_job_is_at_work_gives_that_one(app: Flask) -> None:
    with app.app_context():
        first = _enqueue()
        with write_transaction():
            operations.cancel(_job(first), SYSTEM)
            db.session.commit()
        second = _enqueue()
        with write_transaction():
            assert operations.retry(_job(first), SYSTEM).id == second
            db.session.commit()
        assert _job(first).state == JobState.CANCELLED


def test_retrying_a_job_that_is_done_changes_nothing(app: Flask) -> None:
    with app.app_context():
        job_id = _enqueue()
        claim = leases.claim(db.engine, job_id, worker="w", lease_s=60)
        assert claim
        with leases.own_transaction(db.engine) as session:
            leases.complete(session, job_id, claim.token)
        with write_transaction():
            job = operations.retry(_job(job_id), SYSTEM)
            db.session.commit()
        assert job.state == JobState.DONE


def test_a_job_remembers_who_asked_and_outlives_them(app: Flask) -> None:
    with app.app_context():
        person = create_user("supervisor")
        viewer = Viewer(user_id=person.id, role=person.role)
        with write_transaction():
            job = operations.enqueue("t.work", "call:1", viewer=viewer)
            db.session.commit()
        assert job.created_by_id == person.id
        db.session.delete(person)
        db.session.commit()
        assert _job(job.id).created_by_id is None


def test_statuses_of_many_subjects_come_together(app: Flask) -> None:
    with app.app_context():
        ids = {subject: _enqueue(subject) for subject in ("call:1", "call:2", "call:3")}
        leases.claim(db.engine, ids["call:2"], worker="w", lease_s=60)
        with write_transaction():
            operations.cancel(_job(ids["call:3"]), SYSTEM)
            db.session.commit()
        subjects = [f"call:{number}" for number in range(1, 700)]
        live = queries.live_jobs(SYSTEM, subjects)
        assert {subject: status.state for subject, status in live.items()} == {
            "call:1": JobState.QUEUED,
            "call:2": JobState.RUNNING,
        }
        latest = queries.latest_jobs(SYSTEM, subjects, kind="t.work")
        assert latest["call:3"].state == JobState.CANCELLED
        assert queries.latest_jobs(SYSTEM, subjects, kind="t.other") == {}
        assert queries.count_by_state(SYSTEM)[JobState.RUNNING] == 1


def test_a_job_for_later_is_not_sent_before_its_time(app: Flask) -> None:
    later = utc_now() + timedelta(days=1)
    with app.app_context():
        job_id = _enqueue(not_before=later)
        assert get_queue(app).pending_ids() == set()
        assert _job(job_id).not_before == later


def test_a_reason_is_translated_and_then_filled() -> None:
    french = {"It took %(minutes)s minutes, 50% too long.": "Il a fallu %(minutes)s minutes."}
    job = Job(reason="It took %(minutes)s minutes, 50% too long.", reason_values={"minutes": 3})
    assert job.explain(french.__getitem__) == "Il a fallu 3 minutes."
    plain = Job(reason="100% busy", reason_values={})
    assert plain.explain(str) == "100% busy"
    assert Job(reason="", reason_values={}).explain({}.__getitem__) == ""
