"""What a team aims at, and its moments, on the agenda of its next debrief."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import Role, Team, User
from callcoach.debriefs.choices import choices_for
from callcoach.debriefs.models import AgendaItem, ItemKind
from callcoach.extensions import db, utc_now
from callcoach.progress.own_presenters import measure_words, progress_words
from callcoach.team_life.queries import pages
from tests.coaching.conftest import Desk
from tests.factories.accounts import create_team, create_user
from tests.factories.coaching import create_note
from tests.factories.debriefs import create_debrief, create_team_objective

SignIn = Callable[[User | int], FlaskClient]


def test_an_objective_goes_from_the_teams_page_to_the_agenda_with_its_count_of_the_day(
    app: Flask, desk: Desk, sign_in: SignIn
):
    with app.test_request_context():
        team = db.session.get_one(Team, desk.team_id)
        aim = create_team_objective(team, measure="calls", subject="", bound=200.0)
        create_team_objective(team, closed_at=utc_now(), closing="reached")
        abroad = create_team_objective(create_team(name="Équipe Oran"))
        debrief = create_debrief([team], desk.user("claire"))
        found = choices_for(desk.lead, debrief, ItemKind.OBJECTIVE)
        assert [choice.source for choice in found] == [f"aim:{aim.id}"]
        counted = (measure_words(aim), progress_words(aim, pages.measured(aim).found))
        text, addresses = aim.text, [f"/debriefs/add/aim/{item.id}" for item in (aim, abroad)]
        stranger = create_user(Role.TEAM_LEAD, teams=[abroad.team], login="oran").id
    page = f"/teams/{desk.team_id}/life"
    leading = sign_in(desk.ids["lead"])
    shown = leading.get(page).text
    assert shown.count("/debriefs/add/aim/") == 1 and addresses[0] in shown
    assert "/debriefs/add/" not in sign_in(desk.ids["agent"]).get("/my/team-life").text
    assert leading.post(addresses[1]).status_code == 404
    assert sign_in(stranger).post(addresses[0]).status_code == 404
    assert leading.post(addresses[0]).status_code == 302
    with app.app_context():
        item = db.session.scalars(select(AgendaItem)).one()
        assert (item.kind, item.title) == (ItemKind.OBJECTIVE, text)
        assert all(words in item.words for words in counted)


def test_a_count_of_too_few_agents_is_not_copied_and_a_moment_has_its_button(
    app: Flask, desk: Desk, sign_in: SignIn
):
    with app.app_context():
        team = db.session.get_one(Team, desk.team_id)
        aim = create_team_objective(team)
        create_debrief([team], desk.user("claire"))
        note = create_note(desk.call, desk.user("claire"), aim="keep", visibility="team")
        assert pages.measured(aim).is_too_few
        aim_id, note_id = aim.id, note.id
    leading = sign_in(desk.ids["lead"])
    assert f"/debriefs/add/note/{note_id}" in leading.get(f"/teams/{desk.team_id}/life").text
    for address in (f"/debriefs/add/note/{note_id}", f"/debriefs/add/aim/{aim_id}"):
        assert leading.post(address).status_code == 302
    with app.test_request_context():
        items = {item.source: item for item in db.session.scalars(select(AgendaItem))}
        found = items[f"aim:{aim_id}"]
        assert found.words and "(" not in found.words
        assert items[f"note:{note_id}"].note_id == note_id
