"""A campaign of two agents with promises in force, and the people around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.audits.frames import Frame
from callcoach.audits.models import Audit
from callcoach.audits.operations.drafts import Plan, create_draft
from callcoach.audits.operations.drawing import draw_audit
from callcoach.campaigns.models import Campaign, PromiseKind, SponsorSeat
from callcoach.extensions import db
from tests.coaching.browsing import Windows, serving
from tests.factories.accounts import create_team, create_user
from tests.factories.audits import create_promise_version
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.feed import make_playable


@dataclass(frozen=True)
class Floor:
    """Ids, and Claire, who supervises the campaign."""

    app: Flask
    campaign_id: int
    claire: Viewer
    client_id: int
    calls: tuple[int, ...]
    approved: int
    forbidden: int

    @property
    def campaign(self) -> Campaign:
        return db.session.get_one(Campaign, self.campaign_id)

    def plan(self, **values: object) -> Plan:
        """All calls of September."""
        frame = Frame(**{"size": 3, **values})  # type: ignore[arg-type]
        return Plan("Audit de septembre", date(2026, 9, 1), date(2026, 9, 30), frame, 0.1, 0.9)

    def draft(self, **values: object) -> Audit:
        """Begun by Claire."""
        audit = create_draft(self.claire, self.campaign, self.plan(**values))
        db.session.commit()
        return audit

    def drawn(self, **values: object) -> Audit:
        """Drawn by Claire."""
        audit = draw_audit(self.claire, self.draft(**values), 1)
        db.session.commit()
        return audit


@pytest.fixture
def floor(app: Flask) -> Floor:
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team])
        claire = create_user(Role.SUPERVISOR, [team], name="Claire", locale="en")
        client = create_user(Role.SPONSOR, name="Cliente", locale="en")
        campaign.sponsor.seats.append(SponsorSeat(user_id=client.id))
        calls = []
        for name, count in (("Hanta Rakoto", 4), ("Patrice", 2)):
            agent = create_user(Role.AGENT, [team], name=name)
            for _ in range(count):
                call = create_call(team=team, agent=agent, campaign=campaign)
                make_playable(call)
                calls.append(call.id)
        approved = create_promise_version(campaign, claire, text="Une démonstration est offerte.")
        forbidden = create_promise_version(
            campaign, claire, kind=PromiseKind.FORBIDDEN, text="certifié par l’État"
        )
        db.session.commit()
        return Floor(
            app,
            campaign.id,
            viewer_of(claire),
            client.id,
            tuple(calls),
            approved.id,
            forbidden.id,
        )


@pytest.fixture
def page_of(floor: Floor, sign_in: Callable[[User], FlaskClient]) -> Callable[..., tuple[int, str]]:
    """What Claire is answered at an address: status and text."""
    with floor.app.app_context():
        client = sign_in(db.session.get_one(User, floor.claire.user_id))

    def ask(path: str, **options: object) -> tuple[int, str]:
        answer = client.open(path, **options)  # type: ignore[arg-type]
        return answer.status_code, answer.get_data(as_text=True)

    return ask


@pytest.fixture
def windows(app: Flask, chromium: Browser) -> Iterator[Windows]:
    with serving(app) as url:
        found = Windows(app, url, chromium)
        yield found
        found.close()
    assert not found.troubles, found.troubles
