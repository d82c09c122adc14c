"""What the ledger shows of each kind of flag, and what a floor would have changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.analysis.model import Cause
from callcoach.calls import operations as calls
from callcoach.calls.models import Call, TippingPoint
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.learning.ledger_operations import decide_floor, decide_standing
from callcoach.learning.ledger_queries import (
    LedgerRow,
    changes_of_kind,
    ledger,
    ledger_row,
    preview_floor,
)
from callcoach.learning.operations import review
from callcoach.tuning.models import Standing
from callcoach.tuning.operations import set_floor, undo_change
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.verdicts import create_verdicts

KIND = ("D09", "ignored_objection")


def _found(campaign: Campaign) -> LedgerRow:
    row = ledger_row(campaign, *KIND)
    assert row is not None
    return row


def _viewer(call: Call, role: Role = Role.SUPERVISOR) -> Viewer:
    person = create_user(role, [call.team])
    return Viewer(person.id, role, frozenset({call.team_id}))


def test_a_kind_stands_on_one_line_whatever_it_was_called(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, confirmed=3, detector="D12", cause="commitment_won")
        rows = {row.kind: row for row in ledger(call.campaign)}
        assert rows["P4", "commitment_won"].reliability.confirmed == 3
        assert rows["P4", "commitment_won"].packaged is not None
        assert ("D12", "commitment_won") not in rows
        former = ledger_row(call.campaign, "D12", "commitment_won")
        assert former is not None
        assert (former.kind, former.reliability.n) == (("P4", "commitment_won"), 3)


def test_lists_what_the_engine_can_raise_and_what_the_campaign_has_seen(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, confirmed=3, detector="R0", cause="insistence")
        rows = ledger(call.campaign)
        assert rows[0].kind == ("R0", "insistence")
        assert rows[0].packaged is None
        seen = {row.kind: row for row in rows if row.is_seen}
        assert set(seen) == {("R0", "insistence"), KIND}
        assert seen[KIND].flags == 1
        assert seen[KIND].packaged is not None
        assert {row.cause for row in rows} == set(Cause)
        assert len({row.kind for row in rows}) == len(rows)


def test_missed_moments_are_no_kind_of_flag(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, confirmed=3, detector="M0")
        assert all(row.detector != "M0" for row in ledger(call.campaign))
        assert ledger_row(call.campaign, "M0", "ignored_objection") is None


@pytest.mark.parametrize("kind", [("D09", "nonsense"), ("Z9", "insistence")])
def test_an_unknown_kind_has_no_row(app: Flask, kind: tuple[str, str]) -> None:
    with app.app_context():
        assert ledger_row(create_call().campaign, *kind) is None


def test_says_how_a_kind_stands_since_when_and_why(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        assert (_found(call.campaign).standing, _found(call.campaign).since) == ("active", None)
        create_verdicts(call, rejected=20)
        (hidden,) = review(call.campaign, *KIND)
        row = _found(call.campaign)
        assert (row.standing, row.change) == (Standing.HIDDEN, hidden)
        assert row.since is not None
        undo = undo_change(_viewer(call), call.campaign, hidden.id)
        row = _found(call.campaign)
        assert (row.standing, row.change) == (Standing.ACTIVE, undo)
        assert [change.id for change in changes_of_kind(call.campaign, row)] == [
            undo.id,
            hidden.id,
        ]


def test_the_trend_begins_with_the_first_verdict_and_ends_now(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, rejected=6, created_at=utc_now() - timedelta(days=20))
        create_verdicts(call, confirmed=12, created_at=utc_now() - timedelta(days=3))
        row = _found(call.campaign)
        assert [point.n for point in row.trend] == [6, 6, 18]
        assert row.trend[0].precision < row.trend[-1].precision
        assert row.trend[-1].precision == pytest.approx(row.reliability.precision, abs=0.001)
        old = create_call()
        create_verdicts(old, confirmed=2, created_at=utc_now() - timedelta(days=300))
        assert [point.n for point in _found(old.campaign).trend] == [2] * 12


def _flagged_calls(campaign: Campaign, confidences: list[float]) -> list[Call]:
    """A call for each, flagged once with that confidence; the last one is the newest."""
    found = []
    for confidence in confidences:
        call = create_call(campaign=campaign)
        assert call.current_analysis is not None
        call.current_analysis.tipping_points[0].confidence = confidence
        found.append(call)
    db.session.commit()
    return found


def _judge(call: Call, decision: str) -> None:
    assert call.current_analysis is not None
    point: TippingPoint = call.current_analysis.tipping_points[0]
    calls.judge(Viewer.system(), call, point, decision)
    db.session.commit()


def test_a_floor_is_tried_on_past_calls(app: Flask) -> None:
    with app.app_context():
        campaign = create_campaign(teams=[create_team()])
        found = _flagged_calls(campaign, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
        for call, decision in zip(
            found, ["rejected", "confirmed", "", "confirmed", "rejected", ""], strict=True
        ):
            if decision:
                _judge(call, decision)
        _flagged_calls(create_campaign(), [0.1, 0.9])
        row = _found(campaign)
        tried = preview_floor(campaign, row, 0.55)
        assert (tried.calls, tried.shown_now, tried.shown_then, tried.changed) == (6, 6, 3, -3)
        assert (tried.kept_judged, tried.kept_confirmed) == (2, 1)
        assert (tried.changed_confirmed, tried.changed_dismissed) == (1, 1)
        set_floor(None, campaign, *KIND, 0.75)
        lower = preview_floor(campaign, _found(campaign), 0.55)
        assert (lower.shown_now, lower.shown_then, lower.changed) == (1, 3, 2)
        assert (lower.changed_confirmed, lower.changed_dismissed) == (1, 1)


def test_only_the_last_two_hundred_calls_are_tried(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcoach.learning.ledger_queries.PREVIEW_CALLS", 2)
    with app.app_context():
        campaign = create_campaign(teams=[create_team()])
        _flagged_calls(campaign, [0.9, 0.2, 0.8])
        tried = preview_floor(campaign, _found(campaign), 0.5)
        assert (tried.calls, tried.shown_now, tried.shown_then) == (2, 2, 1)


def test_people_retire_keep_and_leave_it_to_the_figures(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        viewer = _viewer(call)
        create_verdicts(call, rejected=20)
        kind = (viewer, call.campaign, *KIND)
        change = decide_standing(*kind, "kept", seen="active")
        assert (change.author_id, change.is_automatic) == (viewer.user_id, False)
        assert change.reason["n"] == 20
        decide_standing(*kind, "retired", seen="kept")
        back = decide_standing(*kind, "figures", seen="retired")
        assert _found(call.campaign).standing is Standing.HIDDEN
        undo_change(viewer, call.campaign, back.id)
        assert _found(call.campaign).standing is Standing.RETIRED


def test_a_kind_that_holds_is_shown_once_it_is_left_to_the_figures(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, confirmed=20)
        kind = (_viewer(call), call.campaign, *KIND)
        decide_standing(*kind, "retired", seen="active")
        decide_standing(*kind, "figures", seen="retired")
        assert _found(call.campaign).standing is Standing.ACTIVE


def test_a_decision_on_what_has_changed_since_is_refused(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        kind = (_viewer(call), call.campaign, *KIND)
        decide_standing(*kind, "retired", seen="active")
        with pytest.raises(StaleVersion):
            decide_standing(*kind, "kept", seen="active")
        decide_floor(*kind, 0.4, seen=0.0)
        with pytest.raises(StaleVersion):
            decide_floor(*kind, 0.5, seen=0.0)


def test_what_makes_no_sense_is_refused(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        kind = (_viewer(call), call.campaign, *KIND)
        for choice in ("hidden", "active", ""):
            with pytest.raises(InvalidInput):
                decide_standing(*kind, choice, seen="active")
        for floor in (-0.1, 1.1, float("nan")):
            with pytest.raises(InvalidInput):
                decide_floor(*kind, floor, seen=0.0)


@pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.AGENT, Role.SPONSOR])
def test_others_decide_nothing(app: Flask, role: Role) -> None:
    with app.app_context():
        call = create_call()
        kind = (_viewer(call, role), call.campaign, *KIND)
        with pytest.raises(NotFound):
            decide_standing(*kind, "retired", seen="active")
        with pytest.raises(NotFound):
            decide_floor(*kind, 0.4, seen=0.0)
