"""In a real browser: try words, keep them, say how a native says them, find them marked in the call."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page

from callcoach.expressions.queries import in_use
from callcoach.extensions import db
from callcoach.script_library.models import Expression
from tests.axe import faults
from tests.drills.microphone import MakePractice, say_something, voice_state
from tests.factories.coaching import give_sound
from tests.waiting import comes_true

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _open_card(page: Page) -> Locator:
    """The explanation of the one expression marked in the call."""
    page.locator(".expr-label").focus()
    card = page.locator(".expr-card")
    card.wait_for(state="visible")
    return card


def test_from_a_proposal_to_a_mark_in_the_call(
    practice_in: MakePractice, speaking_chromium: Browser
) -> None:
    practice = practice_in(speaking_chromium)
    app, desk, windows = practice.app, practice.desk, practice.windows
    windows.excused = "inline style"
    with app.app_context():
        give_sound(desk.call)
        campaign_id = desk.call.campaign_id
    place = f"/campaigns/{campaign_id}/expressions"
    page = windows.open(desk.ids["claire"], place)
    found = faults(page, "proposals")
    page.locator("#starter-deja-equipes a").click()
    page.wait_for_selector("#try .expr-result")
    page.fill("#phrase", "on a déjà un outil")
    hear = page.locator("[data-hear-part]")
    hear.wait_for()
    assert hear.get_attribute("data-from") == "6.6"
    hear.click()
    page.wait_for_selector("[data-hear-part].is-playing")
    hear.click()
    page.locator("[data-expr-form] .btn-primary").click()
    page.wait_for_selector(".expr-phrase")
    with app.app_context():
        (row,) = in_use(campaign_id)
    page.goto(f"/expressions/{row.id}")
    page.locator(".voice-record").click()
    say_something(page, 1)
    voice_state(page, "done")
    assert comes_true(app, lambda: bool(db.session.get_one(Expression, row.id).voice_ms))
    found += faults(page, "recorded")

    call = windows.open_desk(desk.ids["claire"], desk.call_id)
    card = _open_card(call)
    assert call.evaluate("CSS.highlights.get('expression').size") == 1
    found += faults(call, "mark")
    call.keyboard.press("Escape")
    card.wait_for(state="hidden")

    dark = {"scheme": "dark", "phone": True}
    page = windows.open(desk.ids["claire"], place, **dark)
    found += faults(page, "list, dark")
    page.goto(f"/expressions/{row.id}")
    page.wait_for_selector("#try .expr-result")
    found += faults(page, "form, dark")
    call = windows.open_desk(desk.ids["claire"], desk.call_id, **dark)
    _open_card(call)
    found += faults(call, "mark, dark")
    for scheme in ("light", "dark"):
        mine = windows.open(desk.ids["agent"], "/my/expressions", scheme=scheme, phone=True)
        found += faults(mine, f"agent, {scheme}")
    assert found == []
