"""From a note to new words in force to the briefing read, in browsers; axe looks at each page."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page

from callcoach.coaching.models import Note
from callcoach.extensions import db, utc_now
from callcoach.script_fit.models import BriefingReading, ChangeRequest
from callcoach.script_library.in_force import version_in_force
from tests.axe import faults
from tests.coaching.browsing import Windows
from tests.coaching.conftest import Desk

from .lines_floor import ASKED, lay

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _press(page: Page, action: str, *, leads_to: str) -> None:
    """Send the form whose address ends so."""
    page.locator(f"form[action$='{action}'] button").first.click()
    page.wait_for_url(leads_to)


def test_a_note_becomes_new_words_that_agents_read(
    app: Flask, desk: Desk, windows: Windows
) -> None:
    with app.app_context():
        floor = lay(desk)
        campaign_id = floor.script.campaign_id
    windows.excused = "inline style"
    page = windows.open_desk(desk.ids["claire"], desk.call_id)
    page.goto(f"/calls/{desk.call_id}/notes/new?start_ms=12200&end_ms=24000&channel=0")
    page.locator("[name=instead]").fill(ASKED)
    page.locator("[name=hears]").fill("On ne l’écoute pas.")
    page.keyboard.press("Alt+l")
    page.keyboard.press("Alt+p")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-note]")
    with app.app_context():
        note_id = db.session.query(Note.id).scalar()

    page.goto(f"/campaigns/{campaign_id}/script/lines")
    assert not faults(page)
    page.locator(f"input[name=note][value='{note_id}']").check()
    page.locator(f"button[form='ask-{floor.demo}']").click()
    page.wait_for_url("**/requests/new?**")
    assert page.locator("[name=proposed_text]").input_value() == ASKED
    assert page.locator("[name=reason]").input_value() == "On ne l’écoute pas."
    page.locator("[name=title]").fill("Demander d’abord")
    assert not faults(page)
    _press(page, "/script/requests", leads_to="**/scripts/requests/*")
    assert not faults(page)
    _press(page, "/merge", leads_to="**/diff")
    assert page.locator(".fit-moment").count() == 1, "its evidence stands in the difference"
    assert not faults(page)
    with app.app_context():
        draft_id = db.session.query(ChangeRequest.merged_version_id).scalar()
    page.goto(f"/campaigns/scripts/{draft_id}/publish")
    _press(page, f"/{draft_id}/publish", leads_to="**/publish")
    page.locator("form[action$='/in-force'] button").click()
    page.wait_for_selector("form[action$='/withdraw']")
    with app.app_context():
        present = version_in_force(campaign_id, desk.team_id, utc_now())
        assert present is not None
        assert present.id == draft_id
    page.goto(f"/campaigns/scripts/lines/{floor.demo}")
    assert not faults(page)

    phone = windows.open(desk.ids["agent"], "/home", phone=True, scheme="dark")
    phone.locator(f"a[href='/my/script/changes/{draft_id}']").click()
    phone.wait_for_selector(".fit-change")
    asked = ASKED.replace(" ?", "\N{NO-BREAK SPACE}?")  # set as the script sets it
    assert phone.locator(".fit-new").all_inner_texts() == [asked], "only what changes"
    assert not faults(phone)
    _press(phone, "/confirm", leads_to="**/home")
    assert phone.locator(f"a[href='/my/script/changes/{draft_id}']").count() == 0
    with app.app_context():
        assert db.session.query(BriefingReading).one().confirmed_at is not None
    phone.goto(f"/my/notes/{note_id}")
    assert ASKED in phone.locator(".my-thread .serif").inner_text(), "thanks to your call"

    lead = windows.open(desk.ids["lead"], f"/campaigns/scripts/{draft_id}/readings")
    assert not faults(lead)
    _press(lead, "/remind", leads_to="**/readings")
