"""What is usual on this floor: of its own calls, of one campaign and kind, never of one person."""

from __future__ import annotations

import pytest
from flask import Flask

from callcoach.accounts.models import Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.calls.figure_presenters import figure_views, no_norm_yet
from callcoach.calls.models import Call, CallKind, Outcome
from callcoach.calls.norms import LEAST_CALLS, norms_of, range_of
from callcoach.calls.queries import norms as queries
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign


def _figures(value: float | None) -> dict[str, dict[str, object]]:
    return {"silence_share": {"value": value, "unit": "ratio", "reason": None}}


def test_the_middle_half_needs_enough_calls() -> None:
    assert not range_of([1.0] * (LEAST_CALLS - 1)).is_known
    known = range_of([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    assert (known.count, known.median) == (8, pytest.approx(0.45))
    assert known.low == pytest.approx(0.275)
    assert known.high == pytest.approx(0.625)


def test_a_figure_that_could_not_be_computed_does_not_count() -> None:
    calls = [("none", _figures(0.2))] * 8 + [("none", _figures(None)), ("none", {})]
    assert norms_of(calls, ["silence_share"])["silence_share"].all_calls.count == 8


@pytest.mark.parametrize(("lost", "is_shown"), [(7, False), (8, True)])
def test_won_stands_beside_lost_only_when_both_have_enough(lost: int, *, is_shown: bool) -> None:
    calls = [(Outcome.MEETING.value, _figures(0.1))] * 4
    calls += [(Outcome.CALLBACK.value, _figures(0.1))] * 4
    calls += [(Outcome.HUNG_UP.value, _figures(0.3))] * lost
    calls += [(Outcome.EMAIL.value, _figures(0.9))] * 9
    norm = norms_of(calls, ["silence_share"])["silence_share"]
    assert (norm.won is not None, norm.lost is not None) == (is_shown, is_shown)
    if norm.won and norm.lost:
        assert (norm.won.median, norm.lost.median) == (pytest.approx(0.1), pytest.approx(0.3))


def _floor() -> tuple[Call, User, list[Call]]:
    """A call, its supervisor, and eight like it."""
    team = create_team()
    supervisor = create_user(Role.SUPERVISOR, teams=[team])
    campaign = create_campaign(teams=[team])
    call = create_call(team=team, campaign=campaign)
    return call, supervisor, [create_call(team=team, campaign=campaign) for _ in range(8)]


def test_only_other_calls_of_the_campaign_and_kind_in_scope_count(app: Flask) -> None:
    with app.app_context():
        call, supervisor, like = _floor()
        create_call(team=call.team)  # another campaign
        create_call(team=create_team(), campaign=call.campaign)  # another team
        create_call(team=call.team, campaign=call.campaign, kind=CallKind.GATEKEEPER)
        like[0].deleted_at = like[0].created_at
        db.session.commit()
        found = queries.figures_like(viewer_of(supervisor), call)
        assert found is not None
        assert len(found) == len(like) - 1
        assert found[0][1]["talk_share"]["value"] == 0.66


def test_agents_get_no_norm_of_themselves_and_voicemail_has_none(app: Flask) -> None:
    with app.app_context():
        call, supervisor, _like = _floor()
        agent = create_user(Role.AGENT, teams=[call.team])
        call.agent_id = agent.id
        db.session.commit()
        assert queries.figures_like(viewer_of(agent), call) is None
        call.kind = CallKind.VOICEMAIL
        assert queries.figures_like(viewer_of(supervisor), call) is None


def test_only_the_newest_calls_count(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_CALLS", 3)
    with app.app_context():
        call, supervisor, like = _floor()
        newest = max(like, key=lambda item: item.started_at)
        newest.outcome = Outcome.MEETING
        db.session.commit()
        found = queries.figures_like(viewer_of(supervisor), call)
        assert found is not None
        assert [outcome for outcome, _figures in found] == ["meeting", "none", "none"]


def test_a_figure_is_worded_beside_its_norm(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        call, _supervisor, _like = _floor()
        analysis = call.current_analysis
        assert analysis is not None
        analysis.figures = _figures(0.5)
        values = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
        norms = norms_of([("none", _figures(value)) for value in values], ["silence_share"])
        (view,) = figure_views(analysis, norms)
        assert "30–70\u00a0%" in view.norm
        assert "n = 9" in view.norm
        assert no_norm_yet(norms) == ""
        few = norms_of([("none", _figures(0.2))] * 3, ["silence_share"])
        assert figure_views(analysis, few)[0].norm == ""
        assert "n = 3" in no_norm_yet(few)
