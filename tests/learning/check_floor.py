"""A team with two supervisors and calls that can be heard, for tests of the daily check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.queries import viewer_of
from callcoach.calls.models import Call, TippingPoint
from callcoach.extensions import db, utc_now
from callcoach.learning import check_operations as operations
from callcoach.learning import check_queries as queries
from callcoach.learning import drawing
from callcoach.learning.models import Check
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.feed import make_playable

#: Morning of a day that tests speak of.
NOW = datetime(2026, 9, 21, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Floor:
    """Ids of the calls, the newest first, and the people."""

    campaign_id: int
    calls: list[int]
    claire: Viewer
    thomas: Viewer
    stranger: Viewer
    lead: Viewer
    agent: Viewer
    admin: Viewer

    def call(self, number: int = 0) -> Call:
        return db.session.get_one(Call, self.calls[number])

    def point(self, number: int = 0) -> TippingPoint:
        analysis = self.call(number).current_analysis
        assert analysis is not None
        return analysis.tipping_points[0]


@pytest.fixture
def floor(app: Flask) -> Floor:
    """Five calls of a minute with one flag each; nothing is drawn unless a test says so."""
    with app.app_context():
        team, other = create_team(), create_team()
        campaign = create_campaign(teams=[team])
        people = {
            "claire": create_user(Role.SUPERVISOR, [team], name="Claire M.", login="claire"),
            "thomas": create_user(Role.SUPERVISOR, [team], name="Thomas V.", login="thomas"),
            "stranger": create_user(Role.SUPERVISOR, [other]),
            "lead": create_user(Role.TEAM_LEAD, [team]),
            "agent": create_user(Role.AGENT, [team], name="Hanta R."),
            "admin": create_user(Role.ADMIN),
        }
        calls = []
        for number in range(5):
            call = create_call(
                team=team,
                agent=people["agent"],
                campaign=campaign,
                duration_ms=60_000,
                started_at=utc_now() - timedelta(hours=number + 1),
            )
            make_playable(call)
            calls.append(call.id)
        viewers = {name: viewer_of(user) for name, user in people.items()}
        return Floor(campaign.id, calls, **viewers)


@pytest.fixture
def all_blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call is to be marked by one person; no flag and no verdict is drawn."""
    monkeypatch.setattr(drawing, "blind_holders", lambda *_: 1)
    monkeypatch.setattr(drawing, "explores", lambda *_: False)
    monkeypatch.setattr(drawing, "seconds", lambda *_: False)


@pytest.fixture
def all_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every flag and every verdict is drawn; no call is."""
    monkeypatch.setattr(drawing, "blind_holders", lambda *_: 0)
    monkeypatch.setattr(drawing, "explores", lambda *_: True)
    monkeypatch.setattr(drawing, "seconds", lambda *_: True)


def draw(viewer: Viewer, now: datetime | None = None) -> list[Check]:
    """Draw and commit."""
    drawn = operations.draw(viewer, now=now)
    db.session.commit()
    return drawn


def due(viewer: Viewer, now: datetime | None = None) -> list[Check]:
    """What is left of the day, which began at midnight UTC."""
    moment = now or utc_now()
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return list(queries.today(viewer, now=moment, day=day).due)
