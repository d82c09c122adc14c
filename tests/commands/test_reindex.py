"""`callcoach reindex`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.cli import cli
from callcoach.config import Settings
from callcoach.extensions import db
from callcoach.jobs.models import Job
from callcoach.search import queries
from callcoach.search.models import SearchEntry
from callcoach.search.syntax import parse
from tests.factories.search import create_spoken_call


@pytest.fixture
def _here(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commands work on the test's own installation, which has one call and no index."""
    monkeypatch.setenv("CALLCOACH_DATA", str(settings.data_dir))
    monkeypatch.setenv("CALLCOACH_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("CALLCOACH_PRODUCTION", "0")
    with app.app_context():
        create_spoken_call([("agent", "La démonstration est gratuite.")])
        db.session.query(SearchEntry).delete()
        db.session.commit()


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["reindex", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.usefixtures("_here")
def test_every_call_is_indexed_however_often_it_runs(app: Flask) -> None:
    for _ in range(2):
        assert "Calls indexed: 1" in _run()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SearchEntry)) == 1
        assert queries.search(Viewer.system(), parse("gratuit")).total == 1


@pytest.mark.usefixtures("_here")
def test_in_the_background_it_is_one_job_for_the_worker(app: Flask) -> None:
    _run("--background")
    _run("--background")
    with app.app_context():
        (job,) = db.session.scalars(select(Job).where(Job.kind == "search.reindex"))
        assert job.state == "queued"
        assert db.session.scalar(select(func.count()).select_from(SearchEntry)) == 0
