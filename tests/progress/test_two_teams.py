"""An agent of two teams: each team's supervisors read what comes from its own calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import Membership, User
from callcoach.accounts.queries import viewer_of
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.models import BeforeAfter, RecheckState
from callcoach.progress.queries import pairs as pair_queries
from callcoach.progress.queries import people
from tests.coaching.conftest import Desk
from tests.factories.accounts import create_team, create_user
from tests.progress.steps import call_at, followed


def test_what_comes_from_the_other_team_is_not_shown(
    app: Flask, desk: Desk, sign_in: Callable[[User | int], FlaskClient]
):
    with app.app_context():
        team = create_team()
        db.session.add(Membership(user_id=desk.ids["agent"], team_id=team.id))
        theirs = create_user("supervisor", teams=[team])
        recheck = followed(desk)
        call_at(desk, 1, company="Ici SARL")
        other = call_at(desk, 2, team=team, company="Ailleurs SARL")
        pair = BeforeAfter(
            recheck_id=recheck.id,
            after_call_id=other.id,
            after_channel=0,
            after_start_ms=0,
            after_end_ms=4000,
            after_quote="Chez eux, oui.",
            confirmed_at=utc_now(),
        )
        db.session.add(pair)
        recheck.state, recheck.closed_at = RecheckState.HELD, utc_now() - timedelta(days=3)
        db.session.commit()
        recheck_id, pair_id = recheck.id, pair.id
        with pytest.raises(NotFound):
            pair_queries.get_pair(desk.claire, pair_id)
        assert pair_queries.get_pair(desk.admin, pair_id).id == pair_id
        agent = desk.ids["agent"]
        seen = people.page_of(viewer_of(theirs), agent)
        assert (seen.held, seen.held_longer, seen.pairs) == ([], [], [])
        own = people.own_page(desk.agent)
        assert len(own.held + own.held_longer) == 1
    page = sign_in(desk.ids["claire"]).get(f"/progress/rechecks/{recheck_id}").text
    assert "Ici SARL" in page
    assert "Ailleurs" not in page
    assert "Chez eux" not in page
    page = sign_in(desk.ids["admin"]).get(f"/progress/rechecks/{recheck_id}").text
    assert "Ailleurs" in page
    assert "Chez eux" in page
