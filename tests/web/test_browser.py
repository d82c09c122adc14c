"""The shared parts of pages in a real browser: menu, theme, toasts, accessibility, no CSP breach."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, jsonify, request
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from callcoach.app import create_app
from callcoach.config import Settings
from callcoach.errors import NotAllowed
from callcoach.extensions import db
from callcoach.web.toasts import with_toast
from tests.axe import faults
from tests.factories.accounts import PASSWORD, create_user

pytestmark = pytest.mark.browser

#: What the browser and htmx write when a request is refused, as some here are on purpose.
REFUSED = re.compile(r"status of 4\d\d|Response Status Error Code 4\d\d")


@pytest.fixture
def site(app: Flask, settings: Settings) -> Iterator[str]:
    """The address of a running server with a supervisor, Claire."""
    served = create_app(settings, RATELIMIT_ENABLED=False)

    @served.post("/made/toast")
    def made_toast():
        return with_toast(jsonify(), "Appel « supprimé »", undo="/made/undo")

    @served.post("/made/undo")
    def made_undo():
        return f"undone, token {bool(request.form['csrf_token'])}"

    @served.post("/made/refusal")
    def made_refusal():
        raise NotAllowed("This is not yours.")

    with app.app_context():
        create_user(login="claire", name="Claire Mercier")
    server = make_server("127.0.0.1", 0, served, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    with served.app_context():
        db.engine.dispose()


@pytest.fixture
def open_page(site: str, chromium: Browser) -> Iterator:
    """Open pages; at the end, no page may have broken the content policy or a script."""
    windows: list[BrowserContext] = []
    troubles: list[str] = []

    def _open(**options) -> Page:
        windows.append(chromium.new_context(base_url=site, **options))
        page = windows[-1].new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: (
                troubles.append(message.text)
                if message.type == "error" and not REFUSED.search(message.text)
                else None
            ),
        )
        return page

    yield _open
    for window in windows:
        window.close()
    assert troubles == []


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("#identifier", "claire")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".topbar")


def test_the_menu_works_by_keyboard(open_page):
    page = open_page()
    _sign_in(page)
    summary = page.locator("details.menu > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu-panel")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu-panel")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    page.locator("main").click(position={"x": 5, "y": 200})
    expect(page.locator(".menu-panel")).to_be_hidden()


def test_the_theme_is_there_with_the_first_byte_and_follows_the_device_on_auto(open_page):
    page = open_page(color_scheme="dark", java_script_enabled=False)
    page.goto("/sign-in")
    assert page.locator("html").get_attribute("data-theme") == "auto"
    page = open_page(color_scheme="dark")
    _sign_in(page)
    expect(page.locator("body")).to_have_css("background-color", "rgb(20, 24, 30)")
    page.click("details.menu > summary")
    page.click(".menu-panel button[value=light]")
    page.wait_for_selector("html[data-theme=light]")
    expect(page.locator("body")).to_have_css("background-color", "rgb(250, 248, 244)")


def test_the_skip_link_comes_first(open_page):
    page = open_page()
    _sign_in(page)
    page.goto("/settings")
    page.keyboard.press("Tab")
    link = page.locator(".skip-link")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_htmx_carries_the_token_and_a_toast_offers_undo(open_page):
    page = open_page()
    _sign_in(page)
    page.goto("/settings")
    page.evaluate("htmx.ajax('POST', '/made/toast', {swap: 'none'})")
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("Appel « supprimé »")
    toast.locator("form button").click()
    expect(page.locator("body")).to_have_text("undone, token True")


def test_a_refused_htmx_request_says_why(open_page):
    page = open_page()
    _sign_in(page)
    page.goto("/settings")
    page.evaluate("htmx.ajax('POST', '/made/refusal', {target: 'main'})")
    expect(page.locator("#toasts .toast-error")).to_contain_text("This is not yours.")
    expect(page.locator("main h1")).to_be_visible()
    page.click("#toasts [data-toast-close]")
    expect(page.locator("#toasts .toast")).to_have_count(0)


def test_a_secret_can_be_shown(open_page):
    page = open_page()
    page.goto("/sign-in")
    page.fill("#password", "un secret")
    page.click("[data-reveal]")
    expect(page.locator("#password")).to_have_attribute("type", "text")


def test_signing_in_needs_no_script(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/sign-in")
    page.fill("#identifier", "claire")
    page.fill("#password", PASSWORD)
    page.click(".btn-primary")
    expect(page.locator(".topbar")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["laptop", "phone"])
def test_pages_are_accessible_and_fit(open_page, scheme, size):
    page = open_page(color_scheme=scheme, viewport={"width": size[0], "height": size[1]})
    found = []

    def _check(name: str) -> None:
        found.extend(faults(page, name))

    page.goto("/sign-in")
    _check("sign-in")
    page.goto("/nowhere")
    _check("not found")
    _sign_in(page)
    page.goto("/settings")
    _check("settings")
    page.click("details.menu > summary")
    _check("menu")
    page.goto("/settings")
    page.fill("#new", "x")
    page.locator("form[action$=password] .btn-primary").click()
    page.wait_for_selector(".field-error")
    _check("settings refused")
    page.click("details.menu > summary")
    page.click("form[action$=leave] button")
    page.wait_for_selector(".people")
    _check("switch user")
    assert not found, "\n".join(" | ".join(fault) for fault in found)
