"""Which verdicts the reliability of a campaign's flags rests on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.models import MISSED
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.learning.example_queries import examples_of
from callcoach.learning.queries import reliability, reliability_of
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.verdicts import create_verdicts

KIND = ("D09", "ignored_objection")


def test_counts_verdicts_in_force_of_all_supervisors(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        one, other = create_user(teams=[team]), create_user()
        call = create_call(team=team)
        create_verdicts(call, confirmed=4, rejected=1, author=one)
        create_verdicts(call, rejected=2, author=other)
        create_verdicts(call, rejected=9, withdrawn_at=utc_now())
        viewer = Viewer(one.id, Role.SUPERVISOR, frozenset({team.id}))
        found = reliability(viewer, call.campaign_id)
        assert reliability(None, call.campaign_id).keys() == found.keys() == {KIND}
        assert (found[KIND].n, found[KIND].confirmed) == (7, 4)
        assert reliability_of(call.campaign_id, *KIND).n == 7


def test_each_cause_of_a_detector_is_a_kind_of_its_own(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, confirmed=3, detector="R0", cause="insistence")
        create_verdicts(call, rejected=2, detector="R0", cause="monologue")
        found = reliability(None, call.campaign_id)
        assert {kind: (one.n, one.confirmed) for kind, one in found.items()} == {
            ("R0", "insistence"): (3, 3),
            ("R0", "monologue"): (2, 0),
        }


def test_kinds_are_read_alone_where_they_are_asked_for(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, confirmed=3, detector="R0", cause="insistence")
        create_verdicts(call, rejected=2, detector="R0", cause="monologue")
        create_verdicts(call, rejected=2)
        campaign_id = call.campaign_id
        found = reliability(None, campaign_id, [("R0", "insistence"), KIND, ("D06", "rushed")])
        assert set(found) == {("R0", "insistence"), KIND}
        assert reliability(None, campaign_id, []) == {}


def test_missed_moments_and_calls_put_aside_say_nothing(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        aside = create_call(campaign=call.campaign, deleted_at=utc_now())
        create_verdicts(call, confirmed=3, detector=MISSED)
        create_verdicts(aside, confirmed=3)
        assert reliability(None, call.campaign_id) == {}
        assert reliability_of(call.campaign_id, *KIND).n == 0


def test_a_campaign_begins_with_what_is_known_elsewhere(app: Flask) -> None:
    with app.app_context():
        call, elsewhere = create_call(), create_call()
        create_verdicts(elsewhere, rejected=40)
        create_verdicts(call, confirmed=1)
        mine, theirs = (reliability(None, one.campaign_id)[KIND] for one in (call, elsewhere))
        assert mine.n == 1
        assert mine.prior == pytest.approx(6 / 50, abs=0.03)
        assert theirs.prior == pytest.approx(7 / 11, abs=0.001)


def test_register_counts_only_by_natives_of_the_market_called(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        native = create_user(teams=[team], native_market="FR")
        guest = create_user(teams=[team], native_market="TN")
        call = create_call(team=team, campaign=create_campaign(teams=[team], market="FR"))
        bookish = {"detector": "D15", "cause": "bookish"}
        create_verdicts(call, confirmed=2, author=native, **bookish)
        create_verdicts(call, rejected=8, author=guest, **bookish)
        create_verdicts(call, rejected=1, author=None, **bookish)
        create_verdicts(call, rejected=8, author=guest)
        found = reliability(None, call.campaign_id)
        kind = found["D15", "bookish"]
        assert (kind.n, kind.confirmed, kind.foreign) == (2, 2, 9)
        assert found[KIND].n == 8


def test_reasons_and_ages_are_read(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, rejected=3, reason="misheard")
        create_verdicts(call, rejected=2, reason="absent")
        old = create_call()
        create_verdicts(old, rejected=2, reason="absent", created_at=utc_now() - timedelta(360))
        fresh, aged = (reliability(None, one.campaign_id)[KIND] for one in (call, old))
        assert fresh.reasons == {"misheard": 3, "absent": 2}
        assert aged.precision > fresh.precision


def test_outside_the_scope_there_is_no_campaign(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, confirmed=3)
        stranger = create_user(teams=[create_team()])
        viewer = Viewer(stranger.id, Role.SUPERVISOR, frozenset({call.team_id + 1}))
        with pytest.raises(NotFound):
            reliability(viewer, call.campaign_id)
        with pytest.raises(NotFound):
            reliability(None, call.campaign_id + 1)


def test_agents_are_told_nothing(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        agent = create_user(Role.AGENT, teams=[team])
        call = create_call(team=team)
        create_verdicts(call, confirmed=3)
        viewer = Viewer(agent.id, Role.AGENT, frozenset({team.id}))
        assert reliability(viewer, call.campaign_id) == {}


def test_many_verdicts_are_read_at_once(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        campaign_id = call.campaign_id
        for kind in ("insistence", "monologue", "rushed"):
            create_verdicts(call, confirmed=200, rejected=100, detector="R0", cause=kind)
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        found = reliability(None, campaign_id)
        verdicts = [sql for sql in asked if "verdicts" in sql]
        assert len(verdicts) == 1
        assert [one.n for one in found.values()] == [300, 300, 300]


def test_verdicts_given_under_a_detectors_former_name_still_count(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, confirmed=3, detector="D07", cause="useful_silence")
        create_verdicts(call, rejected=1, detector="P2", cause="useful_silence")
        create_verdicts(call, rejected=2, detector="D07", cause="mishandled_silence")
        now = ("P2", "useful_silence")
        found = reliability(None, call.campaign_id)
        assert {kind: (one.n, one.confirmed) for kind, one in found.items()} == {
            now: (4, 3),
            ("D07", "mishandled_silence"): (2, 0),
        }
        assert reliability(None, call.campaign_id, [now])[now].n == 4
        assert reliability_of(call.campaign_id, *now).n == 4
        assert len(examples_of(*now)) == 4


def test_no_kinds_asked_for_are_none(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, confirmed=3)
        assert reliability(None, call.campaign_id, []) == {}
