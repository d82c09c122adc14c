"""What axe says of a page in a real browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: WCAG 2.2 up to AA, and what axe calls good practice.
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


def violations(page: Page, when: str = "", *, within: str | None = None) -> list[str]:
    """What axe finds wrong, in words; that it looked at all is made sure of.

    Args:
        when: how the page is named in them; its address unless given.
        within: selector of the part to look at.
    """
    answer = Axe().run(page, context=within, options=RULES).response
    assert len(answer["passes"]) > (10 if within is None else 5), "axe looked at the page"
    found = []
    for item in answer["violations"]:
        places = [node["html"][:160] for node in item["nodes"][:3]]
        found.append(f"{when or page.url}: {item['id']}: {item['help']}: {places}")
    return found


def faults(page: Page, when: str = "") -> list[str]:
    """`violations`, and that the page is wider than its window."""
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    found = [f"{when or page.url}: {wide} px too wide"] if wide > 0 else []
    return found + violations(page, when)


def unfold(page: Page, selector: str = "main details") -> None:
    """Open what can be opened, so that it is looked at too."""
    for details in page.locator(selector).all():
        details.evaluate("element => { element.open = true; }")
