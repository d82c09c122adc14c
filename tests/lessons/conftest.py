"""The floor of debriefs, and a second team that calls for the same campaign."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.queries import viewer_of
from callcoach.campaigns.models import CampaignTeam
from callcoach.extensions import db
from tests.debriefs.conftest import Floor, floor  # noqa: F401
from tests.factories.accounts import create_team, create_user


@dataclass(frozen=True)
class Sites:
    """Team `here` is the floor's; `there` has a supervisor (Leïla) and two agents."""

    here: int
    there: int
    leila: Viewer
    leila_id: int
    nadia_id: int


@pytest.fixture
def sites(app: Flask, floor: Floor) -> Sites:  # noqa: F811
    with app.app_context():
        team = create_team(name="Équipe Cotonou")
        db.session.add(CampaignTeam(campaign_id=floor.campaign_id, team_id=team.id))
        leila = create_user(Role.SUPERVISOR, teams=[team], name="Leïla B.", login="leila")
        nadia = create_user(Role.AGENT, teams=[team], name="Nadia K.", login="nadia")
        create_user(Role.AGENT, teams=[team], name="Yassine", login="yassine")
        db.session.commit()
        return Sites(floor.team_id, team.id, viewer_of(leila), leila.id, nadia.id)
