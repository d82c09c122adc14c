"""The pages of planning, from an empty list to a debrief that was moved, skipped and brought back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import Role
from callcoach.calls.models import Call
from callcoach.debriefs.models import Debrief, DebriefSeries, DebriefState
from callcoach.extensions import db, utc_now
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.debriefs import create_debrief, create_item, create_moment

PARIS = ZoneInfo("Europe/Paris")


def _page(browser: FlaskClient, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return unescape(answer.get_data(as_text=True))


def _undo(browser: FlaskClient, page: str) -> None:
    """Press "undo" on the newest message that a page shows."""
    found = re.findall(
        r'<div class="toast .*?<form method="post" action="([^"]+)"', page, flags=re.DOTALL
    )
    assert found
    assert browser.post(unescape(found[-1])).status_code == 302


def _only(app: Flask) -> Debrief:
    with app.app_context():
        return db.session.scalars(select(Debrief)).one()


def test_a_debrief_is_planned_changed_by_two_postponed_skipped_and_taken_up(
    app: Flask, sign_in: Callable[..., Any]
) -> None:
    with app.app_context():
        team, other = create_team(name="Équipe Tana"), create_team(name="Équipe Tunis")
        claire = create_user(Role.SUPERVISOR, [team, other], locale="en").id
        create_user(Role.AGENT, [other])
        hanta = create_user(Role.AGENT, [team], locale="en").id
        team_id, other_id = team.id, other.id
    browser, agent = sign_in(claire), sign_in(hanta)
    assert "No debrief is planned" in _page(browser, "/debriefs")
    day = (utc_now().astimezone(PARIS) + timedelta(days=3)).date()
    fields = {
        "title": "Bilan de la semaine",
        "team_ids": str(team_id),
        "day": day.isoformat(),
        "time": "16:00",
        "minutes": "30",
        "timezone": "Europe/Paris",
    }
    refused = browser.post("/debriefs", data={**fields, "time": "25:61"})
    assert refused.status_code == 422
    assert "Bilan de la semaine" in refused.text
    assert 'id="time-error"' in refused.text
    assert browser.post("/debriefs", data=fields).status_code == 302
    debrief = _only(app)
    assert debrief.starts_at.astimezone(PARIS).strftime("%H:%M") == "16:00"
    plan = f"/debriefs/{debrief.id}/plan"
    assert "Bilan de la semaine" in _page(browser, f"/debriefs?team={team_id}&kind=team")
    assert "None fits these filters" in _page(browser, f"/debriefs?team={other_id}")

    # two leaders save the same debrief: the second sees both, and nothing is lost
    changed = {**fields, "title": "Bilan de Claire", "based_on": "1"}
    assert browser.post(plan, data=changed).status_code == 302
    stale = browser.post(plan, data={**fields, "title": "Bilan de Thomas", "based_on": "1"})
    assert stale.status_code == 422
    assert "<td>Bilan de Claire</td><td>Bilan de Thomas</td>" in stale.text
    assert 'name="based_on" value="2"' in stale.text
    _undo(browser, stale.text)
    assert _only(app).title == "Bilan de la semaine"

    # nobody hears of it before the invitation; then it is on the agent's own pages
    assert browser.post(f"/debriefs/{debrief.id}/invite").status_code == 302
    assert "Bilan de la semaine" in _page(agent, "/home")
    assert "✓</span> invited" in _page(browser, plan)
    version = _only(app).row_version
    later = browser.post(
        f"/debriefs/{debrief.id}/postpone", data={"days": "7", "based_on": str(version)}
    )
    assert later.status_code == 302
    moved = _only(app).starts_at.astimezone(PARIS)
    assert (moved.date() - day, moved.hour) == (timedelta(days=7), 16)
    assert f"{moved.day}" in _page(agent, "/notifications")
    assert browser.post(f"/debriefs/{debrief.id}/skip", data={"based_on": "1"}).status_code == 422
    version = _only(app).row_version
    skipped = browser.post(
        f"/debriefs/{debrief.id}/skip", data={"reason": "Jour férié", "based_on": str(version)}
    )
    assert skipped.status_code == 302
    page = _page(browser, "/debriefs?tab=skipped")
    assert "Jour férié" in page
    assert "Jour férié" not in _page(agent, "/notifications")
    _undo(browser, page)
    assert browser.post(f"/debriefs/{debrief.id}/delete").status_code == 302
    page = _page(browser, "/debriefs")
    assert browser.get(plan).status_code == 404
    _undo(browser, page)
    assert _only(app).state == DebriefState.PLANNED


def test_the_agenda_of_one_that_falls_away_goes_to_the_next_of_the_same_people(
    app: Flask, sign_in: Callable[..., Any]
) -> None:
    with app.app_context():
        team, other = create_team(), create_team()
        agent = create_user(Role.AGENT, [team])
        claire = create_user(Role.SUPERVISOR, [team, other], locale="en")
        soon, later = utc_now() + timedelta(days=2), utc_now() + timedelta(days=7)
        debrief = create_debrief([team], claire, title="Celui-ci")
        wider = create_debrief([team, other], claire, starts_at=soon)
        alone = create_debrief([team], claire, starts_at=soon, agent_id=agent.id)
        target = create_debrief([team], claire, starts_at=later, title="Le suivant")
        twice = [create_item(one, source="note:1").id for one in (debrief, target)]
        item_id = create_item(debrief, title="À reprendre", source="note:2").id
        ids = claire.id, debrief.id, target.id
        elsewhere = wider.id, alone.id

    def _items(debrief_id: int) -> set[int]:
        with app.app_context():
            return {item.id for item in db.session.get_one(Debrief, debrief_id).items}

    browser, (_, debrief_id, target_id) = sign_in(ids[0]), ids
    url = f"/debriefs/{debrief_id}"
    browser.post(f"{url}/skip", data={"reason": "Férié", "based_on": "1"})
    assert "items over to “Le suivant”" in _page(browser, f"{url}/plan")
    for other_id in elsewhere:  # they would see what was chosen for somebody else
        assert browser.post(f"{url}/carry", data={"to": str(other_id)}).status_code == 404
    browser.get("/debriefs")
    assert browser.post(f"{url}/carry", data={"to": str(target_id)}).status_code == 302
    assert (_items(debrief_id), _items(target_id)) == ({twice[0]}, {twice[1], item_id})
    _undo(browser, _page(browser, "/debriefs"))
    assert (_items(debrief_id), _items(target_id)) == ({twice[0], item_id}, {twice[1]})


def test_home_and_navigation_say_what_to_do_next(app: Flask, sign_in: Callable[..., Any]) -> None:
    with app.app_context():
        team = create_team()
        lead = create_user(Role.TEAM_LEAD, [team], locale="en")
        agent = create_user(Role.AGENT, [team], locale="en")
        colleague = create_user(Role.AGENT, [team], locale="en")
        supervisor = create_user(Role.SUPERVISOR, [team], locale="en")
        create_debrief([team], lead, title="Demain")
        create_debrief([team], supervisor, "running", title="Entretien", agent_id=agent.id)
        ids = lead.id, agent.id, colleague.id
    leads, hers, his = (sign_in(user_id) for user_id in ids)
    page = _page(leads, "/home")
    assert "Demain" in page
    assert "No agenda yet." in page
    assert "Entretien" not in page
    assert "The debrief has begun" in _page(hers, "/home")
    assert "The debrief has begun" not in _page(his, "/home")
    assert "Demain" in _page(his, "/home")
    # somebody else's one-to-one is none of the lead's
    assert "Entretien" not in _page(leads, "/debriefs")
    assert leads.get("/debriefs/new?alone=1").status_code == 403


def test_a_ritual_is_begun_changed_and_ended_with_its_way_back(
    app: Flask, sign_in: Callable[..., Any]
) -> None:
    with app.app_context():
        team = create_team()
        create_user(Role.AGENT, [team])
        lead, team_id = create_user(Role.TEAM_LEAD, [team], locale="en").id, team.id
    browser = sign_in(lead)
    fields = {
        "title": "Le rituel",
        "team_ids": str(team_id),
        "weekday": "2",
        "time": "09:30",
        "minutes": "20",
        "every_weeks": "1",
        "timezone": "Indian/Antananarivo",
        "starts_on": "2026-01-01",
    }
    begun = browser.post("/debriefs/series", data=fields)
    assert begun.status_code == 302
    page = _page(browser, begun.location)
    assert "Every Wednesday at 09:30 (Antananarivo)" in page
    assert page.count('class="plan-row"') in (4, 5)
    assert browser.post(begun.location, data={**fields, "based_on": "9"}).status_code == 422
    changed = browser.post(begun.location, data={**fields, "time": "10:00", "based_on": "1"})
    assert changed.status_code == 302
    _undo(browser, _page(browser, begun.location))
    with app.app_context():
        assert db.session.scalars(select(DebriefSeries)).one().starts_at_minute == 9 * 60 + 30
    assert browser.post(f"{begun.location}/archive").status_code == 302
    assert "No debrief is planned" in _page(browser, "/debriefs")
    assert "Le rituel" in _page(browser, "/debriefs/series?archived=1")
    assert browser.post(f"{begun.location}/restore").status_code == 302
    assert 'class="plan-row"' in _page(browser, "/debriefs")


def test_other_teams_are_refused_or_left_out_in_words_and_what_was_typed_stays(
    app: Flask, sign_in: Callable[..., Any]
) -> None:
    with app.app_context():
        team, other = create_team(), create_team()
        create_user(Role.AGENT, [team])
        create_user(Role.AGENT, [other])
        team_id, other_id = team.id, other.id
        call_id = create_call(team=team).id
        browser = sign_in(create_user(Role.SUPERVISOR, [team, other], locale="en").id)
    fields = {
        "title": "Le rituel",
        "team_ids": str(team_id),
        "weekday": "2",
        "time": "09:30",
        "minutes": "20",
        "every_weeks": "1",
        "timezone": "Indian/Antananarivo",
        "starts_on": "2026-01-01",
    }
    ritual = browser.post("/debriefs/series", data=fields).location
    with app.app_context():
        debrief = db.session.scalars(select(Debrief).order_by(Debrief.starts_at)).all()[1]
        create_moment(debrief, db.session.get_one(Call, call_id), title="Une objection")
        debrief_id, day = debrief.id, debrief.starts_at.astimezone(PARIS).date()
    elsewhere = {**fields, "team_ids": str(other_id), "based_on": "1"}
    typed = {**elsewhere, "title": "Bilan", "day": day.isoformat()}
    refused = browser.post(f"/debriefs/{debrief_id}/plan", data=typed)
    page = unescape(refused.get_data(as_text=True))
    assert refused.status_code == 422
    assert "Take these items off first: “Une objection”" in page
    assert 'value="Bilan"' in page
    assert browser.post(ritual, data=elsewhere).status_code == 302
    assert "1 debrief keeps its teams" in _page(browser, ritual)
