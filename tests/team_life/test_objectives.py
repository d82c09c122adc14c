"""What a team aims at: told to its agents, counted together, and never about one of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from callcoach.accounts.models import Role, Team, User
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.progress.operations.objectives import Aim
from callcoach.team_life import presenters
from callcoach.team_life.models import TeamObjective
from callcoach.team_life.operations import objectives
from callcoach.team_life.queries import pages
from tests.coaching.conftest import Desk
from tests.factories.accounts import create_user
from tests.factories.calls import create_call
from tests.factories.debriefs import create_team_objective
from tests.factories.verdicts import create_verdicts


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.test_request_context():
        yield


@pytest.fixture
def team(desk: Desk) -> Team:
    return db.session.get_one(Team, desk.team_id)


def _aim(**values: object) -> Aim:
    today = utc_now().date()
    facts = {
        "text": "Moins d’objections sans réponse",
        "measure": "cause",
        "subject": "ignored_objection",
        "bound": 1.0,
        "is_upper": True,
        "starts_on": today - timedelta(days=5),
        "ends_on": today + timedelta(days=20),
        **values,
    }
    return Aim(**facts)  # type: ignore[arg-type]


def _told() -> int:
    kind = Notice.kind == objectives.NOTICE
    return db.session.scalar(select(func.count(Notice.id)).where(kind)) or 0


def test_agents_of_the_team_are_told_and_undoing_takes_it_back(desk: Desk, team: Team):
    objective = objectives.propose(desk.lead, team, None, _aim())
    assert _told() == 2, "both agents, and nobody else"
    objectives.withdraw(desk.lead, objective)
    assert (_told(), db.session.query(TeamObjective).count()) == (0, 0)


def test_it_is_adjusted_closed_with_words_and_opened_again(desk: Desk, team: Team):
    objective = objectives.propose(desk.claire, team, None, _aim())
    with pytest.raises(InvalidInput):
        objectives.adjust(desk.claire, objective, None, _aim(text=" "), based_on=1)
    objectives.adjust(desk.claire, objective, None, _aim(text="Autre"), based_on=1)
    with pytest.raises(StaleVersion):
        objectives.close(desk.lead, objective, "reached", "Bravo", based_on=1)
    with pytest.raises(InvalidInput):
        objectives.close(desk.lead, objective, "reached", " ", based_on=2)
    with pytest.raises(Conflict):
        objectives.withdraw(desk.lead, objective)
    objectives.close(desk.lead, objective, "dropped", "Plus utile", based_on=2)
    with pytest.raises(Conflict):
        objectives.close(desk.lead, objective, "dropped", "Plus utile", based_on=3)
    objectives.reopen(desk.lead, objective)
    assert (objective.closed_at, objective.closing, objective.text) == (None, "", "Autre")


def test_what_is_counted_is_of_the_whole_team_and_of_three_agents_at_least(desk: Desk, team: Team):
    objective = create_team_objective(
        team, bound=1.0, starts_on=utc_now().date() - timedelta(days=5)
    )
    people = [desk.user("agent"), desk.user("colleague")]
    for person in people:
        _confirmed(desk, team, person)
    few = pages.measured(objective)
    assert (few.is_too_few, few.found.agents) == (True, 2)
    shown = presenters.aim_views([objective])[0].head
    assert "2" not in shown.progress.replace(str(pages.LEAST_AGENTS), "")
    third = create_user(Role.AGENT, teams=[team])
    create_call(team=team, agent=third, campaign=desk.call.campaign, started_at=utc_now())
    enough = pages.measured(objective)
    assert (enough.is_too_few, enough.found.value, enough.found.total) == (False, 2.0, 3)
    assert "2" in presenters.aim_views([objective])[0].head.progress


def test_only_a_campaign_that_the_team_calls_for_counts(desk: Desk, team: Team):
    assert pages.require_campaign(team, desk.call.campaign_id) == desk.call.campaign_id
    assert pages.require_campaign(team, 0) is None
    with pytest.raises(NotFound):
        pages.require_campaign(team, 999)


def _confirmed(desk: Desk, team: Team, agent: User) -> None:
    call = create_call(team=team, agent=agent, campaign=desk.call.campaign, started_at=utc_now())
    create_verdicts(call, 1, author=desk.user("claire"))
