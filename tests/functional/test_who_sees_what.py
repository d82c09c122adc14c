"""Agents and sponsors see what is theirs, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import Floor, SignIn

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_agent_reads_their_own_calls_on_the_phone(sign_in_as: SignIn, floor: Floor) -> None:
    page = sign_in_as("hanta", phone=True)
    page.goto("/calls")
    expect(page.locator("tr[data-call]", has_text="Mme Delattre").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("M. Roussel")
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390, f"the list scrolls sideways: {width} px"

    page.goto(f"/calls/{floor.own_call}")
    expect(page.locator(".turn").first).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("▼")
    assert page.locator("[data-correct]").count() == 0
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390, f"the call scrolls sideways: {width} px"


def test_agent_does_not_find_a_colleagues_call(sign_in_as: SignIn, floor: Floor) -> None:
    page = sign_in_as("hanta")
    response = page.goto(f"/calls/{floor.other_call}")
    assert response is not None
    assert response.status == 404
    response = page.goto("/calls/import")
    assert response is not None
    assert response.status == 403


def test_sponsor_finds_no_call(sign_in_as: SignIn, floor: Floor) -> None:
    page = sign_in_as("donneur")
    response = page.goto(f"/calls/{floor.own_call}")
    assert response is not None
    assert response.status == 404
    page.goto("/calls")
    assert page.locator("tr[data-call]").count() == 0


def test_supervisor_deletes_and_undoes(sign_in_as: SignIn, floor: Floor) -> None:
    page = sign_in_as("claire")
    page.goto("/calls")
    row = page.locator(f"#call-{floor.own_call}")
    row.locator(".delete-button").click()
    expect(row).to_have_count(0)
    page.locator("#toasts form button").click()
    expect(page.locator(f"#call-{floor.own_call}")).to_be_visible()


def test_pages_read_without_script(sign_in_as: SignIn, floor: Floor) -> None:
    page = sign_in_as("claire")
    cookies = page.context.cookies()
    window = page.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False, base_url=floor.url
    )
    try:
        window.add_cookies(cookies)  # type: ignore[arg-type]
        plain = window.new_page()
        plain.goto(f"/calls/{floor.own_call}")
        expect(plain.locator(".turn-said").first).to_have_text("Delattre, oui, bonjour.")
        expect(plain.locator(".moment")).to_have_count(1)
        plain.goto("/calls/import")
        expect(plain.locator("input[type=file]")).to_be_visible()
        expect(plain.locator("[data-plain] button")).to_be_visible()
    finally:
        window.close()
