"""`callcoach run`: real servers, workers and signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import flask_migrate
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.app import create_app
from callcoach.commands import serving
from callcoach.commands.readiness import require_ready
from callcoach.commands.supervisor import Child, Supervisor
from callcoach.config import Settings
from callcoach.errors import CallCoachError, InvalidInput
from callcoach.extensions import db, write_transaction
from callcoach.jobs import operations
from callcoach.jobs.models import Job, JobState
from tests.factories.accounts import create_user

#: Of the tasks that test processes run.
PROBES = Path(__file__).parents[1] / "jobs"

Served = tuple["subprocess.Popen[str]", str]


def _wait_until(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "what was waited for did not come"
        time.sleep(0.05)


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()]


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _worker_pids(parent: int) -> list[int]:
    return [pid for pid in _children(parent) if "callcoach.cli worker" in _command_of(pid)]


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _env(settings: Settings, **more: str) -> dict[str, str]:
    ours = {key: value for key, value in os.environ.items() if not key.startswith("CALLCOACH_")}
    return {
        **ours,
        "PYTHONPATH": str(PROBES),
        "CALLCOACH_DATA": str(settings.data_dir),
        "CALLCOACH_DATABASE_URL": settings.database_url,
        "CALLCOACH_PRODUCTION": "0",
        "CALLCOACH_TASK_MODULES": "probe_tasks",
        "CALLCOACH_JOB_SWEEP": "0.3",
        "CALLCOACH_JOB_DRAIN": "3",
        **more,
    }


@pytest.fixture
def ready_app(app: Flask) -> Flask:
    """A database at the newest revision."""
    with app.app_context():
        flask_migrate.stamp()
    return app


@pytest.fixture
def served(ready_app: Flask, settings: Settings) -> Iterator[Served]:
    """A running `callcoach run` on a free port: its process and its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "callcoach.cli", "run", "--port", "0", "--threads", "2"],
        env=_env(settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, f"no address in {line!r}"
        yield process, found.group()
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
        process.stdout.close()


def _answers(url: str) -> bool:
    """Whether the application answers; that it does not know the page is an answer."""
    try:
        urllib.request.urlopen(url + "static/nothing", timeout=5)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code == 404
    except OSError:
        return False
    return True


def _enqueue(app: Flask, subject: str) -> int:
    with app.app_context(), write_transaction():
        job_id = operations.enqueue(
            "probe.deaf", subject, viewer=Viewer.system(), payload={"work_s": 0}
        ).id
        db.session.commit()
    return job_id


def _state(app: Flask, job_id: int) -> JobState:
    with app.app_context():
        return db.session.get_one(Job, job_id).state


@pytest.mark.slow
def test_run_serves_works_restarts_a_killed_worker_and_stops_everything(
    ready_app: Flask, served: Served
) -> None:
    process, url = served
    _wait_until(lambda: _answers(url))
    first = _enqueue(ready_app, "call:1")
    _wait_until(lambda: _state(ready_app, first) == JobState.DONE)

    (worker,) = _worker_pids(process.pid)
    os.kill(worker, signal.SIGKILL)
    _wait_until(lambda: _worker_pids(process.pid) not in ([], [worker]))
    second = _enqueue(ready_app, "call:2")
    _wait_until(lambda: _state(ready_app, second) == JobState.DONE)

    children = _children(process.pid)
    grandchildren = [pid for child in children for pid in _children(child)]
    assert len(children) == 2
    assert len(grandchildren) == 1, "gunicorn serves from one process"
    process.terminate()
    assert process.wait(30) == 0
    _wait_until(lambda: not any(_is_alive(pid) for pid in [*children, *grandchildren]), 5)
    assert not _answers(url)


@pytest.mark.slow
def test_run_restarts_a_killed_web_server_on_the_same_port(served: Served) -> None:
    process, url = served
    _wait_until(lambda: _answers(url))
    (web,) = [pid for pid in _children(process.pid) if "gunicorn" in _command_of(pid)]
    os.kill(web, signal.SIGKILL)
    _wait_until(lambda: not _is_alive(web))
    _wait_until(lambda: _answers(url))
    assert process.poll() is None


@pytest.mark.slow
def test_nothing_outlives_a_killed_run(served: Served) -> None:
    process, url = served
    _wait_until(lambda: _answers(url))
    _wait_until(lambda: len(_worker_pids(process.pid)) == 1)
    family = _children(process.pid)
    family += [pid for child in family for pid in _children(child)]
    assert len(family) == 3
    process.kill()
    process.wait()
    _wait_until(lambda: not any(_is_alive(pid) for pid in family))


@pytest.mark.slow
def test_ctrl_c_stops_as_well(served: Served) -> None:
    process, url = served
    _wait_until(lambda: _answers(url))
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0


def test_a_taken_port_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InvalidInput, match=f"port {port}: Address already in use"):
            serving._listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_told_at_once() -> None:
    with pytest.raises(InvalidInput, match=r"Cannot listen on 192\.0\.2\.1"):
        serving._listen("192.0.2.1", 0)


