"""A campaign of one team, and who may tune it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.queries import viewer_of
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign


@dataclass(frozen=True)
class People:
    """Ids of two campaigns, and viewers; all but `outsider` and `sponsor` are of the first."""

    campaign_id: int
    other_campaign_id: int
    supervisor: Viewer
    admin: Viewer
    team_lead: Viewer
    agent: Viewer
    sponsor: Viewer
    outsider: Viewer


@pytest.fixture
def people(app: Flask) -> People:
    with app.app_context():
        team, other = create_team(), create_team()
        return People(
            campaign_id=create_campaign(teams=[team]).id,
            other_campaign_id=create_campaign(teams=[other]).id,
            supervisor=viewer_of(create_user(Role.SUPERVISOR, teams=[team])),
            admin=viewer_of(create_user(Role.ADMIN)),
            team_lead=viewer_of(create_user(Role.TEAM_LEAD, teams=[team])),
            agent=viewer_of(create_user(Role.AGENT, teams=[team])),
            sponsor=viewer_of(create_user(Role.SPONSOR)),
            outsider=viewer_of(create_user(Role.SUPERVISOR, teams=[other])),
        )
