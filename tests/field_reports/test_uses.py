"""What is kept of a week goes somewhere: into requests, before a debrief, onto the home page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import Membership
from callcoach.calls.models import Call
from callcoach.extensions import db, utc_now
from callcoach.field_reports import offers
from callcoach.field_reports.models import KeptFinding, Use
from callcoach.field_reports.queries import this_week
from callcoach.progress.models import BeforeAfter
from callcoach.script_fit.models import ChangeRequest
from tests.coaching.conftest import Desk
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.field_reports import create_kept
from tests.factories.progress import create_pair, create_recheck
from tests.factories.scripts import create_script
from tests.factories.search import create_spoken_call

SignIn = Callable[[int], FlaskClient]
SAID = [("agent", "Bonjour."), ("prospect", "C’est trop cher pour nous.")]


def _kept_for_request(desk: Desk) -> int:
    """Kept by hand, and said in one call of this week."""
    campaign = desk.call.campaign
    create_script(campaign)
    facts = {"campaign": campaign, "started_at": utc_now() - timedelta(minutes=5)}
    create_spoken_call(SAID, team=desk.call.team, company="Comptoir du Nord", **facts)
    return create_kept(
        campaign, week=this_week(utc_now()), used_for=Use.REQUEST, remark="Trois fois mardi."
    ).id


def test_what_is_kept_for_a_request_speaks_for_it(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        kept_id, campaign_id = _kept_for_request(desk), desk.call.campaign_id
        foreign_id = create_kept(create_campaign([create_team()]), used_for=Use.REQUEST).id
    browser = sign_in(desk.ids["claire"])
    address = f"/campaigns/{campaign_id}/script/requests"
    page = browser.get(address).text
    assert "Trois fois mardi." in page
    link = re.search(rf'href="({address}/new\?[^"]*kept={kept_id}[^"]*)"', page)
    assert link
    form = browser.get(link[1].replace("&amp;", "&")).text
    assert f'name="kept" value="{kept_id}"' in form
    wish = {"title": "Le prix", "proposed_text": "Cher, par rapport à quoi ?"}
    wish["section_kind"] = "objection"
    assert browser.post(address, data={**wish, "kept": str(foreign_id)}).status_code == 404

    made = browser.post(address, data={**wish, "kept": str(kept_id)})
    with app.app_context():
        (request,) = db.session.scalars(db.select(ChangeRequest)).all()
        (moment,) = request.finding["moments"]
        assert request.finding["counts"]["now"] == 3, "as it was counted when it was kept"
        call_id = moment["call"]
    assert "Trois fois mardi." not in browser.get(address).text, "it has its request"
    shown = browser.get(made.location).text
    assert f'href="/calls/{call_id}?t=' in shown
    with app.app_context():
        db.session.get_one(Call, call_id).deleted_at = utc_now()
        db.session.commit()
    shown = browser.get(made.location).text
    assert f"/calls/{call_id}" not in shown
    assert "Trop cher" in shown, "what was counted stays"


def test_a_debrief_takes_up_what_is_kept_and_what_agents_offer(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        campaign, now = desk.call.campaign, utc_now()
        week = this_week(now)
        fresh = create_kept(campaign, week=week, used_for=Use.DEBRIEF, remark="Pour lundi.").id
        old = week - timedelta(weeks=9)
        create_kept(campaign, week=old, used_for=Use.DEBRIEF, remark="Périmé.")
        given = {"confirmed_at": now, "kept_at": now}
        pairs = []
        for instead in ("Proposée", "Gardée"):
            recheck = create_recheck(desk.call, desk.user("claire"))
            recheck.note.instead = instead
            after = create_call(team=desk.call.team, agent=desk.user("agent"), campaign=campaign)
            offered = {"offered_at": now} if instead == "Proposée" else {}
            pairs.append(create_pair(recheck, after, **given, **offered).id)
        campaign_id, recheck_id = campaign.id, db.session.get_one(BeforeAfter, pairs[0]).recheck_id
    address = f"/campaigns/{campaign_id}/for-debrief"
    browser = sign_in(desk.ids["claire"])
    page = browser.get(address).text
    assert "Pour lundi." in page
    assert "Périmé." not in page
    assert "Proposée" in page
    assert f"/progress/rechecks/{recheck_id}" in page
    assert "Gardée" not in page, "kept by its agent, offered to nobody"

    for thing in (f"findings/{fresh}", f"pairs/{pairs[0]}"):
        assert browser.post(f"{address}/{thing}/done").status_code == 302
    page = browser.get(address).text
    assert "Pour lundi." not in page
    assert "Proposée" not in page
    for thing in (f"findings/{fresh}", f"pairs/{pairs[0]}"):
        browser.post(f"{address}/{thing}/done?undo=1")
    page = browser.get(address).text
    assert "Pour lundi." in page
    assert "Proposée" in page

    browser.post(f"{address}/pairs/{pairs[0]}/done")
    with app.app_context():
        assert db.session.get_one(KeptFinding, fresh).done_at is None
        pair = db.session.get_one(BeforeAfter, pairs[0])
        assert pair.offered_at is not None, "the offer is the agent's to take back"
        pair.offered_at = utc_now() + timedelta(minutes=1)
        db.session.commit()
    assert "Proposée" in browser.get(address).text, "offered anew"
    with app.app_context():
        db.session.execute(db.delete(Membership).where(Membership.user_id == desk.ids["agent"]))
        db.session.commit()
    assert "Proposée" not in browser.get(address).text, "who has left the team shares nothing"


@pytest.mark.parametrize(("day", "is_told"), [(16, True), (17, True), (18, False)])
def test_the_last_week_is_told_of_on_monday_and_tuesday(
    app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, day: int, is_told: bool
) -> None:
    now = datetime(2026, 11, day, 8, tzinfo=UTC)
    monkeypatch.setattr(offers, "utc_now", lambda: now)
    with app.app_context():
        team, other = create_team(), create_team()
        for each, name in ((team, "Nord"), (other, "Ailleurs")):
            create_spoken_call(
                SAID,
                team=each,
                campaign=create_campaign([each], name=name),
                started_at=datetime(2026, 11, 12, 9, tzinfo=UTC),
            )
        create_campaign([team], name="Sans appel")
        browser = sign_in(create_user("supervisor", [team]).id)
    page = browser.get("/home").text
    found = re.findall(r'hx-get="([^"]*/in-short[^"]*)"', page)
    assert len(found) == (1 if is_told else 0)
    if is_told:
        assert f"week={date(2026, 11, 9)}" in found[0]
        assert "Trop cher" in browser.get(found[0]).text
