"""A small floor with things to find: two teams, their people, calls and notes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.calls.models import Call
from callcoach.extensions import db
from tests.factories.accounts import create_people, create_team, create_user
from tests.factories.campaigns import create_campaign
from tests.factories.search import create_spoken_call

#: What is said on Hanta's call, five seconds a line.
LINES = (
    ("prospect", "Allô, oui, bonjour."),
    ("agent", "Bonjour madame, la démonstration est gratuite et sans engagement."),
    ("prospect", "Gratuit, vraiment ? On m'a déjà dit ça."),
    ("agent", "Je vous propose un rendez-vous jeudi, l'offre est à soixante euros par mois."),
    ("prospect", "Envoyez-moi ça par e-mail, on verra le prix."),
)


@dataclass(frozen=True)
class World:
    """Ids of people and calls, and the people's viewers."""

    ids: dict[str, int]
    viewers: dict[str, Viewer]
    team_id: int
    call_id: int
    colleagues_call_id: int
    foreign_call_id: int

    def user(self, name: str) -> User:
        return db.session.get_one(User, self.ids[name])

    @property
    def call(self) -> Call:
        """Fresh from the database."""
        return db.session.get_one(Call, self.call_id, populate_existing=True)


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        team, other = create_team(name="Équipe Antananarivo"), create_team(name="Équipe Tunis")
        people = {
            **create_people(team, other),
            "far_agent": create_user(Role.AGENT, teams=[other], login="yassine"),
        }
        here, there = create_campaign(teams=[team]), create_campaign(teams=[other])
        own = {"team": team, "campaign": here}
        call = create_spoken_call(LINES, agent=people["agent"], outcome="meeting", **own)
        colleagues = create_spoken_call(
            [("agent", "C'est gratuit chez nous, et gratuitement livré.")],
            agent=people["colleague"],
            **own,
        )
        foreign = create_spoken_call(
            [("agent", "Tout est gratuit à Tunis.")],
            team=other,
            campaign=there,
            agent=people["far_agent"],
        )
        return World(
            ids={name: person.id for name, person in people.items()},
            viewers={name: viewer_of(person) for name, person in people.items()},
            team_id=team.id,
            call_id=call.id,
            colleagues_call_id=colleagues.id,
            foreign_call_id=foreign.id,
        )
