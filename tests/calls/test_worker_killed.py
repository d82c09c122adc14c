"""A worker killed with SIGKILL at any step loses nothing and does nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select

from callcoach.calls import operations
from callcoach.calls.metadata import CallMetadata
from callcoach.calls.models import AnalysisRun, Call, CallState, Transcript, Turn
from callcoach.config import Settings
from callcoach.extensions import db, write_transaction
from callcoach.jobs.models import Job, JobState
from callcoach.storage import get_store
from callcoach.storage.models import StoredFile

from .conftest import Floor
from .steps import STEPS

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As in production, with intervals that a test can wait for."""
    return replace(
        settings, job_lease_s=3.0, job_heartbeat_s=0.5, job_sweep_s=0.5, job_backoff_s=0.2
    )


@pytest.fixture
def start_worker(settings: Settings) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """A real `callcoach worker` on the test's data; killed at the end if it still runs."""
    started: list[subprocess.Popen[bytes]] = []
    ours = {key: value for key, value in os.environ.items() if not key.startswith("CALLCOACH_")}

    def _start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "callcoach.cli", "worker"],
            env={
                **ours,
                "PYTHONPATH": str(ROOT),
                "CALLCOACH_DATA": str(settings.data_dir),
                "CALLCOACH_DATABASE_URL": settings.database_url,
                "CALLCOACH_PRODUCTION": "0",
                "CALLCOACH_TASK_MODULES": "tests.calls.killing_worker",
                "CALLCOACH_JOB_LEASE": str(settings.job_lease_s),
                "CALLCOACH_JOB_HEARTBEAT": str(settings.job_heartbeat_s),
                "CALLCOACH_JOB_SWEEP": str(settings.job_sweep_s),
                "CALLCOACH_JOB_BACKOFF": str(settings.job_backoff_s),
            },
        )
        started.append(process)
        return process

    yield _start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def _import_pieces(app: Flask, floor: Floor, recording: Path, folder: Path) -> None:
    """One call for each step, each of another stretch of the recording."""
    with wave.open(str(recording), "rb") as file:
        parameters, sound = file.getparams(), file.readframes(file.getnframes())
    with app.app_context():
        for number in range(len(STEPS)):
            path = folder / f"piece-{number}.wav"
            with wave.open(str(path), "wb") as file:
                file.setparams(parameters)
                file.writeframes(sound[: len(sound) // 2 - 3200 * number])
            with write_transaction():
                operations.import_recording(
                    floor.supervisor, path, path.name, metadata=CallMetadata(agent="hanta")
                )
                db.session.commit()


@pytest.mark.slow
def test_a_worker_killed_at_each_step_ends_with_every_call_ready_exactly_once(
    app: Flask,
    floor: Floor,
    short_recording: Path,
    tmp_path: Path,
    start_worker: Callable[[], subprocess.Popen[bytes]],
) -> None:
    data_dir: Path = app.extensions["callcoach"].data_dir
    with app.app_context():
        flask_migrate.stamp()
    _import_pieces(app, floor, short_recording, tmp_path)

    killed = 0
    worker = start_worker()
    deadline_s = time.monotonic() + 240
    while not _is_over(app):
        assert time.monotonic() < deadline_s, "the calls did not become ready"
        paused = data_dir / "paused"
        if paused.is_dir() and len(list(paused.iterdir())) > killed:
            killed += 1
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker = start_worker()
        assert worker.poll() is None, "the worker stopped by itself"
        time.sleep(0.05)

    assert killed == len(STEPS)
    with app.app_context():
        for call in db.session.scalars(select(Call)):
            where = STEPS[(call.id - 1) % len(STEPS)]
            assert (call.state, call.failure) == (CallState.READY, ""), where
            assert _numbers(Transcript, call) == [1], where
            assert _numbers(AnalysisRun, call) == [1], where
            assert call.current_transcript is not None
            assert call.current_analysis is not None
            assert call.current_analysis.transcript_id == call.current_transcript_id
            assert len(call.current_analysis.turns) > 0
        assert db.session.scalar(select(func.count()).select_from(Turn)) == sum(
            len(call.current_analysis.turns)
            for call in db.session.scalars(select(Call))
            if call.current_analysis
        ), "no turn hangs on anything but a current analysis"
        jobs = db.session.scalars(select(Job).where(Job.kind == "calls.process")).all()
        assert {job.state for job in jobs} == {JobState.DONE}
        kept = {key for key, _ in get_store().list_keys()}
        assert kept == set(db.session.scalars(select(StoredFile.key)))
        assert len(kept) == 3 * len(STEPS), "original, playback and peaks, no orphan"
    leftovers = [*(data_dir / "tmp").rglob("*"), *(data_dir / "files" / "tmp").rglob("*")]
    assert leftovers == []


def _is_over(app: Flask) -> bool:
    with app.app_context():
        left = db.session.scalar(
            select(func.count()).select_from(Call).where(Call.state != CallState.READY)
        )
        open_jobs = db.session.scalar(
            select(func.count())
            .select_from(Job)
            .where(Job.kind == "calls.process", Job.state != JobState.DONE)
        )
        paused = app.extensions["callcoach"].data_dir / "paused"
        deaths = len(list(paused.iterdir())) if paused.is_dir() else 0
        db.session.remove()
        return not left and not open_jobs and deaths == len(STEPS)


def _numbers(table: type[Transcript | AnalysisRun], call: Call) -> list[int]:
    return list(db.session.scalars(select(table.number).where(table.call_id == call.id)))
