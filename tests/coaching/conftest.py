"""One call of one agent, the people around it, and the other site that must not know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.accounts.queries import viewer_of
from callcoach.calls.models import Call, TippingPoint
from callcoach.extensions import db
from tests.calls.conftest import (  # noqa: F401
    floor,
    import_sample,
    run_jobs,
    short_recording,
    transcriber,
)
from tests.factories.accounts import create_people, create_team
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign

from .browsing import Windows, add_sound, serving


@dataclass(frozen=True)
class Desk:
    """Ids of a ready call with one unconfirmed negative flag, and of people, with their viewers."""

    team_id: int
    call_id: int
    point_id: int
    ids: dict[str, int]
    claire: Viewer
    thomas: Viewer
    admin: Viewer
    lead: Viewer
    agent: Viewer
    colleague: Viewer
    stranger: Viewer
    sponsor: Viewer

    @property
    def call(self) -> Call:
        """Fresh from the database."""
        return db.session.get_one(Call, self.call_id, populate_existing=True)

    @property
    def point(self) -> TippingPoint:
        """The flag, fresh from the database."""
        return db.session.get_one(TippingPoint, self.point_id, populate_existing=True)

    def user(self, name: str) -> User:
        return db.session.get_one(User, self.ids[name])


@pytest.fixture
def desk(app: Flask) -> Desk:
    with app.app_context():
        team, other = create_team(name="Équipe Antananarivo"), create_team(name="Équipe Tunis")
        people = create_people(team, other)
        call = create_call(team=team, agent=people["agent"], campaign=create_campaign(teams=[team]))
        assert call.current_analysis is not None
        return Desk(
            team_id=team.id,
            call_id=call.id,
            point_id=call.current_analysis.tipping_points[0].id,
            ids={name: person.id for name, person in people.items()},
            **{name: viewer_of(person) for name, person in people.items()},
        )


@pytest.fixture
def windows(app: Flask, chromium: Browser) -> Iterator[Windows]:
    """Browser windows on the served application; an uncaught error in one fails the test."""
    with serving(app) as url:
        found = Windows(app, url, chromium)
        yield found
        found.close()
    assert not found.troubles, found.troubles


@pytest.fixture
def audible(app: Flask, desk: Desk, tmp_path: Path) -> Desk:
    """The desk's call with a sound to play."""
    with app.app_context():
        add_sound(desk.call, tmp_path)
    return desk


@pytest.fixture
def claire(desk: Desk, sign_in: Callable[[User | int], FlaskClient]) -> FlaskClient:
    """Her browser: a supervisor of the team."""
    return sign_in(desk.ids["claire"])
