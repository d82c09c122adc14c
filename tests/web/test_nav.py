"""The navigation: only pages that exist, only for who may use them."""

from __future__ import annotations

import re

import pytest

from callcoach.web import nav
from tests.factories.accounts import create_user


def _entries(page: str) -> list[tuple[str, bool]]:
    """Addresses in the top bar, and whether each is the current page."""
    bar = re.search(r'<ul class="topnav">(.*?)</ul>', page, flags=re.DOTALL)[1]
    return [
        (address, "aria-current" in rest)
        for address, rest in re.findall(r'<a href="([^"]+)"([^>]*)>', bar)
    ]


@pytest.mark.parametrize("role", ["admin", "supervisor", "team_lead", "agent", "sponsor"])
def test_every_entry_offered_opens(app, sign_in, role):
    with app.app_context():
        browser = sign_in(create_user(role=role))
    offered = _entries(browser.get("/settings").text)
    assert offered
    for address, is_current in offered:
        assert not is_current
        page = browser.get(address)
        assert page.status_code == 200, (role, address)
        assert (address, True) in _entries(page.text)


def test_a_page_below_an_entry_marks_that_entry(app, sign_in):
    with app.app_context():
        browser = sign_in(create_user(role="admin"))
    for address, entry in [("/people/new", "/people"), ("/teams/new", "/teams")]:
        current = [url for url, is_current in _entries(browser.get(address).text) if is_current]
        assert current == [entry]


def test_agents_are_not_offered_what_is_not_theirs(app, sign_in):
    with app.app_context():
        browser = sign_in(create_user(role="agent"))
    addresses = {address for address, _ in _entries(browser.get("/settings").text)}
    assert "/calls" in addresses
    assert not {"/calls/import", "/people"} & addresses


def test_a_page_that_does_not_exist_yet_is_left_out(app, sign_in, monkeypatch):
    monkeypatch.setattr(
        nav, "ENTRIES", (nav.Entry("rockets.launch", nav._l("Rockets"), frozenset({"agent"})),)
    )
    with app.app_context():
        browser = sign_in(create_user(role="agent"))
    assert _entries(browser.get("/settings").text) == []
    assert browser.get("/").location == "/settings"
