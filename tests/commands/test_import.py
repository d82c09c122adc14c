"""`callcoach import`, on the real samples."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from callcoach.accounts.models import Team, User
from callcoach.calls.models import Call
from callcoach.commands.calls import import_folder
from callcoach.config import Settings
from callcoach.extensions import db
from callcoach.storage import get_store
from tests.factories.floor import create_demo_floor

VOLTANEO = "voltaneo-03-standard-logistique.flac"
VICIDIAL = "20260914-114127_YASSINE_33465710187-all.mp3"

Import = Callable[..., Result]


@pytest.fixture
def run_import(app: Flask) -> Import:
    """The command on a floor with the demo's people, teams and campaigns."""
    with app.app_context():
        create_demo_floor()
        db.session.remove()

    def _run(*arguments: str | Path) -> Result:
        with app.app_context():
            return CliRunner().invoke(import_folder, [str(item) for item in arguments])

    return _run


@pytest.fixture
def folder(tmp_path: Path, samples: Path) -> Path:
    """A folder with two samples and no metadata."""
    folder = tmp_path / "export"
    folder.mkdir()
    for name in (VOLTANEO, VICIDIAL):
        shutil.copy(samples / name, folder)
    return folder


def _calls(app: Flask) -> list[Call]:
    return list(db.session.scalars(select(Call).order_by(Call.started_at)))


def test_the_samples_are_imported_with_all_that_calls_csv_says(
    app: Flask, run_import: Import, samples: Path
) -> None:
    result = run_import(samples)
    assert result.exit_code == 0, result.output
    assert result.output.count("imported  ") == 8
    assert "Total: 8 imported." in result.output
    with app.app_context():
        calls = _calls(app)
        assert [call.external_id for call in calls] == [f"DEMO-000{n}" for n in range(1, 9)]
        first, second = calls[:2]
        team, agent = db.session.get_one(Team, first.team_id), first.agent
        assert (team.name, agent and agent.name) == ("Équipe Antananarivo", "Hanta R.")
        assert (first.campaign.name, first.persona) == ("Clôture mensuelle DAF", "DAF")
        assert second.agent_channel == "mixed"
        assert calls[6].kind == "gatekeeper"


def test_importing_again_imports_nothing_twice(run_import: Import, folder: Path) -> None:
    options = ("--campaign", "Clôture mensuelle DAF", "--agent", "hanta")
    run_import(folder, *options)
    again = run_import(folder, *options)
    assert again.exit_code == 0
    assert "Total: 2 duplicate." in again.output


def test_a_dry_run_keeps_nothing(app: Flask, run_import: Import, folder: Path) -> None:
    result = run_import(
        folder, "--dry-run", "--campaign", "Clôture mensuelle DAF", "--agent", "hanta"
    )
    assert result.exit_code == 0
    assert "Dry run, nothing was kept: 2 imported." in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Call)) == 0
        assert list(get_store().list_keys()) == []


def test_a_vicidial_name_is_enough_where_the_team_has_one_campaign(
    app: Flask, run_import: Import, folder: Path
) -> None:
    result = run_import(folder, "--campaign", "Clôture mensuelle DAF", "--agent", "hanta")
    assert result.exit_code == 0, result.output
    with app.app_context():
        calls = {call.file_name: call for call in _calls(app)}
        yassine = calls[VICIDIAL].agent
        assert yassine is not None
        assert yassine.name == "Yassine B.", "the name beats the option"
        assert calls[VICIDIAL].prospect_phone == "+33465710187"
        hanta = calls[VOLTANEO].agent
        assert hanta is not None
        assert hanta.name == "Hanta R."


