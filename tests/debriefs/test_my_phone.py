"""An agent on a phone whose connection comes and goes: nothing lost, nothing twice."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from callcoach.debriefs.models import (
    AgendaItem,
    Attendance,
    Debrief,
    ItemAnswer,
    LiveState,
    Phase,
    Presence,
)
from callcoach.extensions import db, utc_now
from tests.axe import violations
from tests.coaching.browsing import Windows
from tests.factories.debriefs import consent_to, create_debrief, create_item, create_moment
from tests.waiting import comes_true, until

from .conftest import Floor

pytestmark = pytest.mark.browser

#: All that the page loads, compressed as a server in front would: of a budget of 100 kB without.
MAX_PAGE_BYTES, MAX_PAGE_GZIP_BYTES = 100_000, 24_000
_KEPT = "Object.keys(localStorage).filter(key => key.startsWith('callcoach-debrief:')).length"


@pytest.fixture
def running(app: Flask, floor: Floor) -> tuple[int, int]:
    """A debrief that asks what one would say; ids of it and of its moment."""
    with app.app_context():
        debrief = create_debrief([floor.team], floor.user("claire"), "running")
        item = create_moment(debrief, floor.call)
        _show(debrief.id, item.id, Phase.ASKING)
        return debrief.id, item.id


def _show(debrief_id: int, item_id: int, phase: Phase) -> None:
    state = db.session.get_one(LiveState, debrief_id, populate_existing=True)
    state.item_id, state.phase, state.revision = item_id, phase, state.revision + 1
    db.session.get_one(AgendaItem, item_id).opened_at = utc_now()
    db.session.commit()


def _answers() -> list[tuple[str, bool]]:
    return [(row.text, row.is_named) for row in db.session.scalars(select(ItemAnswer))]


def _state(page: Page) -> str:
    return page.locator("[data-answer-state]").get_attribute("data-state") or ""


def test_answers_survive_a_broken_line_a_lost_answer_and_a_reload(
    app: Flask, floor: Floor, windows: Windows, running: tuple[int, int]
) -> None:
    debrief_id, item_id = running
    page = windows.open(floor.ids["colleague"], f"/my/debriefs/{debrief_id}", phone=True)
    page.locator("[data-join] [value=remote]").click()
    assert comes_true(
        app, lambda: [row.presence for row in db.session.scalars(select(Attendance))] == ["remote"]
    )
    expect(page.locator("[data-presence]")).not_to_have_attribute("open", "")

    # The line breaks: what is sent waits here, and nobody says that it was sent
    field, send = page.locator("[data-answer] textarea"), page.locator("[data-answer] .btn")
    page.context.set_offline(True)
    field.fill("Depuis quand ?")
    send.click()
    until(page, "document.querySelector('[data-answer-state]').dataset.state === 'wordKept'")
    expect(page.locator("[data-line]")).to_be_visible()
    with app.app_context():
        assert _answers() == []

    # It is back, and the server's answer gets lost twice
    lost: list[str] = []

    def _lose(route: Route) -> None:
        if len(lost) < 2:
            lost.append(route.fetch().text())
            route.abort()
        else:
            route.continue_()

    page.route("**/answers", _lose)
    page.context.set_offline(False)
    until(page, "document.querySelector('[data-answer-state]').dataset.state === 'wordSent'")
    assert len(lost) == 2
    with app.app_context():
        assert _answers() == [("Depuis quand ?", False)]
    assert page.evaluate(_KEPT) == 0, "nothing is left here of what the server has"

    # Changed while nothing gets through, and the page is loaded anew
    page.unroute("**/answers")
    page.route("**/answers", lambda route: route.abort())
    field.fill("Depuis combien de temps ?")
    page.locator("[name=is_named]").check()
    send.click()
    until(page, "document.querySelector('[data-answer-state]').dataset.state === 'wordKept'")
    page.reload()
    expect(field).to_have_value("Depuis combien de temps ?")
    until(page, "document.querySelector('[data-answer-state]').dataset.state === 'wordKept'")
    page.unroute("**/answers")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    until(page, "document.querySelector('[data-answer-state]').dataset.state === 'wordSent'")
    with app.app_context():
        assert _answers() == [("Depuis combien de temps ?", True)]

    # Others answer while something is typed, and then what happened is shown
    field.fill("Depuis combien de temps, et")
    with app.app_context():
        other = ItemAnswer(
            client_id="0123456789", item_id=item_id, user_id=floor.ids["agent"], text="Quel outil ?"
        )
        db.session.add(other)
        _show(debrief_id, item_id, Phase.ASKING)
    expect(page.locator("[data-count]")).to_contain_text("2")
    expect(field).to_have_value("Depuis combien de temps, et")
    expect(page.locator("article")).not_to_contain_text("Quel outil ?")
    with app.app_context():
        _show(debrief_id, item_id, Phase.REVEALED)
    article = page.locator("article")
    expect(article).to_contain_text("Vous clôturez en combien de jours ?")
    expect(article).to_contain_text("Quel outil ?")
    expect(article).to_contain_text("Depuis combien de temps ?")
    unsent = page.locator("[data-unsent]")
    expect(unsent).to_contain_text("Depuis combien de temps, et")
    unsent.get_by_role("button").click()
    expect(article.locator(".is-mine")).to_contain_text("Depuis combien de temps, et")
    with app.app_context():
        assert sorted(_answers()) == [
            ("Depuis combien de temps, et", True),
            ("Quel outil ?", False),
        ]
    assert page.evaluate(_KEPT) == 0

    # Signing out leaves nothing, and says before what would be lost
    page.evaluate("localStorage.setItem('callcoach-debrief:1:draft:answer:1', 'Presque')")
    page.evaluate("document.querySelector('form[action$=\"/sign-out\"]').requestSubmit()")
    page.locator("#leaving [value=leave]").click()
    page.wait_for_url(re.compile("sign-in"))
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_the_pages_are_light_and_everybody_can_use_them(
    app: Flask, floor: Floor, windows: Windows, running: tuple[int, int]
) -> None:
    with app.app_context():
        past = create_debrief([floor.team], floor.user("claire"), "done")
        moment = create_moment(past, floor.call, opened_at=utc_now())
        consent_to(moment)
        create_item(past, opened_at=utc_now())
        db.session.add(
            Attendance(debrief_id=past.id, user_id=floor.ids["colleague"], presence=Presence.ABSENT)
        )
        db.session.commit()
        past_id, moment_id = past.id, moment.id
    live, missed = f"/my/debriefs/{running[0]}", f"/my/debriefs/{past_id}"
    page = windows.open(floor.ids["colleague"], "/my/debriefs", phone=True)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    page.goto(live)
    until(page, "performance.getEntriesByType('resource').some(e => e.name.includes('/live?'))")
    # Asked for again: the browser does not keep what a page that was left had got
    bodies = {
        url.removeprefix(windows.url): page.request.get(url).body()
        for url in sorted(asked)
        if url.startswith("http")
    }
    assert any("mydebrief" in path for path in bodies)
    assert not [path for path in bodies if re.search(r"woff|/app-|desk|audio|sound", path)]
    assert sum(map(len, bodies.values())) <= MAX_PAGE_BYTES, {k: len(v) for k, v in bodies.items()}
    assert sum(len(gzip.compress(body, 6)) for body in bodies.values()) <= MAX_PAGE_GZIP_BYTES

    windows.excused = "style-src"
    for scheme in ("light", "dark"):
        looked = windows.open(floor.ids["colleague"], "/my/debriefs", phone=True, scheme=scheme)
        for path in ("/my/debriefs", live, missed, f"/my/debriefs/{floor.debrief_id}"):
            looked.goto(path)
            assert violations(looked, path) == []
            assert looked.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            small = looked.evaluate(
                """() => [...document.querySelectorAll("main button, main summary, main .btn")]
                    .filter((element) => element.checkVisibility())
                    .map((element) => [element.textContent, element.getBoundingClientRect().height])
                    .filter(([, height]) => height < 44)"""
            )
            assert small == [], path

    # Catching up: what happened is drawn once the answer has arrived
    page.goto(missed)
    expect(page.locator("article")).not_to_contain_text("démonstration")
    page.locator("[data-answer] textarea").fill("Quel outil ?")
    page.locator("[data-answer] .btn").click()
    expect(page.locator("article")).to_contain_text("démonstration")
    expect(page.locator("article")).to_contain_text("Quel outil ?")
    with app.app_context():
        debrief = db.session.get_one(Debrief, past_id, populate_existing=True)
        assert [row.opened_items for row in debrief.attendances] == [[moment_id]]
