"""From a note to what became of it: real jobs, real browsers, keys and sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from callcoach.calls.models import Call, Excerpt
from callcoach.extensions import db, utc_now
from callcoach.progress.models import BeforeAfter, Heard, Recheck, RecheckListen, RecheckState
from callcoach.progress.operations import hearing, pairs
from callcoach.progress.queries import rechecks as queries
from tests.axe import faults
from tests.coaching.browsing import Windows, add_sound
from tests.coaching.conftest import Desk
from tests.factories.progress import create_consent, create_objective, create_period
from tests.progress.steps import call_at, followed


@pytest.fixture
def story(app: Flask, desk: Desk, tmp_path: Path) -> Iterator[int]:
    """A note that was often needed before, and four later calls to hear, in one the sign found."""
    with app.app_context():
        for day in range(1, 9):
            call_at(desk, -day, flagged=True)
        recheck = followed(desk)
        for day in (1, 3, 8, 9):
            add_sound(call_at(desk, day, flagged=day == 9), tmp_path)
        add_sound(desk.call, tmp_path)
        assert len(queries.waiting(desk.claire)) == 4
        number = recheck.id
    yield number


def _listens(app: Flask, number: int) -> list[str | None]:
    with app.app_context():
        rows = db.session.scalars(
            select(RecheckListen)
            .where(RecheckListen.recheck_id == number, RecheckListen.is_before.is_(False))
            .order_by(RecheckListen.id)
        )
        return [row.heard for row in rows]


def _plays(page: Page) -> None:
    page.wait_for_function(
        "() => [...document.querySelectorAll('audio')].some(a => !a.paused && a.currentTime > 0.2)"
    )


def test_a_supervisor_hears_again_with_one_key_each(app, desk: Desk, windows: Windows, story: int):
    page = windows.open(desk.ids["claire"], "/home")
    page.locator("a[href='/progress/hear']").first.click()
    page.wait_for_url("**/progress/hear")
    page.keyboard.press("Enter")
    for number, key in enumerate(("x", "x", "x", "x"), start=1):
        page.wait_for_selector("[data-check-card][data-mounted]")
        if number == 1:
            _plays(page)
        with page.expect_navigation():
            page.keyboard.press(key)
        assert sum(heard is not None for heard in _listens(app, story)) == number
    page.wait_for_url("**/progress/hear")
    assert _listens(app, story) == [Heard.HELD] * 4
    # the counts allow it: one key closes, one key gives the pair
    page.goto(f"/progress/rechecks/{story}")
    page.wait_for_selector("[data-check][data-mounted]")
    # what is missing is said in its field, before anything is sent
    page.check("#sign-expression")
    page.click("[data-sign] button")
    expect(page.locator("[name=expression]:invalid")).to_be_focused()
    page.check("#sign-cause")
    expect(page.locator("[data-sign] :invalid:not(fieldset)")).to_have_count(0)
    page.locator("h1").click()
    with page.expect_navigation():
        page.keyboard.press("c")
    page.wait_for_selector("[data-check][data-mounted]")
    with app.app_context():
        assert db.session.get_one(Recheck, story).state == RecheckState.HELD
    with page.expect_navigation():
        page.keyboard.press("p")
    with app.app_context():
        assert db.session.scalars(select(BeforeAfter)).one().confirmed_at is not None


def test_next_says_nothing_and_undo_takes_back(app, desk: Desk, windows: Windows, story: int):
    page = windows.open(desk.ids["claire"], "/progress/hear")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-check-card][data-mounted]")
    first = page.url
    with page.expect_navigation():
        page.keyboard.press("n")
    assert page.url != first
    assert not any(_listens(app, story))
    page.wait_for_selector("[data-check-card][data-mounted]")
    with page.expect_navigation():
        page.keyboard.press("c")
    assert _listens(app, story).count(Heard.CAME_BACK) == 1
    with page.expect_navigation():
        page.locator("#toasts form button").first.click()
    assert not any(_listens(app, story))


def test_an_agent_plays_before_and_after_and_offers_it(
    app, desk: Desk, windows: Windows, story: int
):
    with app.app_context():
        recheck = db.session.get_one(Recheck, story)
        for listen in queries.waiting(desk.claire):
            hearing.hear(desk.claire, listen, "held")
        hearing.close(desk.claire, recheck, "held")
        db.session.commit()
        pairs.confirm(desk.claire, db.session.scalars(select(BeforeAfter)).one())
        db.session.commit()
        for excerpt in db.session.scalars(select(Excerpt)):
            excerpt.file = db.session.get_one(Call, excerpt.call_id).recording.playback
        db.session.commit()
    page = windows.open(desk.ids["agent"], "/my/progress", phone=True)
    buttons = page.locator(".pair [data-play]")
    expect(buttons).to_have_count(2)
    for number in range(2):
        buttons.nth(number).click()
        page.wait_for_function(
            "n => { const a = document.querySelectorAll('.pair audio')[n];"
            " return a.currentTime > 0.2; }",
            arg=number,
        )
        buttons.nth(number).click()
    with page.expect_navigation():
        page.locator("form[action$='/offer'] button").click()
    with app.app_context():
        pair = db.session.scalars(select(BeforeAfter)).one()
        assert pair.kept_at is not None
        assert pair.offered_at is not None
    with page.expect_navigation():
        page.locator("form[action$='/withdraw'] button").first.click()
    with app.app_context():
        assert db.session.scalars(select(BeforeAfter)).one().offered_at is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_pass_axe(app, desk: Desk, windows: Windows, story: int, scheme: str):
    windows.excused = "style-src"
    with app.app_context():
        agent, claire = desk.user("agent"), desk.user("claire")
        campaign_id = desk.call.campaign_id
        create_objective(agent, campaign_id, claire)
        create_objective(agent, campaign_id, claire, agreed_at=utc_now(), measure="calls", bound=9)
        create_period(agent, campaign_id, claire)
        create_consent(desk.call, claire)
        first = queries.waiting(desk.claire)[0].id
    found: dict[str, list[str]] = {}
    claires = (
        "/progress/hear",
        f"/progress/hear/{first}",
        "/progress/notes",
        f"/progress/rechecks/{story}",
        "/progress/agents",
        f"/progress/agents/{desk.ids['agent']}",
        "/progress/periods",
    )
    for who, paths in (
        ("claire", claires),
        ("agent", ("/my/progress", "/my/became")),
        ("lead", ("/progress/floor",)),
    ):
        page = windows.open(desk.ids[who], paths[0], scheme=scheme, phone=who == "agent")
        for path in paths:
            page.goto(path)
            page.wait_for_load_state()
            found[path] = faults(page, path)
    assert {path: items for path, items in found.items() if items} == {}
