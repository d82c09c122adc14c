"""From verdicts to what the desk shows, by way of the ledger; in a browser."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import expect

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.learning.operations import review
from callcoach.tuning.models import Standing
from callcoach.tuning.operations import set_standing
from callcoach.tuning.queries import standings_of
from tests.axe import unfold, violations
from tests.coaching.browsing import Windows
from tests.coaching.conftest import Desk, audible, desk, windows  # noqa: F401
from tests.factories.calls import create_call
from tests.factories.verdicts import create_verdicts
from tests.looks import every_look
from tests.waiting import comes_true

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KIND = ("D09", "ignored_objection")
ROW = "#kind-D09-ignored_objection"


@pytest.fixture
def english(app: Flask, audible: Desk) -> Desk:  # noqa: F811
    """Claire reads English; seven flags like the one on her desk were rejected before."""
    with app.app_context():
        db.session.get_one(User, audible.ids["claire"]).locale = "en"
        create_verdicts(audible.call, rejected=7)
    return audible


def _second_call(app: Flask, first: Desk) -> int:
    """Another call of the campaign, with the same kind of flag, that nobody judged."""
    with app.app_context():
        return create_call(team=first.call.team, campaign=first.call.campaign).id


def _stands(first: Desk, wanted: Standing) -> bool:
    row = standings_of(first.call.campaign_id).get(KIND)
    return row is not None and row.standing == wanted


def test_verdicts_hide_a_kind_the_ledger_says_so_and_a_person_keeps_it(
    app: Flask,
    english: Desk,
    windows: Windows,  # noqa: F811
) -> None:
    claire, other = english.ids["claire"], _second_call(app, english)
    with app.app_context():
        ledger = f"/campaigns/{english.call.campaign_id}/reliability"
    page = windows.open_desk(claire, other)
    expect(page.locator("[data-card]")).to_have_count(1)
    expect(page.locator("[data-held-back]")).to_have_count(0)

    page.goto(f"/calls/{english.call_id}")
    page.wait_for_selector("[data-call-desk][data-mounted]")
    page.keyboard.press("n")
    page.keyboard.press("x")
    assert comes_true(app, lambda: _stands(english, Standing.HIDDEN))

    page.goto(f"/calls/{other}")
    expect(page.locator("[data-held-back] > summary")).to_contain_text("1 flag held back")
    expect(page.locator("[data-card]:visible")).to_have_count(0)

    page.goto(ledger)
    row = page.locator(ROW)
    expect(row).to_contain_text("0 of 8 confirmed")
    expect(row).to_contain_text("held back by the figures")
    expect(page.locator("#log")).to_contain_text("shown → held back by the figures")
    row.get_by_role("button", name="Keep").click()
    expect(page.locator("[data-toast]")).to_contain_text("now kept")
    expect(row).to_contain_text("by Claire M.")

    page.goto(f"/calls/{other}")
    expect(page.locator("[data-card]:visible")).to_have_count(1)
    expect(page.locator("[data-held-back]")).to_have_count(0)

    page.goto(ledger)
    row.get_by_role("button", name="Back to the figures").click()
    expect(row).to_contain_text("held back by the figures")
    assert comes_true(app, lambda: _stands(english, Standing.HIDDEN))
    page.locator("[data-toast] form button").click()
    expect(row).to_contain_text("kept")
    assert comes_true(app, lambda: _stands(english, Standing.KEPT))


def test_a_floor_is_tried_and_set_with_the_keyboard_alone(
    app: Flask,
    english: Desk,
    windows: Windows,  # noqa: F811
) -> None:
    _second_call(app, english)
    with app.app_context():
        kind = f"/campaigns/{english.call.campaign_id}/reliability/{'/'.join(KIND)}"
    page = windows.open(english.ids["claire"], kind)
    page.locator("#floor").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("0.75")
    page.keyboard.press("Enter")
    preview = page.locator(".floor-preview")
    expect(preview).to_contain_text("Of the last 2 calls: 0 flags shown instead of 2.")
    preview.get_by_role("button", name="Set the floor").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".log")).to_contain_text("none → 0.75")
    with app.app_context():
        assert standings_of(english.call.campaign_id)[KIND].floor == 0.75


@every_look
def test_axe_finds_nothing(
    app: Flask,
    english: Desk,
    windows: Windows,  # noqa: F811
    scheme: str,
    *,
    phone: bool,
) -> None:
    with app.app_context():
        call = english.call
        create_verdicts(call, rejected=8)
        create_verdicts(call, confirmed=9, detector="D20", cause="open_question")
        review(call.campaign, *KIND)
        set_standing(english.claire, call.campaign, "D20", "open_question", Standing.KEPT)
        db.session.commit()
        empty = db.session.get_one(Call, create_call(team=call.team, deleted_at=call.created_at).id)
        ledger, empty_ledger = (
            f"/campaigns/{one.campaign_id}/reliability" for one in (call, empty)
        )
    windows.excused = "inline style"
    page = windows.open(english.ids["claire"], ledger, phone=phone, scheme=scheme)
    unfold(page)
    found = violations(page, "ledger")
    for path in (
        f"{ledger}/{'/'.join(KIND)}?floor=0.5",
        f"{ledger}/D20/open_question",
        empty_ledger,
    ):
        page.goto(path)
        unfold(page)
        found += violations(page, path)
    assert not found, "\n".join(found)
