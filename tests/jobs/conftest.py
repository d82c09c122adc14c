"""A quick queue, and real worker processes on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from callcoach.app import _TASK_MODULES
from callcoach.config import Settings
from callcoach.extensions import db
from callcoach.jobs import registry

HERE = Path(__file__).parent


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As in production, with intervals that a test can wait for."""
    return replace(
        settings,
        job_lease_s=2.0,
        job_heartbeat_s=0.4,
        job_sweep_s=0.3,
        job_backoff_s=0.2,
        job_drain_s=2.0,
    )


@pytest.fixture(autouse=True)
def _forget_registered_tasks() -> Iterator[None]:
    """Tasks registered by one test are unknown to the next; those of the rooms stay."""
    registry.load_task_modules(_TASK_MODULES)  # once imported, they register no second time
    before = dict(registry._tasks)
    yield
    registry._tasks.clear()
    registry._tasks.update(before)


@pytest.fixture
def served_app(app: Flask) -> Flask:
    """A database that processes of their own accept, with a table for the probes' results."""
    with app.app_context():
        flask_migrate.stamp()
        db.session.execute(
            text("CREATE TABLE probe_writes (subject VARCHAR(40), attempt INTEGER, pid INTEGER)")
        )
        db.session.commit()
    return app


StartWorker = Callable[..., "subprocess.Popen[bytes]"]


def worker_env(settings: Settings, **more: str) -> dict[str, str]:
    """The environment in which a process works on the test's database."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("CALLCOACH_")}
    return {
        **ours,
        "PYTHONPATH": str(HERE),
        "CALLCOACH_DATA": str(settings.data_dir),
        "CALLCOACH_DATABASE_URL": settings.database_url,
        "CALLCOACH_QUEUE_URL": settings.queue_url,
        "CALLCOACH_PRODUCTION": "0",
        "CALLCOACH_TASK_MODULES": "probe_tasks",
        "CALLCOACH_JOB_LEASE": str(settings.job_lease_s),
        "CALLCOACH_JOB_HEARTBEAT": str(settings.job_heartbeat_s),
        "CALLCOACH_JOB_SWEEP": str(settings.job_sweep_s),
        "CALLCOACH_JOB_BACKOFF": str(settings.job_backoff_s),
        "CALLCOACH_JOB_DRAIN": str(settings.job_drain_s),
        **more,
    }


@pytest.fixture
def start_worker(settings: Settings) -> Iterator[StartWorker]:
    """Start a real `callcoach worker`; killed at the end of the test if it still runs."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **env: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "callcoach.cli", "worker", *arguments],
            env=worker_env(settings, **env),
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Wait for a condition; fails the test when it does not come."""

    def wait(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
        deadline_s = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline_s, "what was waited for did not come"
            time.sleep(0.05)

    return wait


#: Whether this machine has a Redis server to start.
HAS_REDIS = shutil.which("redis-server") is not None


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis of our own on a socket in `folder`."""
    address = folder / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(address), "--save", ""]
    server = subprocess.Popen([*command, "--dir", str(folder)], stdout=subprocess.DEVNULL)
    try:
        deadline_s = time.monotonic() + 10
        while not address.exists():
            assert time.monotonic() < deadline_s, "Redis did not start"
            time.sleep(0.02)
        yield f"unix://{address}"
    finally:
        server.terminate()
        server.wait()
