"""Redacting by keyboard alone, in a real browser."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import expect

from callcoach.extensions import db
from callcoach.privacy import presenters, queries
from tests.axe import violations
from tests.coaching.browsing import Windows
from tests.coaching.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]


_SELECT = """word => {
  for (const said of document.querySelectorAll('[data-said]')) {
    const walker = document.createTreeWalker(said, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const at = walker.currentNode.data.indexOf(word);
      if (at < 0) continue;
      getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + word.length);
      return true;
    }
  }
  return false;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_call_is_redacted_and_released_by_key(
    app: Flask, desk: Desk, windows: Windows, scheme: str
) -> None:
    with app.app_context():
        desk.call.prospect_name = "Mme Démonstration"
        db.session.commit()
    page = windows.open(desk.ids["claire"], f"/calls/{desk.call_id}/redaction", scheme=scheme)
    page.wait_for_selector("[data-redaction][data-mounted]")
    struck = page.locator(".strike:not(.is-kept)")
    before = struck.count()
    assert before, "the prospect's name is proposed"
    page.keyboard.press("j")
    expect(page.locator(".is-chosen").first).to_be_visible()
    page.keyboard.press("x")
    expect(struck).to_have_count(before - 1)
    page.keyboard.press("z")
    expect(struck).to_have_count(before)
    assert page.evaluate(_SELECT, "jeudi")
    expect(page.locator("[data-kinds]")).to_be_visible()
    page.keyboard.press("8")
    expect(struck).to_have_count(before + 1)
    expect(page.locator(".strike", has_text="jeudi")).to_be_visible()
    found = violations(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-redaction][data-released][data-mounted]")
    found += violations(page)
    with app.app_context():
        released = queries.released_for(desk.call)
        assert released is not None
        text = " ".join(turn.text for turn in presenters.turns_of(released))
        assert "démonstration" not in text
        assert "jeudi" not in text
        assert "[passage retiré]" in text
    page.get_by_role("button", name="Retirer").or_(
        page.get_by_role("button", name="Withdraw")
    ).click()
    page.wait_for_selector("[data-redaction][data-mounted]:not([data-released])")
    with app.app_context():
        assert queries.released_for(desk.call) is None
    assert not found, found
