"""A floor with a call that sounds, and who prepares, attends or must not know of its debriefs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team, User
from callcoach.accounts.queries import viewer_of
from callcoach.calls.models import Call
from callcoach.debriefs.models import AgendaItem, Debrief
from callcoach.extensions import db
from tests.calls.conftest import run_jobs, transcriber  # noqa: F401
from tests.coaching.browsing import Windows, serving
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.coaching import give_sound
from tests.factories.debriefs import create_debrief


@dataclass(frozen=True)
class Floor:
    """Ids of a team, its people, a ready call of `agent` with real sound, and a planned debrief."""

    team_id: int
    other_team_id: int
    campaign_id: int
    call_id: int
    debrief_id: int
    ids: dict[str, int]
    claire: Viewer
    lead: Viewer
    agent: Viewer
    colleague: Viewer
    stranger: Viewer
    sponsor: Viewer
    admin: Viewer

    @property
    def call(self) -> Call:
        """Fresh from the database."""
        return db.session.get_one(Call, self.call_id, populate_existing=True)

    @property
    def debrief(self) -> Debrief:
        """Fresh from the database."""
        return db.session.get_one(Debrief, self.debrief_id, populate_existing=True)

    @property
    def team(self) -> Team:
        return db.session.get_one(Team, self.team_id)

    def user(self, name: str) -> User:
        return db.session.get_one(User, self.ids[name])

    def item(self, item_id: int) -> AgendaItem:
        """Fresh from the database."""
        return db.session.get_one(AgendaItem, item_id, populate_existing=True)


@pytest.fixture
def floor(app: Flask) -> Floor:
    """Claire is the supervisor and hosts the debrief; Hanta is the agent of the call, Patrice her
    colleague; Inès supervises another team.
    """
    with app.app_context():
        team, other = create_team(name="Équipe Antananarivo"), create_team(name="Équipe Tunis")
        people = {
            "claire": create_user(Role.SUPERVISOR, teams=[team], name="Claire M.", login="claire"),
            "lead": create_user(Role.TEAM_LEAD, teams=[team], name="Miora A.", login="miora"),
            "agent": create_user(Role.AGENT, teams=[team], name="Hanta Rakoto", login="hanta"),
            "colleague": create_user(Role.AGENT, teams=[team], name="Patrice", login="patrice"),
            "stranger": create_user(Role.SUPERVISOR, teams=[other], name="Inès", login="ines"),
            "sponsor": create_user(Role.SPONSOR, login="sponsor"),
            "admin": create_user(Role.ADMIN, name="Admin", login="admin"),
        }
        campaign = create_campaign(teams=[team], agent_audio="yes")
        call = create_call(team=team, agent=people["agent"], campaign=campaign)
        give_sound(call)
        return Floor(
            team_id=team.id,
            other_team_id=other.id,
            campaign_id=campaign.id,
            call_id=call.id,
            debrief_id=create_debrief([team], people["claire"]).id,
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
