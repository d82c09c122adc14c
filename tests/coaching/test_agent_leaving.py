"""Nothing of an agent stays in a browser after they have left it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from callcoach.accounts.models import User
from tests.factories.coaching import create_note

from .agent_steps import add_excerpt
from .browsing import Windows
from .conftest import Desk

SignIn = Callable[[User | int], FlaskClient]


@pytest.mark.parametrize("address", ["/sign-out", "/switch-user/leave"])
@pytest.mark.parametrize(
    ("who", "forgets"), [("agent", '"cache", "storage"'), ("claire", '"cache"')]
)
def test_leaving_has_the_browser_forget(
    desk: Desk, sign_in: SignIn, who: str, forgets: str, address: str
) -> None:
    left = sign_in(desk.ids[who]).post(address)
    assert left.status_code == 302
    assert left.headers["Clear-Site-Data"] == forgets


def test_no_page_and_no_sound_of_an_agent_is_kept(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
        add_excerpt(note_id)
    browser = sign_in(desk.ids["agent"])
    for path in (
        "/home",
        "/my/notes",
        f"/my/notes/{note_id}",
        f"/my/notes/{note_id}/dispute",
        "/my/requests",
        "/my/disputes",
        f"/calls/{desk.call_id}",
        f"/calls/{desk.call_id}/audio",
        f"/notes/{note_id}/excerpt",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "no-store" in answer.headers["Cache-Control"], path


@pytest.mark.browser
def test_going_back_after_signing_out_shows_nothing(
    app: Flask, desk: Desk, windows: Windows
) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"))
    page = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    expect(page.locator(".is-open")).to_contain_text("Vous clôturez en combien de jours")
    page.locator("[data-menu] summary").click()
    page.locator("form[action='/sign-out'] button").click()
    expect(page).to_have_url(f"{windows.url}/sign-in")
    page.go_back()
    expect(page.locator("form [name=identifier]")).to_be_visible()
    assert "Vous clôturez" not in page.content()


_SHELVE = """() => new Promise((done, fail) => {
  const request = indexedDB.open('callcoach-voice', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('takes', { keyPath: 'id' });
  request.onerror = () => fail(request.error);
  request.onsuccess = () => {
    const change = request.result.transaction('takes', 'readwrite');
    change.objectStore('takes').put({ id: 'prise', owner: '1', at: Date.now() });
    change.oncomplete = () => { request.result.close(); done(); };
  };
})"""
_DATABASES = "async () => (await indexedDB.databases()).map((each) => each.name)"


def _leave(page: Page) -> None:
    if not page.locator("details[data-menu][open]").count():
        page.locator("[data-menu] summary").click()
    page.locator("form[action='/sign-out'] button").click()


@pytest.mark.browser
def test_a_recording_that_was_not_sent_is_asked_about_and_then_deleted(
    desk: Desk, windows: Windows
) -> None:
    page = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    page.evaluate(_SHELVE)
    _leave(page)
    dialog = page.locator("#leaving")
    expect(dialog).to_be_visible()
    expect(dialog.locator("button").first).to_be_focused()
    page.keyboard.press("Enter")  # stay is what a hasty key does
    expect(dialog).to_be_hidden()
    assert page.url.endswith("/my/notes")
    assert page.evaluate(_DATABASES) == ["callcoach-voice"]
    _leave(page)
    expect(dialog).to_be_visible()  # only then is Escape an answer
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.url.endswith("/my/notes")
    _leave(page)
    dialog.locator("[value=leave]").click()
    expect(page).to_have_url(f"{windows.url}/sign-in")
    assert page.evaluate(_DATABASES) == []


@pytest.mark.browser
def test_who_has_sent_everything_just_leaves(desk: Desk, windows: Windows) -> None:
    page = windows.open(desk.ids["agent"], "/my/notes", phone=True)
    _leave(page)
    expect(page).to_have_url(f"{windows.url}/sign-in")
