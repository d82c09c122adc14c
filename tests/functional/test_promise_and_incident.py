"""A promise on its way to the sponsor and back, and an incident until the sponsor is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import Floor, SignIn

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STATEMENT = "Vous gagnez deux jours par mois."


def _open_promises(page: Page) -> None:
    page.goto("/campaigns")
    page.get_by_role("link", name="Clôture mensuelle DAF").first.click()
    page.locator('#promises a[href$="/promises"]').click()


def test_the_sponsor_decides_in_two_taps_and_hears_of_an_incident(
    sign_in_as: SignIn, floor: Floor
) -> None:
    supervisor = sign_in_as("claire")
    _open_promises(supervisor)
    supervisor.locator('[data-key="n"]').wait_for()
    supervisor.wait_for_load_state()  # its scripts answer keys
    supervisor.keyboard.press("n")
    expect(supervisor.locator("#disclosure")).to_be_hidden()
    supervisor.locator("#kind").select_option("conditional")
    supervisor.locator("#text").fill(STATEMENT)
    supervisor.locator("#condition").fill("d’après nos clients")
    supervisor.locator("#reason").fill("Demandé chaque semaine.")
    supervisor.locator("main form button.btn-primary").click()
    waiting = supervisor.locator("section", has=supervisor.locator("#waiting-title"))
    expect(waiting).to_contain_text(STATEMENT)

    sponsor = sign_in_as("donneur", phone=True)
    sponsor.goto("/approvals")
    sponsor.locator("#promises-waiting .approve-link").tap()
    expect(sponsor.locator("#what-title")).to_be_visible()
    sponsor.locator(".approve-step summary").first.tap()
    sponsor.locator(".approve-step[open] button.btn-primary").tap()
    sponsor.wait_for_url("**/approvals")
    expect(sponsor.locator("#promises-waiting")).to_have_count(0)
    _open_promises(supervisor)
    expect(supervisor.locator("#waiting-title")).to_have_count(0)
    expect(supervisor.locator("main")).to_contain_text(STATEMENT)

    supervisor.goto(f"/calls/{floor.coached_call}")
    supervisor.locator("#incident-report summary").click()
    supervisor.locator("#incident-kind").select_option("false_identity")
    supervisor.locator("#incident-from").fill("0:27")
    supervisor.locator("#incident-to").fill("0:28")
    supervisor.locator("#incident-report form button").click()
    supervisor.locator('[data-key="c"]').wait_for()
    supervisor.wait_for_load_state()  # its scripts answer keys
    supervisor.keyboard.press("c")
    account = supervisor.locator("#account")
    account.fill("Un agent s’est présenté au nom d’un autre.")
    supervisor.locator("button[name=tell]").click()
    expect(account).to_have_count(0)
    expect(supervisor.locator(".incident-account")).to_contain_text("au nom d’un autre")
