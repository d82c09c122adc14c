"""A client with a campaign, a released and judged call in a closed audit, and who runs it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from callcoach.accounts.models import Role
from callcoach.analysis.claims import Standing
from callcoach.audits.models import AuditState
from callcoach.campaigns.models import SponsorSeat
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.audits import create_audit, create_judgement, create_promise_version
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign, create_sponsor
from tests.factories.portal import judge_all, release_call


@dataclass(frozen=True)
class Client:
    """Ids of people and things."""

    user: int
    supervisor: int
    agent: int
    team: int
    campaign: int
    call: int
    audit: int
    sampled: int
    promise: int
    finding: int


@pytest.fixture
def client_site(app: Flask) -> Client:
    """One promise, said otherwise in the one sampled call."""
    with app.app_context():
        team = create_team()
        sponsor = create_sponsor(name="Voltaneo")
        user = create_user(Role.SPONSOR, name="Sophie Lambert")
        sponsor.seats = [SponsorSeat(user_id=user.id)]
        campaign = create_campaign(teams=[team], sponsor=sponsor)
        supervisor = create_user(Role.SUPERVISOR, [team])
        agent = create_user(Role.AGENT, [team])
        call = create_call(agent=agent, team=team, campaign=campaign)
        release_call(call, supervisor)
        promise = create_promise_version(campaign, supervisor)
        audit = create_audit(campaign, supervisor, [call], AuditState.CLOSED)
        judge_all(audit)
        finding = create_judgement(
            audit.calls[0],
            promise,
            supervisor,
            standing=Standing.DISTORTED,
            comment="Le délai manque.",
        )
        db.session.commit()
        return Client(
            user=user.id,
            supervisor=supervisor.id,
            agent=agent.id,
            team=team.id,
            campaign=campaign.id,
            call=call.id,
            audit=audit.id,
            sampled=audit.calls[0].id,
            promise=promise.id,
            finding=finding.id,
        )