def test_each_refusal_is_a_line_with_its_reason_and_spares_the_others(
    app: Flask, run_import: Import, folder: Path
) -> None:
    (folder / "letter.wav").write_text("Dear customer, " * 200)
    (folder / "calls.csv").write_text(
        "file;agent;campaign;external_id\n"
        f"{VOLTANEO};Hanta R.;Ombrières de parking;A-1\n"
        f"{VICIDIAL};Nobody;Ombrières de parking;A-2\n"
        "letter.wav;Hanta R.;Ombrières de parking;A-3\n"
        "lost.wav;Hanta R.;Ombrières de parking;A-4\n",
        encoding="utf-8-sig",
    )
    result = run_import(folder)
    assert result.exit_code == 1
    lines = {line.split()[0]: line for line in result.output.splitlines() if line}
    assert VOLTANEO in lines["imported"]
    rejected = [line for line in result.output.splitlines() if line.startswith("rejected")]
    assert len(rejected) == 2
    assert any("Nobody" in line and "line 3" in line for line in rejected)
    assert any("holds text" in line and "line 4" in line for line in rejected)
    assert "lost.wav" in lines["missing"]
    assert "Total: 1 imported, 2 rejected, 1 missing." in result.output
    with app.app_context():
        assert len(_calls(app)) == 1
        assert len(list(get_store().list_keys())) == 1


def test_a_conflict_is_reported_as_such(run_import: Import, folder: Path) -> None:
    (folder / "calls.csv").write_text(
        "file,agent,campaign,external_id\n"
        f"{VOLTANEO},Hanta R.,Ombrières de parking,A-1\n"
        f"{VICIDIAL},Hanta R.,Ombrières de parking,A-1\n"
    )
    result = run_import(folder)
    assert result.exit_code == 1
    assert "Total: 1 imported, 1 conflict." in result.output


def test_two_copies_in_one_folder_are_one_call(run_import: Import, folder: Path) -> None:
    shutil.copy(folder / VOLTANEO, folder / "copy.flac")
    for arguments in (["--dry-run"], []):
        result = run_import(
            folder, "--agent", "hanta", "--campaign", "Ombrières de parking", *arguments
        )
        assert "2 imported, 1 duplicate" in result.output, result.output


def test_one_file_can_be_imported_alone(app: Flask, run_import: Import, samples: Path) -> None:
    result = run_import(samples / VOLTANEO)
    assert result.exit_code == 0
    with app.app_context():
        assert [call.external_id for call in _calls(app)] == ["DEMO-0007"], "from calls.csv"


def test_a_metadata_file_that_cannot_be_read_stops_everything(
    run_import: Import, folder: Path
) -> None:
    (folder / "calls.csv").write_text("name,agent\na.wav,x\n")
    result = run_import(folder)
    assert result.exit_code == 2
    assert "file" in result.output
    assert "Traceback" not in result.output


def test_an_unknown_zone_stops_everything(run_import: Import, folder: Path) -> None:
    result = run_import(folder, "--timezone", "Mars/Olympus")
    assert result.exit_code == 2
    assert "Mars/Olympus" in result.output


def test_naive_times_are_of_the_given_zone(app: Flask, run_import: Import, folder: Path) -> None:
    result = run_import(
        folder / VICIDIAL,
        "--timezone",
        "Africa/Tunis",
        "--campaign",
        "Clôture mensuelle DAF",
    )
    assert result.exit_code == 0, result.output
    with app.app_context():
        assert [call.started_at.hour for call in _calls(app)] == [10]


@pytest.mark.slow
def test_the_command_runs_from_a_shell(
    app: Flask, settings: Settings, run_import: Import, folder: Path
) -> None:
    env = {
        **{key: value for key, value in os.environ.items() if not key.startswith("CALLCOACH_")},
        "CALLCOACH_DATA": str(settings.data_dir),
        "CALLCOACH_DATABASE_URL": settings.database_url,
        "CALLCOACH_PRODUCTION": "0",
    }
    command = [sys.executable, "-m", "callcoach.cli", "import", str(folder)]
    options = ["--agent", "fatou", "--campaign", "Clôture mensuelle DAF"]
    empty = subprocess.run(
        [*command, *options], env=env, capture_output=True, text=True, check=False
    )
    assert (empty.returncode, empty.stderr.count("\n")) == (2, 1), "no revision: one clear line"
    with app.app_context():
        flask_migrate.stamp()
        assert db.session.scalar(select(func.count()).select_from(User)) == 10
        db.session.remove()
    done = subprocess.run(
        [*command, *options], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Total: 2 imported." in done.stdout
