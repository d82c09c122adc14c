"""In a real browser: submitted by the supervisor, approved in two taps on a telephone, put in force,
read by the agent.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser

from callcoach.extensions import db, utc_now
from callcoach.script_library.in_force import version_in_force
from callcoach.script_library.models import ScriptVersion, VersionState
from tests.axe import faults
from tests.coaching.browsing import Windows, serving
from tests.factories.scripts import create_version, document
from tests.script_library.publishing_steps import FIRST, HELLO, LAW, OFFER, make_desk
from tests.waiting import comes_true

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_two_taps_on_a_telephone_and_the_team_says_it(app: Flask, chromium: Browser) -> None:
    with app.app_context():
        desk = make_desk(app)
        create_version(desk.script, FIRST, needed_approval=True, in_force_for=[desk.team])
        changed = document(HELLO, replace(OFFER, text="La clôture passe à deux jours."), LAW)
        draft = desk.draft(changed, "Le chiffre a été mesuré depuis.").id
        supervisor, approver, agent = desk.supervisor.id, desk.approver.id, desk.agent.id
        campaign_id, team_id = desk.campaign.id, desk.team.id

    def _state(wanted: VersionState) -> bool:
        return db.session.get_one(ScriptVersion, draft).state == wanted

    def _is_said() -> bool:
        found = version_in_force(campaign_id, team_id, utc_now())
        return found is not None and found.id == draft

    with serving(app) as url:
        windows = Windows(app, url, chromium, excused="inline style")
        found: list[str] = []
        page = windows.open(supervisor, f"/campaigns/scripts/{draft}/publish", scheme="dark")
        found += faults(page, "draft")
        page.locator("form[action$='/submit'] .btn-primary").click()
        assert comes_true(app, lambda: _state(VersionState.SUBMITTED))

        phone = windows.open(approver, "/approvals", phone=True)
        found += faults(phone, "list")
        phone.locator(".approve-link").first.tap()
        phone.wait_for_selector(".approve-actions")
        found += faults(phone, "version")
        phone.locator(".approve-step summary").first.tap()
        phone.locator("form[action$='/approve'] .btn-primary").tap()
        assert comes_true(app, lambda: _state(VersionState.APPROVED))

        page.goto(f"/campaigns/scripts/{draft}/publish")
        found += faults(page, "published")
        page.locator("form[action$='/in-force'] .btn-primary").click()
        assert comes_true(app, _is_said)

        mine = windows.open(agent, "/my/script", phone=True, scheme="dark")
        assert "deux jours" in mine.locator(".my-script").inner_text()
        found += faults(mine, "agent")
        windows.close()
    assert found == []
    assert windows.troubles == []
