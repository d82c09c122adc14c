"""What is said in a call stays in the team that made it, also in drills and wherever they are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.accounts.queries import viewer_of
from callcoach.campaigns.models import CampaignTeam
from callcoach.drills.operations import assigning
from callcoach.drills.queries import library
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.coaching import create_note
from tests.factories.drills import create_attempt, create_drill, create_set, give, sound_file

from .conftest import Desk, Given

SignIn = Callable[[User | int], FlaskClient]
SECRET = "Chez nous, non"


@dataclass(frozen=True)
class Away:
    """A drill on a call of another team of the same campaign, and who answers for both teams."""

    drill_id: int
    own_drill_id: int
    both_id: int


@pytest.fixture
def away(app: Flask, desk: Desk) -> Away:
    with app.app_context():
        team = create_team()
        call = create_call(campaign=desk.call.campaign, team=team, company="Ailleurs SARL")
        db.session.add(CampaignTeam(campaign_id=call.campaign_id, team_id=team.id))
        both = create_user("supervisor", teams=[team, desk.call.team])
        drill = create_drill(call, title=f"« {SECRET} »", instructions=f"{SECRET} !")
        for step in drill.steps:
            step.prospect_text = step.original_text = step.example_text = f"{SECRET}."
        db.session.commit()
        return Away(drill.id, create_drill(desk.call).id, both.id)


def test_a_drill_is_for_agents_of_the_team_whose_call_it_quotes(
    app: Flask, desk: Desk, away: Away
) -> None:
    with app.app_context():
        both = viewer_of(db.session.get_one(User, away.both_id))
        drill = library.get_drill(both, away.drill_id)
        own = library.get_drill(both, away.own_drill_id)
        ids = [desk.ids["agent"]]
        assert desk.ids["agent"] not in [
            agent.id for agent in library.agents_for(both, drill.campaign, drill.calls)
        ]
        with pytest.raises(InvalidInput):
            assigning.assign_drill(both, drill, ids, None)
        with pytest.raises(NotFound):
            assigning.assign_drill(desk.claire, drill, ids, None)
        mixed = create_set(drill.calls[0], drill, own, is_immersion=True)
        found = assigning.assign_set(both, mixed, ids, None)
        assert {given.drill_id for given in found.new} == {None, own.id}, "its review and her drill"
        assert (len(found.new), found.left_out) == (2, 2), "neither the drill nor the call"
        given = assigning.assign_set(desk.claire, mixed, [desk.ids["colleague"]], None)
        assert away.drill_id not in [each.drill_id for each in given.new]
        foreign = create_set(drill.calls[0], drill)
        with pytest.raises(InvalidInput):
            assigning.assign_set(desk.claire, foreign, ids, None)


def test_who_may_not_open_a_call_reads_none_of_its_words_beside_an_agents_try(
    app: Flask, desk: Desk, sign_in: SignIn, away: Away
) -> None:
    with app.app_context():
        drill = library.get_drill(desk.admin, away.drill_id)
        given = give(desk.user("agent"), drill, due_on=assigning.today_of(desk.user("agent")))
        attempt = create_attempt(given, spoken=False)
        attempt_id, agent_id = attempt.id, given.agent_id
    pages = [
        "/drills/tries",
        f"/drills/tries/{attempt_id}",
        f"/drills/tries/{attempt_id}/answers",
        "/drills/due",
        f"/progress/agents/{agent_id}",
        "/progress/floor",
    ]
    claire, lead = sign_in(desk.ids["claire"]), sign_in(desk.ids["lead"])
    for page in pages:
        answer = claire.get(page)
        assert answer.status_code == 200, page
        assert SECRET not in answer.text, page
    assert "Vous clôturez comment" in claire.get(f"/drills/tries/{attempt_id}").text
    for page in ("/drills/due", "/progress/floor"):
        assert SECRET not in lead.get(page).text, page
    both = sign_in(away.both_id)
    for page in pages[:3]:
        assert SECRET in both.get(page).text, page


def test_the_voice_of_a_note_is_heard_by_whom_the_note_is_for(
    app: Flask, desk: Desk, sign_in: SignIn, given: Given
) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"))
        drill = given.drill
        drill.note_id = note.id
        drill.steps[0].example_file = sound_file("voice")
        theirs = give(desk.user("colleague"), drill).id
        db.session.commit()
        url = f"/drills/steps/{drill.steps[0].id}/example"
    mine = f"/my/drills/{given.assignment_id}"
    for name, page in (("agent", mine), ("colleague", f"/my/drills/{theirs}")):
        with app.app_context():
            create_attempt(db.session.get_one(type(given.assignment), int(page.split("/")[-1])))
        browser = sign_in(desk.ids[name])
        is_for_them = name == "agent"
        assert browser.get(url).status_code == (200 if is_for_them else 404)
        assert (url in browser.get(page).text) is is_for_them
    assert sign_in(desk.ids["thomas"]).get(url).status_code == 200