def test_a_database_that_was_never_migrated_is_refused(app: Flask) -> None:
    with pytest.raises(CallCoachError, match="Run `callcoach migrate` first"):
        require_ready(app)


@pytest.mark.parametrize("command", [serving.run, serving.worker])
def test_serving_commands_refuse_a_database_of_another_revision(
    ready_app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, command: object
) -> None:
    with ready_app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = 'ancient'"))
        db.session.commit()
    for name, value in _env(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(str(PROBES))
    result = CliRunner().invoke(command, [])  # type: ignore[arg-type]
    assert isinstance(result.exception, CallCoachError)
    assert "is at revision ancient" in str(result.exception)


def test_production_refuses_demo_people(app: Flask, settings: Settings) -> None:
    with app.app_context():
        flask_migrate.stamp()
        person_id = create_user("agent", is_demo=True).id
    require_ready(app)
    app.extensions["callcoach"] = replace(settings, production=True)
    with pytest.raises(CallCoachError, match="1 demo people"):
        require_ready(app)
    with app.app_context():
        db.session.get_one(User, person_id).is_enabled = False
        db.session.commit()
    require_ready(app)


def test_a_database_that_does_not_answer_is_told_in_one_sentence(
    tmp_path: Path, settings: Settings
) -> None:
    missing = tmp_path / "nowhere" / "callcoach.db"
    app = create_app(replace(settings, database_url=f"sqlite:///{missing}"), TESTING=True)
    with pytest.raises(CallCoachError, match="cannot be reached") as caught:
        require_ready(app)
    assert "\n" not in str(caught.value)


def test_a_server_that_keeps_dying_takes_everything_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callcoach.commands.supervisor.FIRST_BACKOFF_S", 0.01)
    web = Child("web server", [sys.executable, "-c", "raise SystemExit(3)"], must_live=True)
    other = Child("worker", [sys.executable, "-c", "import time; time.sleep(60)"])
    assert Supervisor([web, other], grace_s=5).run() == 1
    assert web.deaths == 5
    assert other.process is not None
    assert other.process.poll() == -signal.SIGTERM


def test_who_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); open({!r}, 'w'); time.sleep(60)"
    begun = tmp_path / "begun"
    stubborn = Child("worker", [sys.executable, "-c", deaf.format(str(begun))])
    dying = Child("web", [sys.executable, "-c", "raise SystemExit(3)"], must_live=True)
    stubborn.start()
    _wait_until(begun.exists)
    supervisor = Supervisor([stubborn, dying], grace_s=0.3)
    supervisor._stop_all()
    assert stubborn.process is not None
    assert stubborn.process.poll() == -signal.SIGKILL


def test_a_worker_waits_longer_after_each_death(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Child("worker", [sys.executable, "-c", "pass"])
    supervisor = Supervisor([worker], grace_s=1)
    waits_s = []
    for _ in range(4):
        worker.start()
        assert worker.process is not None
        worker.process.wait()
        with monkeypatch.context() as still:
            still.setattr(time, "monotonic", lambda: 1000.0)
            assert not supervisor._has_failed(worker)
        waits_s.append(worker.start_again_s - 1000)
    assert waits_s == [0.5, 1.0, 2.0, 4.0]
