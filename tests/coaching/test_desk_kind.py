"""Who was reached, corrected on the desk with one key, and taken back with another."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import expect

from callcoach.calls.models import Call, CallKind
from callcoach.extensions import db

from .browsing import Windows
from .conftest import Desk

pytestmark = pytest.mark.browser


def _take_for_receptionist(app: Flask, desk: Desk) -> None:
    with app.app_context():
        call = db.session.get_one(Call, desk.call_id)
        run = call.current_analysis
        assert run is not None
        call.kind = run.kind = CallKind.GATEKEEPER
        run.kind_confidence = 0.8
        run.kind_reasons = [
            {"key": "kind.receptionist", "values": {"quote": "qui dois-je annoncer"}}
        ]
        db.session.commit()


def _said(app: Flask, desk: Desk) -> tuple[str, str]:
    with app.app_context():
        call = db.session.get_one(Call, desk.call_id)
        return str(call.kind), str(call.kind_source)


def test_a_key_opens_the_menu_a_figure_chooses_and_z_takes_it_back(
    app: Flask, audible: Desk, windows: Windows
) -> None:
    _take_for_receptionist(app, audible)
    page = windows.open_desk(audible.ids["claire"], audible.call_id)
    menu = page.locator("[data-kind-menu]")
    expect(menu.locator("summary")).to_contain_text("qui dois-je annoncer")
    page.keyboard.press("4")
    expect(menu).not_to_have_attribute("open", "")
    page.keyboard.press("t")
    expect(menu.locator("[aria-current]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    page.keyboard.press("t")
    with page.expect_navigation():
        page.keyboard.press("1")
    assert _said(app, audible) == ("target", "person")
    expect(menu.locator("summary")).not_to_contain_text("annoncer")
    page.wait_for_selector("[data-call-desk][data-mounted]")
    with page.expect_navigation():
        page.keyboard.press("z")
    assert _said(app, audible) == ("gatekeeper", "analysis")
    assert windows.troubles == []


def test_the_menu_is_closed_to_who_only_reads(app: Flask, audible: Desk, windows: Windows) -> None:
    _take_for_receptionist(app, audible)
    page = windows.open_desk(audible.ids["agent"], audible.call_id)
    expect(page.locator(".chip.is-guess")).to_contain_text("qui dois-je annoncer")
    page.keyboard.press("t")
    expect(page.locator("[data-kind-menu]")).to_have_count(0)


def test_it_fits_a_phone(app: Flask, audible: Desk, windows: Windows) -> None:
    _take_for_receptionist(app, audible)
    page = windows.open_desk(audible.ids["claire"], audible.call_id, phone=True)
    page.locator("[data-kind-menu] summary").click()
    box = page.locator("[data-kind-menu] .menu-panel").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
