"""`callcoach reanalyse`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.calls.queries.reanalysis import reanalysis_progress
from callcoach.cli import cli
from callcoach.config import Settings
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from callcoach.jobs.models import Job
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign


@pytest.fixture
def campaign_ids(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[int, int]:
    """Commands work on the test's own installation: two calls of an engine of long ago in one
    campaign, one in another.
    """
    monkeypatch.setenv("CALLCOACH_DATA", str(settings.data_dir))
    monkeypatch.setenv("CALLCOACH_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("CALLCOACH_PRODUCTION", "0")
    with app.app_context():
        first = create_campaign(name="Économies d’énergie")
        second = create_campaign(name="Ombrières")
        for campaign in (first, first, second):
            create_call(campaign=campaign)
        return first.id, second.id


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["reanalyse", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def _done(app: Flask, campaign_id: int) -> int:
    with app.app_context():
        return reanalysis_progress(Viewer.system(), campaign_id).done


def test_one_campaign_then_all(app: Flask, campaign_ids: tuple[int, int]) -> None:
    assert "up to date: 2 of 2" in _run("--campaign", "économies d’énergie")
    assert [_done(app, number) for number in campaign_ids] == [2, 0]
    assert "up to date: 3 of 3" in _run()
    assert [_done(app, number) for number in campaign_ids] == [2, 1]
    assert "All calls are up to date: 3" in _run()


@pytest.mark.usefixtures("campaign_ids")
def test_in_the_background_it_is_left_to_the_worker(app: Flask) -> None:
    assert "3 of 3" in _run("--background")
    with app.app_context():
        (job,) = db.session.scalars(select(Job))
        assert (job.kind, job.state) == ("calls.feed_refresh", "queued")


@pytest.mark.usefixtures("campaign_ids")
def test_a_campaign_that_is_not_there(app: Flask) -> None:
    with pytest.raises(InvalidInput, match="no campaign"):
        _run("--campaign", "Nothing")
    with app.app_context():
        create_campaign(name="ombrières")
    with pytest.raises(InvalidInput, match="Several"):
        _run("--campaign", "Ombrières")
