"""`callcoach watch`: files settle, come in, and are put away."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from callcoach.calls.models import Call
from callcoach.commands.calls import watch_folder
from callcoach.config import Settings
from callcoach.extensions import db
from tests.factories.floor import create_demo_floor

SAMPLE = "voltaneo-03-standard-logistique.flac"
VICIDIAL = "20260914-114127_YASSINE_33465710187-all.mp3"
OPTIONS = ("--agent", "hanta", "--campaign", "Ombrières de parking")

Watch = Callable[..., Result]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def watch_once(app: Flask, inbox: Path) -> Watch:
    with app.app_context():
        create_demo_floor()
        db.session.remove()

    def _run(*arguments: str) -> Result:
        with app.app_context():
            return CliRunner().invoke(
                watch_folder, [str(inbox), "--once", "--settle", "0.1", *arguments]
            )

    return _run


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _call_count(app: Flask) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count()).select_from(Call)) or 0
        db.session.remove()
        return count


def test_a_recording_comes_in_and_moves_to_done(
    app: Flask, watch_once: Watch, inbox: Path, samples: Path
) -> None:
    shutil.copy(samples / SAMPLE, inbox)
    result = watch_once(*OPTIONS)
    assert result.exit_code == 0, result.output
    assert _names(inbox) == {f"done/{SAMPLE}"}
    assert _call_count(app) == 1


def test_a_refused_file_goes_to_quarantine_with_its_reason(
    app: Flask, watch_once: Watch, inbox: Path, samples: Path
) -> None:
    (inbox / "letter.wav").write_text("Dear customer, " * 200)
    shutil.copy(samples / SAMPLE, inbox)
    result = watch_once(*OPTIONS)
    assert result.exit_code == 1
    assert _names(inbox) == {
        f"done/{SAMPLE}",
        "quarantine/letter.wav",
        "quarantine/letter.wav.reason.txt",
    }
    reason = (inbox / "quarantine" / "letter.wav.reason.txt").read_text()
    assert "holds text" in reason
    assert _call_count(app) == 1


def test_a_json_or_csv_beside_the_recording_says_what_it_is(
    app: Flask, watch_once: Watch, inbox: Path, samples: Path
) -> None:
    shutil.copy(samples / SAMPLE, inbox)
    shutil.copy(samples / VICIDIAL, inbox)
    about = {"agent": "FATOU", "campaign": "Ombrières de parking", "company": "Norélia"}
    (inbox / f"{SAMPLE}.json").write_text(json.dumps(about))
    (inbox / f"{VICIDIAL}.csv").write_text(
        f"file;sponsor;company\n{VICIDIAL};Comptaclair;Mécalor\n"
    )
    result = watch_once()
    assert result.exit_code == 0, result.output
    assert _names(inbox) == {
        f"done/{SAMPLE}",
        f"done/{SAMPLE}.json",
        f"done/{VICIDIAL}",
        f"done/{VICIDIAL}.csv",
    }
    with app.app_context():
        companies = {call.company for call in db.session.scalars(select(Call))}
        assert companies == {"Norélia", "Mécalor"}


def test_calls_csv_of_the_folder_speaks_of_all_its_files(
    app: Flask, watch_once: Watch, inbox: Path, samples: Path
) -> None:
    for name in (SAMPLE, VICIDIAL, "calls.csv"):
        shutil.copy(samples / name, inbox)
    assert watch_once().exit_code == 0
    assert _names(inbox) == {"calls.csv", f"done/{SAMPLE}", f"done/{VICIDIAL}"}
    with app.app_context():
        ids = {call.external_id for call in db.session.scalars(select(Call))}
        assert ids == {"DEMO-0002", "DEMO-0007"}


def test_a_sidecar_that_cannot_be_read_is_a_refusal(
    app: Flask, watch_once: Watch, inbox: Path, samples: Path
) -> None:
    shutil.copy(samples / SAMPLE, inbox)
    (inbox / f"{SAMPLE}.json").write_text("{not json")
    assert watch_once(*OPTIONS).exit_code == 1
    assert f"quarantine/{SAMPLE}.json" in _names(inbox), "what belongs together stays together"
    assert _call_count(app) == 0


def test_a_duplicate_is_put_away_like_any_other(
    app: Flask, watch_once: Watch, inbox: Path, samples: Path
) -> None:
    for _ in range(2):
        shutil.copy(samples / SAMPLE, inbox)
        assert watch_once(*OPTIONS).exit_code == 0
    stem = SAMPLE.removesuffix(".flac")
    assert _names(inbox) == {f"done/{SAMPLE}", f"done/{stem}-2.flac"}, "never over another"
    assert _call_count(app) == 1


def test_files_can_be_left_in_place(
    app: Flask, watch_once: Watch, inbox: Path, samples: Path
) -> None:
    shutil.copy(samples / SAMPLE, inbox)
    assert watch_once("--keep", *OPTIONS).exit_code == 0
    assert _names(inbox) == {SAMPLE}


def test_unfinished_hidden_and_linked_files_are_left_alone(
    app: Flask, watch_once: Watch, inbox: Path, samples: Path
) -> None:
    for name in (f"{SAMPLE}.part", ".hidden.flac"):
        shutil.copy(samples / SAMPLE, inbox / name)
    (inbox / "link.flac").symlink_to(samples / SAMPLE)
    before = _names(inbox)
    assert watch_once(*OPTIONS).exit_code == 0
    assert _names(inbox) == before
    assert _call_count(app) == 0


@pytest.mark.slow
def test_a_growing_file_waits_and_a_killed_watch_goes_on(
    app: Flask, settings: Settings, watch_once: Watch, inbox: Path, samples: Path
) -> None:
    with app.app_context():
        flask_migrate.stamp()
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith("CALLCOACH_")},
        "CALLCOACH_DATA": str(settings.data_dir),
        "CALLCOACH_DATABASE_URL": settings.database_url,
        "CALLCOACH_PRODUCTION": "0",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "callcoach.cli", "watch", str(inbox), "--settle", "1.5"]

    def _start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([*command, *OPTIONS], env=env, stdout=subprocess.DEVNULL)

    content = (samples / SAMPLE).read_bytes()
    process = _start()
    try:
        with (inbox / SAMPLE).open("wb") as file:
            for start in range(0, len(content), len(content) // 4):
                file.write(content[start : start + len(content) // 4])
                file.flush()
                assert _call_count(app) == 0, "imported before it was whole"
                time.sleep(0.8)
        _wait(lambda: _call_count(app) == 1 and _names(inbox) == {f"done/{SAMPLE}"})
        process.send_signal(signal.SIGKILL)
        process.wait()
        shutil.copy(samples / VICIDIAL, inbox)
        process = _start()
        _wait(lambda: _call_count(app) == 2)
        shutil.copy(samples / "voltaneo-04-dirigeant-supermarche.wav", inbox)
        _wait(lambda: _call_count(app) == 3)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) in (0, 1)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _wait(is_true: Callable[[], bool], timeout_s: float = 60.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not is_true():
        assert time.monotonic() < deadline_s, "what was waited for did not come"
        time.sleep(0.1)
