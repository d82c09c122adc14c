"""axe finds nothing on a desk in use: judged, rejected, in collision, looked at closely."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .browsing import Windows
from .conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _violations(windows: Windows, page: Page, when: str) -> list[str]:
    windows.excused = "inline style"
    answer = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response
    assert len(answer["passes"]) > 10, "axe looked at the page"
    return [
        f"{when}: {violation['id']}: {[node['html'][:160] for node in violation['nodes'][:3]]}"
        for violation in answer["violations"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_desk_in_use(audible: Desk, windows: Windows, scheme: str) -> None:
    claire = windows.open_desk(audible.ids["claire"], audible.call_id, scheme=scheme)
    thomas = windows.open_desk(audible.ids["thomas"], audible.call_id, scheme=scheme)
    found = []
    for pressed in ("n", "k", "x"):
        claire.keyboard.press(pressed)
    expect(claire.locator("[data-state]")).to_contain_text("Claire M.")
    found += _violations(windows, claire, "rejected")
    for pressed in ("n", "k", "c"):
        thomas.keyboard.press(pressed)
    expect(thomas.locator("[data-keep-theirs]")).to_be_focused()
    found += _violations(windows, thomas, "in collision")
    claire.keyboard.press("c")
    expect(claire.locator(".moment.is-confirmed [data-state]")).to_contain_text("Claire M.")
    for pressed in ("+", "s", "l", "d"):
        claire.keyboard.press(pressed)
    found += _violations(windows, claire, "confirmed, with a chosen stretch, closer")
    claire.keyboard.press("?")
    expect(claire.locator("#call-keys")).to_be_visible()
    found += _violations(windows, claire, "shortcuts")
    assert not found, "\n".join(found)
