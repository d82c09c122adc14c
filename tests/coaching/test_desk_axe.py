"""axe finds nothing on a desk in use: judged, rejected, in collision, looked at closely."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.axe import violations

from .browsing import Windows
from .conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_desk_in_use(audible: Desk, windows: Windows, scheme: str) -> None:
    windows.excused = "inline style"
    claire = windows.open_desk(audible.ids["claire"], audible.call_id, scheme=scheme)
    thomas = windows.open_desk(audible.ids["thomas"], audible.call_id, scheme=scheme)
    found = []
    for pressed in ("n", "k", "x"):
        claire.keyboard.press(pressed)
    expect(claire.locator("[data-state]")).to_contain_text("Claire M.")
    found += violations(claire, "rejected")
    for pressed in ("n", "k", "c"):
        thomas.keyboard.press(pressed)
    expect(thomas.locator("[data-keep-theirs]")).to_be_focused()
    found += violations(thomas, "in collision")
    claire.keyboard.press("c")
    expect(claire.locator(".moment.is-confirmed [data-state]")).to_contain_text("Claire M.")
    for pressed in ("+", "s", "l", "d"):
        claire.keyboard.press(pressed)
    found += violations(claire, "confirmed, with a chosen stretch, closer")
    claire.keyboard.press("?")
    expect(claire.locator("#call-keys")).to_be_visible()
    found += violations(claire, "shortcuts")
    assert not found, "\n".join(found)
