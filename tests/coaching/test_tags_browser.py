"""Tags on the desk under a supervisor's hands: keys, undo, suggestions, a slow line, axe."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import select

from callcoach.calls.models import CallTag
from callcoach.calls.operations import add_tag
from callcoach.extensions import db
from tests.axe import unfold, violations
from tests.factories.calls import create_call
from tests.looks import every_look
from tests.waiting import comes_true, has_come, two_frames

from .browsing import Windows
from .conftest import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def tagged(app: Flask, audible: Desk) -> Desk:
    """The call has two tags, another call of the team a third one."""
    with app.app_context():
        team = audible.call.team
        other = create_call(team=team, campaign=audible.call.campaign)
        for call, name in ((audible.call, "prix"), (audible.call, "relance"), (other, "à relire")):
            add_tag(audible.claire, call, name)
        db.session.commit()
    return audible


def _has(app: Flask, desk: Desk, *names: str) -> bool:
    rows = select(CallTag.name).where(CallTag.call_id == desk.call_id)
    return comes_true(app, lambda: set(db.session.scalars(rows)) == set(names))


def _chips(page: Page) -> Locator:
    return page.locator("[data-tags] .tag a")


def _field(page: Page) -> Locator:
    return page.locator("[data-tag-add] [name=name]")


def test_g_and_enter_add_tags_and_z_takes_the_last_one_back(
    app: Flask, tagged: Desk, windows: Windows
) -> None:
    page = windows.open_desk(tagged.ids["claire"], tagged.call_id)
    page.keyboard.press("g")
    expect(_field(page)).to_be_focused()
    expect(page.locator("#known-tags option")).to_have_attribute("value", "à relire")
    page.keyboard.type("nxc zm")  # keys of the desk, while one types just letters
    page.keyboard.press("Enter")
    expect(_chips(page)).to_have_text(["nxc zm", "prix", "relance"])
    expect(_field(page)).to_be_focused()
    expect(_field(page)).to_have_value("")
    expect(page.locator(".moment.is-rejected, .moment.is-confirmed")).to_have_count(0)
    page.keyboard.insert_text("À RELIRE")
    page.keyboard.press("Enter")
    expect(_chips(page)).to_have_text(["à relire", "nxc zm", "prix", "relance"])
    assert _has(app, tagged, "à relire", "nxc zm", "prix", "relance")
    page.keyboard.press("Escape")
    expect(_field(page)).not_to_be_focused()
    page.keyboard.press("z")
    expect(_chips(page)).to_have_text(["nxc zm", "prix", "relance"])
    assert _has(app, tagged, "nxc zm", "prix", "relance")


def test_backspace_and_the_cross_take_off_and_undo_puts_back(
    app: Flask, tagged: Desk, windows: Windows
) -> None:
    page = windows.open_desk(tagged.ids["claire"], tagged.call_id)
    page.keyboard.press("g")
    page.keyboard.insert_text("ab")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(_field(page)).to_have_value("")
    two_frames(page)
    expect(_chips(page)).to_have_count(2)
    page.keyboard.press("Backspace")
    expect(_chips(page)).to_have_text(["prix"])
    expect(_field(page)).to_be_focused()
    page.locator("#toasts form button").click()
    expect(_chips(page)).to_have_text(["prix", "relance"])
    page.locator(".tag button").first.press("Enter")
    expect(_chips(page)).to_have_text(["relance"])
    expect(page.locator(".tag button")).to_be_focused()
    assert _has(app, tagged, "relance")
    page.keyboard.press("z")
    expect(_chips(page)).to_have_text(["prix", "relance"])
    assert _has(app, tagged, "prix", "relance")


def test_what_is_typed_while_the_line_is_slow_is_kept(
    app: Flask, tagged: Desk, windows: Windows
) -> None:
    page = windows.open_desk(tagged.ids["claire"], tagged.call_id)
    held: list[Route] = []
    page.route("**/tags", lambda route: held.append(route))
    page.keyboard.press("g")
    page.keyboard.insert_text("lent")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("puis ça")
    has_come(page, held)
    held.pop().continue_()
    expect(_chips(page)).to_have_text(["lent", "prix", "relance"])
    expect(_field(page)).to_have_value("puis ça")
    expect(_field(page)).to_be_focused()
    page.keyboard.press("Enter")
    has_come(page, held)
    expect(_field(page)).to_have_value("")
    held.pop().abort()
    expect(page.locator("#toasts .toast-error")).to_be_visible()
    expect(_field(page)).to_have_value("puis ça")
    assert _has(app, tagged, "lent", "prix", "relance")


def test_those_who_do_not_tag_have_no_field(tagged: Desk, windows: Windows) -> None:
    for who, shown in (("lead", 2), ("agent", 0)):
        page = windows.open_desk(tagged.ids[who], tagged.call_id)
        page.keyboard.press("g")
        expect(_chips(page)).to_have_count(shown)
        expect(page.locator("[data-tag-form]")).to_have_count(0)


def test_a_tag_is_renamed_on_its_page_and_taken_back(
    app: Flask, tagged: Desk, windows: Windows
) -> None:
    page = windows.open(tagged.ids["claire"], "/tags")
    line = page.locator(".tags-page li", has_text="relance")
    line.locator("summary").press("Enter")
    line.locator("[name=name]").fill("PRIX")
    line.locator("[name=name]").press("Enter")
    expect(page.locator(".tags-page a.tag")).to_have_text(["à relire", "prix"])
    assert _has(app, tagged, "prix")
    page.locator("#toasts form button").click()
    expect(page.locator(".tags-page a.tag")).to_have_text(["à relire", "prix", "relance"])
    assert _has(app, tagged, "prix", "relance")


@pytest.mark.slow
@every_look
def test_axe_finds_nothing(tagged: Desk, windows: Windows, scheme: str, *, phone: bool) -> None:
    windows.excused = "inline style"
    page = windows.open_desk(tagged.ids["claire"], tagged.call_id, phone=phone, scheme=scheme)
    found = violations(page, within=".desk-head")
    for path in ("/tags", "/calls?tag=prix", "/search?q=bonjour&tag=prix"):
        page.goto(path)
        unfold(page)
        found += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert not found, "\n".join(found)
