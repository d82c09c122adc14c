"""Real worker processes, and what becomes of their jobs when they die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from callcoach.accounts.access import Viewer
from callcoach.app import create_app
from callcoach.config import Settings
from callcoach.errors import InvalidInput
from callcoach.extensions import db, write_transaction
from callcoach.jobs import operations
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.queue import JobQueue, get_queue
from callcoach.jobs.worker import run_worker
from tests.jobs.conftest import HAS_REDIS, StartWorker, redis_server, worker_env

pytestmark = pytest.mark.slow

Wait = Callable[..., None]


def _enqueue(app: Flask, number: int = 1, kind: str = "probe.write", **payload: Any) -> int:
    with app.app_context(), write_transaction():
        job_id = operations.enqueue(
            kind, f"call:{number}", viewer=Viewer.system(), payload=payload
        ).id
        db.session.commit()
    return job_id


def _job(app: Flask, job_id: int) -> Job:
    with app.app_context():
        return db.session.get_one(Job, job_id)


def _writes(app: Flask) -> list[tuple[str, int, int]]:
    with app.app_context():
        rows = db.session.execute(text("SELECT subject, attempt, pid FROM probe_writes"))
        return [tuple(row) for row in rows]


def _is(app: Flask, job_id: int, *states: JobState) -> Callable[[], bool]:
    return lambda: _job(app, job_id).state in states


def test_a_worker_does_what_was_asked_while_it_was_away_and_after(
    served_app: Flask, start_worker: StartWorker, wait_until: Wait
) -> None:
    early = _enqueue(served_app, 1)
    start_worker()
    wait_until(_is(served_app, early, JobState.DONE))
    late = _enqueue(served_app, 2)
    wait_until(_is(served_app, late, JobState.DONE))
    assert [subject for subject, _, _ in _writes(served_app)] == ["call:1", "call:2"]


def test_several_workers_do_each_job_exactly_once(
    served_app: Flask, start_worker: StartWorker, wait_until: Wait
) -> None:
    with served_app.app_context(), write_transaction():
        for number in range(40):
            operations.enqueue("probe.write", f"call:{number}", viewer=Viewer.system())
        db.session.commit()
    for job_id in range(1, 41):  # every message three times
        get_queue(served_app).send(job_id)
        get_queue(served_app).send(job_id)
    workers = [start_worker("--threads", "3") for _ in range(3)]

    def all_done() -> bool:
        with served_app.app_context():
            return set(db.session.scalars(select(Job.state))) == {JobState.DONE}

    wait_until(all_done, 60)
    writes = _writes(served_app)
    assert sorted(subject for subject, _, _ in writes) == sorted(f"call:{n}" for n in range(40))
    assert {attempt for _, attempt, _ in writes} == {1}
    assert {pid for _, _, pid in writes} <= {worker.pid for worker in workers}


def test_sigkill_in_the_middle_of_a_job_costs_an_attempt_and_nothing_else(
    served_app: Flask, start_worker: StartWorker, wait_until: Wait
) -> None:
    job_id = _enqueue(served_app, work_s=1.5)
    first = start_worker()
    wait_until(lambda: _job(served_app, job_id).stage == "working")
    first.kill()
    first.wait()
    assert _job(served_app, job_id).state == JobState.RUNNING, "nobody noticed yet"
    second = start_worker()
    wait_until(_is(served_app, job_id, JobState.DONE))
    assert _writes(served_app) == [("call:1", 2, second.pid)]


def test_sigkill_inside_the_final_write_leaves_no_half_and_no_double(
    served_app: Flask, start_worker: StartWorker, wait_until: Wait
) -> None:
    job_id = _enqueue(served_app, write_s=1.5)
    first = start_worker()
    wait_until(lambda: _job(served_app, job_id).stage == "working")
    time.sleep(0.7)  # inside the open transaction
    first.kill()
    first.wait()
    assert _writes(served_app) == []
    second = start_worker()
    wait_until(_is(served_app, job_id, JobState.DONE))
    assert _writes(served_app) == [("call:1", 2, second.pid)]


def test_a_job_that_kills_its_worker_is_given_up_after_its_attempts(
    served_app: Flask, start_worker: StartWorker, wait_until: Wait
) -> None:
    job_id = _enqueue(served_app, work_s=5.0, die_at=[1, 2, 3])
    for attempt in (1, 2, 3):
        assert start_worker().wait(30) == -signal.SIGKILL
        assert _job(served_app, job_id).attempt == attempt
    start_worker()
    wait_until(_is(served_app, job_id, JobState.FAILED))
    assert "stopped 3 times" in _job(served_app, job_id).reason % {"attempts": 3}
    assert _writes(served_app) == []


def test_a_crash_between_commit_and_sending_is_healed(
    served_app: Flask,
    start_worker: StartWorker,
    wait_until: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(JobQueue, "send", lambda *_: None)
        before = _enqueue(served_app, 1)
    start_worker()
    wait_until(_is(served_app, before, JobState.DONE))
    with monkeypatch.context() as patch:
        patch.setattr(JobQueue, "send", lambda *_: None)
        while_running = _enqueue(served_app, 2)
    wait_until(_is(served_app, while_running, JobState.DONE))


def test_a_stalled_worker_is_replaced_and_can_write_nothing_when_it_wakes(
    served_app: Flask, start_worker: StartWorker, wait_until: Wait
) -> None:
    job_id = _enqueue(served_app, work_s=1.0)
    stalled = start_worker()
    wait_until(lambda: _job(served_app, job_id).stage == "working")
    stalled.send_signal(signal.SIGSTOP)
    try:
        successor = start_worker()
        wait_until(_is(served_app, job_id, JobState.DONE))
    finally:
        stalled.send_signal(signal.SIGCONT)
    time.sleep(1.5)  # the time in which it would have written
    assert _writes(served_app) == [("call:1", 2, successor.pid)]
    assert stalled.poll() is None, "it goes on with other work"
    assert _job(served_app, job_id).attempt == 2


def test_sigterm_lets_a_running_job_finish(
    served_app: Flask, start_worker: StartWorker, wait_until: Wait
) -> None:
    job_id = _enqueue(served_app, work_s=1.0)
    worker = start_worker()
    wait_until(lambda: _job(served_app, job_id).stage == "working")
    waiting = _enqueue(served_app, 2)
    worker.terminate()
    assert worker.wait(20) == 0
    assert _job(served_app, job_id).state == JobState.DONE
    assert _job(served_app, waiting).state == JobState.QUEUED


@pytest.mark.parametrize("kind", ["probe.write", "probe.deaf"])
def test_sigterm_hands_a_job_back_that_takes_too_long(
    served_app: Flask, start_worker: StartWorker, wait_until: Wait, kind: str
) -> None:
    job_id = _enqueue(served_app, kind=kind, work_s=60.0)
    worker = start_worker(CALLCOACH_JOB_DRAIN="0.5")
    wait_until(lambda: _job(served_app, job_id).stage != "")
    worker.terminate()
    assert worker.wait(20) == 0
    job = _job(served_app, job_id)
    assert (job.state, job.attempt, job.lease_token) == (JobState.QUEUED, 0, None)


def test_a_worker_stops_when_its_parent_is_killed(
    served_app: Flask, settings: Settings, wait_until: Wait
) -> None:
    code = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'callcoach.cli', 'worker',"
        " '--parent', str(os.getpid())])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(120)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code], env=worker_env(settings), stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    child_pid = int(parent.stdout.readline())
    parent.stdout.close()
    job_id = _enqueue(served_app)
    wait_until(_is(served_app, job_id, JobState.DONE))
    parent.kill()
    parent.wait()
    wait_until(lambda: not _is_alive(child_pid), 15)


@pytest.mark.parametrize("kind", ["redis"] if HAS_REDIS else [])
def test_workers_are_told_through_a_queue_server(
    served_app: Flask,
    settings: Settings,
    start_worker: StartWorker,
    wait_until: Wait,
    tmp_path: Path,
    kind: str,
) -> None:
    assert kind == "redis"
    with redis_server(tmp_path) as url:
        app = create_app(replace(settings, queue_url=url), TESTING=True)
        # Sweeping once, at start: what is done afterwards was told by the queue.
        worker = start_worker(CALLCOACH_QUEUE_URL=url, CALLCOACH_JOB_SWEEP="600")
        wait_until(_is(app, _enqueue(app, 1), JobState.DONE))
        wait_until(_is(app, _enqueue(app, 2), JobState.DONE), 10)
        worker.terminate()
        assert worker.wait(20) == 0
        with app.app_context():
            db.engine.dispose()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"job_lease_s": 5.0, "job_heartbeat_s": 4.0}, "at least twice"),
        ({"job_heartbeat_s": 0.0}, "must be above 0"),
        ({"job_sweep_s": 0.0}, "CALLCOACH_JOB_SWEEP must be above 0"),
    ],
)
def test_intervals_that_would_lose_jobs_are_refused(
    app: Flask, settings: Settings, values: dict[str, float], sentence: str
) -> None:
    app.extensions["callcoach"] = replace(settings, **values)
    with pytest.raises(InvalidInput, match=sentence):
        run_worker(app, threads=1)


def _is_alive(pid: int) -> bool:
    """Running, and no zombie that its new parent has not fetched yet."""
    try:
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
