"""An agent sees a note otherwise on a phone; a supervisor hears both and says it otherwise."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from callcoach.calls import operations as calls
from callcoach.calls.models import Decision
from callcoach.coaching.models import Dispute, DisputeState
from callcoach.extensions import db, utc_now
from tests.axe import violations
from tests.factories.coaching import create_note, give_sound
from tests.factories.disputes import create_dispute
from tests.looks import every_look
from tests.waiting import comes_true, until
from tests.working import run_jobs

from .browsing import Windows
from .conftest import Desk

pytestmark = pytest.mark.browser
WHY = "Il venait de dire qu’il avait deux minutes."


def _dispute() -> Dispute | None:
    return db.session.scalars(select(Dispute).order_by(Dispute.id.desc())).first()


def _is(app: Flask, state: DisputeState) -> None:
    assert comes_true(app, lambda: getattr(_dispute(), "state", None) == state)


def _say_it(page: Page) -> None:
    """From the open note to the form, with a counter-moment heard and marked."""
    page.get_by_role("link", name=re.compile("otherwise|autrement")).last.click()
    page.locator("[name=text]").fill(WHY)
    page.evaluate("document.querySelector('form audio').currentTime = 10")
    until(page, "document.querySelector('form audio').currentTime >= 10")
    page.locator("[data-here]").click()
    expect(page.locator("[name=at]")).to_have_value("0:10")
    expect(page.locator("[data-quote]")).to_contain_text("On a déjà un outil")
    page.locator("[data-dispute] button.btn-primary").click()


def test_a_note_is_seen_otherwise_heard_by_the_supervisor_and_said_otherwise(
    app: Flask, desk: Desk, windows: Windows
) -> None:
    with app.app_context():
        give_sound(desk.call)
        create_note(desk.call, desk.user("claire"))
    agent = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    _say_it(agent)
    expect(agent.locator(".my-dispute")).to_contain_text(WHY)
    expect(agent.locator(".my-dispute")).to_contain_text("On a déjà un outil")
    assert agent.evaluate("document.documentElement.scrollWidth <= innerWidth")
    _is(app, DisputeState.OPEN)
    agent.locator("#toasts form button").click()
    _is(app, DisputeState.WITHDRAWN)
    agent.locator("#toasts form button").click()
    _is(app, DisputeState.OPEN)

    claire = windows.open(desk.ids["claire"], "/home")
    claire.locator("#home-disputes ~ .home-lines .home-link").click()
    expect(claire.locator(".dispute-text")).to_contain_text(WHY)
    expect(claire.locator("[data-answering][data-mounted]")).to_be_visible()
    run_jobs(app)
    for key, place in (("1", 0), ("2", 1)):
        expect(claire.locator("[data-play]").nth(place)).to_be_visible(timeout=15_000)
        claire.keyboard.press(key)
        until(claire, f"document.querySelectorAll('audio')[{place}].currentTime > 0.2")
        claire.keyboard.press(key)
    claire.keyboard.press("e")
    expect(claire.locator("[name=instead]")).to_be_visible()
    claire.locator("[name=instead]").fill("Deux minutes : je vais au but.")
    claire.locator("button[name=do][value=send]").click()
    _is(app, DisputeState.REWRITTEN)

    agent.goto("/my/notes")
    expect(agent.locator(".is-open .my-instead")).to_contain_text("Deux minutes : je vais au but.")
    expect(agent.locator(".my-dispute")).to_be_visible()
    assert comes_true(app, lambda: getattr(_dispute(), "seen_at", None) is not None)


def test_a_confirmed_moment_is_seen_otherwise_and_kept_by_keyboard_alone(
    app: Flask, desk: Desk, windows: Windows
) -> None:
    with app.app_context():
        give_sound(desk.call)
        calls.judge(desk.claire, desk.call, desk.point, Decision.CONFIRMED)
        db.session.commit()
    agent = windows.open_desk(desk.ids["agent"], desk.call_id)
    agent.locator(".moment a[href*='/dispute']").focus()
    agent.keyboard.press("Enter")
    agent.locator("#dispute-text").focus()
    agent.keyboard.type(WHY)
    agent.keyboard.press("Tab")
    expect(agent.locator("#counter-call")).to_be_focused()
    agent.locator("#counter-at").focus()
    agent.keyboard.type("0:05")
    agent.keyboard.press("Enter")
    expect(agent.locator(".dispute")).to_contain_text(WHY)
    _is(app, DisputeState.OPEN)

    claire = windows.open(desk.ids["claire"], "/home/disputes")
    expect(claire.locator(".home-link").first).to_be_focused()
    claire.keyboard.press("Enter")
    expect(claire.locator("[data-answering][data-mounted]")).to_be_visible()
    claire.keyboard.press("k")
    expect(claire.locator("#answer-text")).to_be_focused()  # a reason is needed
    _is(app, DisputeState.OPEN)
    claire.keyboard.type("On l’entend reprendre son souffle.")
    claire.keyboard.press("Tab")
    claire.keyboard.press("k")
    _is(app, DisputeState.KEPT)
    claire.locator("#toasts form button").focus()
    claire.keyboard.press("Enter")
    expect(claire.locator("[data-answering][data-mounted]")).to_be_visible()
    _is(app, DisputeState.OPEN)
    claire.keyboard.press("a")
    _is(app, DisputeState.ACCEPTED)
    agent.goto("/my/disputes")
    expect(agent.locator(".my-note")).to_contain_text(WHY)
    agent.goto(f"/calls/{desk.call_id}")
    expect(agent.locator(".moment")).to_have_count(0)


def test_without_script_the_time_is_typed(app: Flask, desk: Desk, windows: Windows) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
    first = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    context = windows.chromium.new_context(
        java_script_enabled=False,
        base_url=windows.url,
        viewport={"width": 390, "height": 844},
        user_agent=first.evaluate("navigator.userAgent"),
    )
    windows.opened.append(context)
    context.add_cookies(first.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"/my/notes/{note_id}/dispute")
    page.locator("[name=text]").fill(WHY)
    page.locator("[name=at]").fill("9:59")
    page.locator("[data-dispute] button.btn-primary").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    expect(page.locator("[name=text]")).to_have_value(WHY)
    page.locator("[name=at]").fill("0:10")
    page.locator("[data-dispute] button.btn-primary").click()
    expect(page.locator(".my-dispute")).to_contain_text(WHY)
    _is(app, DisputeState.OPEN)


@pytest.mark.slow
@every_look
def test_axe_finds_nothing(
    app: Flask, desk: Desk, windows: Windows, scheme: str, *, phone: bool
) -> None:
    with app.app_context():
        give_sound(desk.call)
        note = create_note(desk.call, desk.user("claire"))
        answered = create_note(desk.call, desk.user("claire"), start_ms=1000, end_ms=2000)
        mine = {"agent_id": desk.ids["agent"]}
        late = utc_now() - timedelta(hours=2)
        counter = {"counter_call_id": desk.call_id, "counter_start_ms": 0, "counter_end_ms": 5000}
        dispute_id = create_dispute(note, due_at=late, **mine, **counter).id
        create_dispute(
            answered,
            state="kept",
            answer="On l’entend.",
            answered_at=utc_now(),
            answered_by_id=desk.ids["claire"],
            **mine,
        )
        note_id = note.id
    pages = {
        "agent": [f"/my/notes/{note_id}", f"/my/notes/{note_id}/dispute", "/my/disputes"],
        "claire": [
            "/home",
            "/home/disputes",
            f"/home/disputes/{dispute_id}",
            "/home/time-to-ear",
        ],
    }
    windows.excused = "inline style"
    found = []
    for who, paths in pages.items():
        page = windows.open(desk.ids[who], paths[0], phone=phone, scheme=scheme)
        for path in paths:
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            found += violations(page)
    assert not found, "\n".join(found)
