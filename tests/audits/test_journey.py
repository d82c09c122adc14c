"""A supervisor draws an audit and judges it by keyboard alone; the pages are for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from callcoach.analysis.claims import Standing
from callcoach.audits.models import Audit, Judgement
from callcoach.audits.queries import sampled_calls
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.promises.models import PromiseVersion
from tests.axe import faults
from tests.coaching.browsing import Windows, add_sound
from tests.factories.audits import create_check
from tests.waiting import comes_true

from .conftest import Floor

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_audit_from_its_frame_to_its_results(
    floor: Floor, windows: Windows, tmp_path: Path
) -> None:
    with floor.app.app_context():
        for call_id in floor.calls:
            call = db.session.get_one(Call, call_id)
            add_sound(call, tmp_path)
            version = db.session.get_one(PromiseVersion, floor.approved)
            create_check(call, version, standing=Standing.DISTORTED, quote="Machinemot")
    windows.excused = "style"
    page = windows.open(floor.claire.user_id or 0, f"/campaigns/{floor.campaign_id}/audits/new")
    page.fill("#starts_on", "2026-09-01")
    page.fill("#ends_on", "2026-09-30")
    page.check("#how-size")
    page.fill("[name=size]", "2")
    expect(page.locator("#audit-size")).to_contain_text("2 calls of 6")
    assert not faults(page)
    page.get_by_role("button", name="Keep as a draft").click()
    # the name that was offered goes with the period
    expect(page.get_by_role("heading", level=1)).to_contain_text("30 September")
    page.get_by_role("button", name="Draw the sample").click()
    page.get_by_role("button", name="Draw it").click()
    page.get_by_role("link", name="Judge the next call").click()

    page.wait_for_selector("[data-judge][data-mounted]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Call 1 of 2")
    expect(page.locator("body")).not_to_contain_text("Machinemot")
    assert not faults(page)
    # the second turn of the agent says it: its words are the place
    page.locator('[data-turn="3"] [data-said]').evaluate(
        "said => getSelection().selectAllChildren(said)"
    )
    page.keyboard.press("1")
    first, second = page.locator("[data-promise]").all()
    expect(first).to_contain_text("Je vous propose une démonstration mardi ou jeudi.")
    expect(second).to_have_attribute("aria-current", "step")
    page.keyboard.press("c")  # the promise just judged, for the current one has nothing to comment
    expect(first.locator("[data-comment]")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("n")
    expect(second).to_have_attribute("aria-current", "step")
    page.keyboard.press("2")
    expect(second).to_have_attribute("data-standing", "overpromised")
    page.keyboard.press("z")
    expect(second).to_have_attribute("data-standing", "")
    page.keyboard.press("1")
    expect(second).to_have_attribute("data-standing", "omitted")
    page.keyboard.press("p")
    expect(first).to_have_attribute("aria-current", "step")
    page.keyboard.press("4")
    expect(first).to_have_attribute("data-standing", "omitted")
    expect(first).not_to_contain_text("mardi ou jeudi")
    page.keyboard.press("c")
    page.keyboard.type("Dite sans condition.")
    page.keyboard.press("Enter")
    assert comes_true(
        floor.app,
        lambda: (
            db.session.query(Judgement)
            .filter_by(comment="Dite sans condition.", standing=Standing.OMITTED)
            .count()
            == 1
        ),
    )
    expect(first.locator("[data-comment]")).to_have_attribute("value", "Dite sans condition.")
    # the answer that was changed comes back with its words
    page.keyboard.press("z")
    expect(first).to_contain_text("mardi ou jeudi")
    page.locator("h1").click()
    page.keyboard.press("Enter")

    page.wait_for_selector("[data-judged][data-mounted]")
    expect(page.locator("body")).to_contain_text("Machinemot")
    expect(page.locator(".is-different")).to_have_count(1)
    assert not faults(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Call 2 of 2")
    page.wait_for_selector("[data-judge][data-mounted]")
    for number in range(2):
        page.keyboard.press("1")
        expect(page.locator("[data-promise]").nth(number)).to_have_class(
            "judge-promise is-judged" + (" is-current" if number else "")
        )
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-judged][data-mounted]")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Close the audit and see the results").click()
    expect(page.locator(".audit-matrix")).to_contain_text("2 of 2")
    assert not faults(page)
    with floor.app.app_context():
        audit = db.session.query(Audit).one()
        place = [
            (one.channel, one.start_ms)
            for one in sampled_calls(audit)[0].judgements
            if one.promise_version_id == floor.approved
        ]
        assert place == [(0, 12_200)]


def test_the_pages_of_a_running_audit_fit_a_phone_in_the_dark(
    floor: Floor, windows: Windows
) -> None:
    with floor.app.app_context():
        audit = floor.drawn()
        audit_id, sampled_id = audit.id, sampled_calls(audit)[0].id
    windows.excused = "style"
    page = windows.open(floor.claire.user_id or 0, "/audits", phone=True, scheme="dark")
    for path in ("/audits", f"/audits/{audit_id}", f"/audits/calls/{sampled_id}"):
        page.goto(path)
        if "/calls/" in path:
            page.wait_for_selector("[data-judge][data-mounted]")
            # a long call scrolls by itself: the promises stay in reach
            words = page.get_by_role("region", name="Transcript")
            expect(words).to_have_css("overflow-y", "auto")
            assert words.evaluate("one => parseFloat(getComputedStyle(one).maxHeight)") < (
                page.evaluate("innerHeight / 2")
            )
        # what lies half under a bar is no small target
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert not faults(page)
