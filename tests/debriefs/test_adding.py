"""Adding to the next debrief from anywhere; what waits, and who takes it over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import select

from callcoach.accounts.models import Team
from callcoach.calls.operations import judge
from callcoach.campaigns.models import CampaignTeam
from callcoach.debriefs import candidates, choices, offers
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, ItemKind
from callcoach.debriefs.operations import adding, planning
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.field_reports.models import Use
from tests.coaching.browsing import Windows
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.coaching import create_note, create_request
from tests.factories.debriefs import create_debrief, create_team_objective
from tests.factories.drills import create_drill
from tests.factories.expressions import create_expression
from tests.factories.field_reports import create_kept
from tests.factories.progress import create_objective, create_pair, create_recheck
from tests.factories.scripts import create_script, create_version, line_row
from tests.waiting import comes_true

from .conftest import Floor

_JSON = {"Accept": "application/json"}


def _items() -> list[AgendaItem]:
    return list(db.session.scalars(select(AgendaItem).order_by(AgendaItem.id)))


def _toast(browser: FlaskClient, address: str, **data: Any) -> dict[str, Any]:
    found: dict[str, Any] = browser.post(address, data=data, headers=_JSON).get_json()["toast"]
    return found


def _things(floor: Floor) -> dict[str, str]:
    """One source of every kind that is for a team, and what it becomes."""
    claire, campaign = floor.user("claire"), floor.call.campaign
    assert floor.call.current_analysis is not None
    flag = judge(
        floor.claire, floor.call, floor.call.current_analysis.tipping_points[0], "confirmed"
    )
    held = create_recheck(floor.call, claire, state="held", closed_at=utc_now())
    pair = create_pair(held, floor.call, confirmed_at=utc_now(), offered_at=utc_now())
    script = create_script(campaign)
    version = create_version(script)
    line = line_row(script, version.document.lines()[0].key)
    return {
        f"note:{create_note(floor.call, claire).id}": "moment",
        f"flag:{flag.id}": "moment",
        f"call:{floor.call_id}:2700-9000": "moment",
        f"pair:{pair.id}": "progress",
        f"recheck:{held.id}": "progress",
        f"version:{version.id}": "script",
        f"line:{line.id}": "theme",
        f"finding:{create_kept(campaign, used_for=Use.DEBRIEF).id}": "theme",
        f"drill:{create_drill(floor.call).id}": "drill",
        f"expression:{create_expression(campaign).id}": "theme",
    }


def test_everything_can_be_put_on_the_next_debrief_once_and_by_nobody_elses_supervisor(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        things = _things(floor)
        for source, kind in things.items():
            item = adding.add_to_next(floor.claire, candidates.find(floor.claire, source))
            assert (item.debrief_id, item.kind, item.source) == (floor.debrief_id, kind, source)
            with pytest.raises(adding.AlreadyThere):
                adding.add_to_next(floor.claire, candidates.find(floor.claire, source))
            for outsider in (floor.stranger, floor.agent, floor.sponsor):
                with pytest.raises(NotFound):
                    candidates.find(outsider, source)
        assert len(_items()) == len(things)
        for source in ("note:0", "note:x", "elsewhere:1", "note", "call:1:5-2"):
            with pytest.raises((NotFound, InvalidInput)):
                candidates.find(floor.claire, source)


def test_a_private_note_a_draft_and_an_unconfirmed_flag_are_put_before_nobody(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        claire = floor.user("claire")
        analysis = floor.call.current_analysis
        assert analysis is not None
        for source in (
            f"note:{create_note(floor.call, claire, visibility='private').id}",
            f"note:{create_note(floor.call, claire, sent=False).id}",
            f"point:{analysis.tipping_points[0].id}",
            f"pair:{create_pair(create_recheck(floor.call, claire), floor.call).id}",
        ):
            with pytest.raises(Conflict):
                candidates.find(floor.claire, source)
        # Words for the people named stay theirs; the moment is the team's to talk about
        named = create_note(floor.call, claire, visibility="named")
        facts = candidates.find(floor.claire, f"note:{named.id}").facts
        assert "reformulation" not in facts and "note_id" not in facts


def test_an_objective_and_a_pair_that_was_not_offered_stay_between_the_two(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        claire, agent = floor.user("claire"), floor.user("agent")
        aim = create_objective(agent, floor.campaign_id, claire)
        pair = create_pair(create_recheck(floor.call, claire), floor.call, confirmed_at=utc_now())
        found = [candidates.find(floor.claire, f"objective:{aim.id}")]
        found.append(candidates.find(floor.claire, f"pair:{pair.id}"))
        for candidate in found:
            with pytest.raises(Conflict):
                adding.put_on(floor.claire, floor.debrief, candidate)
            with pytest.raises(adding.BetweenTheTwo):
                adding.add_to_next(floor.claire, candidate)
        alone = create_debrief([floor.team], claire, agent_id=agent.id)
        other = create_debrief([floor.team], claire, agent_id=floor.ids["colleague"])
        for candidate in found:
            assert adding.add_to_next(floor.claire, candidate).debrief_id == alone.id
        note = candidates.find(floor.claire, f"note:{create_note(floor.call, claire).id}")
        with pytest.raises(Conflict):
            adding.put_on(floor.claire, other, note)


def test_without_a_planned_debrief_it_waits_until_one_is_made(
    app: Flask, floor: Floor, sign_in: Any
) -> None:
    with app.app_context():
        floor.debrief.state = DebriefState.SKIPPED
        note_id = create_note(floor.call, floor.user("claire")).id
        call_id = floor.call_id
    browser = sign_in(floor.ids["claire"])
    said = _toast(browser, f"/debriefs/add/note/{note_id}")
    assert said["link"][0] == "/debriefs/waiting"
    assert _toast(browser, f"/debriefs/add/note/{note_id}")["undo"] is None
    # Typed times are taken as they are written; nonsense is answered in words
    assert _toast(browser, f"/debriefs/add/call/{call_id}", **{"from": "0:02,7", "to": "0:09"})
    wrong = browser.post(f"/debriefs/add/call/{call_id}", data={"from": "x"}, headers=_JSON)
    assert wrong.status_code == 400
    page = browser.get("/debriefs/waiting").text
    assert page.count("/remove") == 2 and "/debriefs/new" in page
    with app.app_context():
        note, stretch = _items()
        assert {note.team_id, stretch.team_id} == {floor.team_id}
        assert (stretch.start_ms, stretch.end_ms) == (2700, 9000)
        assert stretch.said and "Hanta" not in str(stretch.said)
        removed = stretch.id
    browser.post(f"/debriefs/waiting/{removed}/remove")
    assert browser.get("/debriefs/waiting").text.count("/remove") == 1
    browser.post(f"/debriefs/waiting/{removed}/restore")
    with app.app_context():
        made = planning.create(
            floor.claire,
            title="Le prochain",
            team_ids={floor.team_id},
            starts_at=utc_now() + timedelta(days=2),
            timezone="Europe/Paris",
        )
        db.session.commit()
        assert [item.debrief_id for item in _items()] == [made.id, made.id]
        other = db.session.get_one(Debrief, floor.debrief_id)
        other.state = DebriefState.PLANNED
        for item in _items():
            item.debrief_id, item.team_id = None, floor.team_id
        db.session.commit()
    assert browser.post(f"/debriefs/{floor.debrief_id}/take-waiting").status_code == 302
    with app.app_context():
        assert {item.debrief_id for item in _items()} == {floor.debrief_id}


def test_of_a_campaign_of_several_teams_each_team_gets_it_and_a_drill_stays_with_its_calls(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        admin = floor.admin
        version = create_version(create_script(floor.call.campaign))
        both = candidates.Candidate(
            source=f"version:{version.id}",
            kind=ItemKind.SCRIPT,
            title="Version 1",
            team_ids=(floor.team_id, floor.other_team_id),
            facts={"version_id": version.id},
        )
        first, second = (adding.add_to_next(admin, both) for _ in range(2))
        assert (first.debrief_id, second.team_id) == (floor.debrief_id, floor.other_team_id)
        with pytest.raises(adding.AlreadyThere):
            adding.add_to_next(admin, both)
        drill = candidates.find(floor.claire, f"drill:{create_drill(floor.call).id}")
        assert drill.team_ids == (floor.team_id,)
        stranger = floor.user("stranger")
        wider = create_debrief(
            [floor.team, db.session.get_one(type(floor.team), floor.other_team_id)], stranger
        )
        with pytest.raises(Conflict):
            adding.put_on(admin, wider, drill)


def test_a_lead_is_offered_a_button_for_exactly_what_they_may_add(
    app: Flask, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.test_request_context():
        agent, claire = floor.user("agent"), floor.user("claire")
        sources = [
            *_things(floor),
            f"aim:{create_team_objective(floor.team).id}",
            f"objective:{create_objective(agent, floor.campaign_id, claire).id}",
            f"request:{create_request(floor.call, agent).id}",
        ]
        for viewer in (floor.lead, floor.claire, floor.agent, floor.sponsor):
            monkeypatch.setattr(offers, "current_viewer", lambda who=viewer: who)
            may = set()
            for source in sources:
                try:
                    candidates.find(viewer, source)
                except NotFound:
                    continue
                may.add(source)
            shown = {
                source
                for source in sources
                if offers.add_thing(source.partition(":")[0], int(source.split(":")[1]))
            }
            # A stretch of a call has its own form on the desk
            assert shown == {source for source in may if not source.startswith("call:")}
            if viewer is floor.lead:
                kinds = {source.partition(":")[0] for source in may}
                assert {"note", "drill", "aim"} <= kinds
                assert kinds.isdisjoint({"objective", "request", "pair", "recheck"})


def test_a_lead_chooses_drills_of_the_teams_campaigns_that_quote_no_other_teams_call(
    app: Flask, floor: Floor, sign_in: Any
) -> None:
    with app.app_context():
        other = db.session.get_one(Team, floor.other_team_id)
        campaign = floor.call.campaign
        campaign.teams.append(CampaignTeam(team_id=other.id))
        foreign = create_drill(create_call(team=other, campaign=campaign))
        elsewhere = create_drill(create_call(team=floor.team, campaign=create_campaign([other])))
        erased = create_drill(floor.call)
        erased.steps[0].call_id = None
        own, archived = create_drill(floor.call), create_drill(floor.call, archived_at=utc_now())
        db.session.commit()
        with app.test_request_context():
            found = choices.choices_for(floor.lead, floor.debrief, ItemKind.DRILL)
        assert [choice.source for choice in found] == [f"drill:{own.id}"]
        refused = [f"drill:{drill.id}" for drill in (foreign, elsewhere, erased, archived)]
        address, source = f"/debriefs/{floor.debrief_id}/items", found[0].source
    browser = sign_in(floor.ids["lead"])
    for wrong in refused:
        assert browser.post(address, data={"kind": "drill", "source": wrong}).status_code != 302
    assert browser.post(address, data={"kind": "drill", "source": source}).status_code == 302
    with app.app_context():
        assert [item.source for item in _items()] == [source]


def test_what_an_agent_asked_goes_from_the_call_to_their_one_to_one(
    app: Flask, floor: Floor, sign_in: Any
) -> None:
    with app.app_context():
        agent, claire = floor.user("agent"), floor.user("claire")
        request_id = create_request(floor.call, agent).id
        alone = create_debrief([floor.team], claire, agent_id=agent.id).id
        desk = f"/calls/{floor.call_id}"
    address = f"/debriefs/add/request/{request_id}"
    for name, is_shown in (("claire", True), ("lead", False), ("agent", False)):
        assert (address in sign_in(floor.ids[name]).get(desk).text) == is_shown, name
    assert sign_in(floor.ids["lead"]).post(address).status_code == 404
    assert sign_in(floor.ids["claire"]).post(address).status_code == 302
    with app.app_context():
        (item,) = _items()
        assert (item.debrief_id, item.source) == (alone, f"request:{request_id}")


def test_a_stretch_chosen_on_the_desk_is_added_exactly_and_undone_from_the_message(
    app: Flask, floor: Floor, windows: Windows
) -> None:
    with app.app_context():
        call = create_call(team=floor.team, agent=floor.user("agent"), campaign=floor.call.campaign)
        assert call.current_analysis is not None
        judge(floor.claire, call, call.current_analysis.tipping_points[0], "confirmed")
    page = windows.open_desk(floor.ids["claire"], floor.call_id)
    page.evaluate("() => document.querySelector('[data-wave-stage]').scrollIntoView()")
    turn = page.locator("[data-turn='3'] [data-said]")
    turn.evaluate(
        "said => { const r = document.createRange(); r.selectNodeContents(said);"
        " getSelection().removeAllRanges(); getSelection().addRange(r); }"
    )
    page.keyboard.press("a")
    form = page.locator("[data-debrief-stretch] form")
    expect(form.locator("[name=start_ms]")).to_have_value("12200")
    form.locator("button").press("Enter")
    toast = page.locator("#toasts .toast").last
    toast.wait_for()

    def _added() -> bool:
        return [(item.start_ms, item.end_ms) for item in _items()] == [(12_200, 24_000)]

    assert comes_true(app, _added)
    assert toast.locator("a").get_attribute("href") == f"/debriefs/{floor.debrief_id}"
    # Only a confirmed moment has the button
    assert page.locator(".moment .add-to-debrief:visible").count() == 0
    toast.locator("form button").click()
    assert comes_true(app, lambda: _items()[0].removed_at is not None)
