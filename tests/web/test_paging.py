"""Pages of a list and the addresses of others."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callcoach.accounts.models import Team
from callcoach.extensions import db
from callcoach.web.paging import paginate, with_args
from tests.factories.accounts import create_team


@pytest.fixture
def teams(app):
    with app.app_context():
        for number in range(7):
            create_team(name=f"Team {number}")


def _page(app, address, per_page=3):
    with app.test_request_context(address):
        page = paginate(db.session, select(Team).order_by(Team.id), per_page=per_page)
        return [team.name for team in page.rows], page, (page.previous_url, page.next_url)


def test_pages_follow_one_another(app, teams):
    names, page, urls = _page(app, "/settings?sort=name&page=2")
    assert names == ["Team 3", "Team 4", "Team 5"]
    assert (page.first, page.last, page.total, page.pages) == (4, 6, 7, 3)
    assert urls == ("/settings?sort=name", "/settings?sort=name&page=3")


@pytest.mark.parametrize(
    ("number", "first"), [("1", "Team 0"), ("99", "Team 6"), ("-3", "Team 0"), ("x", "Team 0")]
)
def test_any_page_number_gives_a_page(app, teams, number, first):
    names, _, _ = _page(app, f"/settings?page={number}")
    assert names[0] == first


def test_an_empty_list_has_one_empty_page(app):
    names, page, urls = _page(app, "/settings")
    assert (names, page.first, page.last, page.pages, urls) == ([], 0, 0, 1, (None, None))


def test_changing_a_filter_starts_at_the_first_page(app):
    with app.test_request_context("/settings?state=ready&state=failed&page=4"):
        assert with_args(sort="-name") == "/settings?state=ready&state=failed&sort=-name"
        assert with_args(state=None) == "/settings"
