"""The scale of a campaign's curves: what its conversations left, and what each analysis applied."""

from __future__ import annotations

import pytest
from flask import Flask

from callcoach.accounts.models import Team, User
from callcoach.analysis.norms import PACKAGED, PSEUDO_CALLS, Norms
from callcoach.calls.models import AnalysisRun, Call, CallKind
from callcoach.calls.operations.reanalysis import ask_for_refresh
from callcoach.calls.queries import participation
from callcoach.calls.queries.participation import campaign_norms
from callcoach.calls.subjects import REFRESH
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now, write_transaction
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign

from .conftest import Floor, RunJobs

#: Two turns of a prospect who talks for a long time.
TALKATIVE = [[3.0, 3.0, 0.0, 1], [3.0, 3.0, 0.0, 0]]


def _call(floor: Floor, campaign: Campaign | None = None) -> Call:
    """A ready conversation with a talkative prospect."""
    call = create_call(
        team=db.session.get_one(Team, floor.team_id),
        agent=db.session.get_one(User, floor.agent_id),
        campaign=campaign or db.session.get_one(Campaign, floor.campaign_id),
    )
    _run(call).participation = TALKATIVE
    db.session.commit()
    return call


def _run(call: Call) -> AnalysisRun:
    """The analysis that is shown."""
    assert call.current_analysis is not None
    return call.current_analysis


def _norms(floor: Floor, besides: int = 0) -> Norms:
    return campaign_norms(floor.campaign_id, besides=besides)


def test_the_norms_are_those_of_the_campaigns_other_conversations(app: Flask, floor: Floor) -> None:
    with app.app_context():
        assert _norms(floor) == PACKAGED
        first, second = _call(floor), _call(floor)
        found = _norms(floor)
        assert found.calls == 2
        moved = 2 * (3.0 - PACKAGED.length.centre) / (PSEUDO_CALLS + 2)
        assert found.length.centre - PACKAGED.length.centre == pytest.approx(moved, abs=0.001)
        assert _norms(floor, besides=first.id).calls == 1
        _call(floor, create_campaign(name="Autre"))
        assert _norms(floor).calls == 2
        first.kind = CallKind.GATEKEEPER
        second.deleted_at = utc_now()
        db.session.commit()
        assert _norms(floor) == PACKAGED


def test_only_the_last_conversations_count(
    app: Flask, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(participation, "MOST_CALLS", 2)
    with app.app_context():
        for _ in range(3):
            _call(floor)
        assert _norms(floor).calls == 2


def test_an_analysis_keeps_its_measures_and_is_not_outdated_by_another_call(
    app: Flask, floor: Floor, run_jobs: RunJobs
) -> None:
    with app.app_context(), write_transaction():
        call_id = _call(floor).id
        _call(floor)
        ask_for_refresh(call_id)
        db.session.commit()
    assert run_jobs() == [REFRESH]
    with app.app_context():
        run = _run(db.session.get_one(Call, call_id))
        assert run.number == 2
        assert run.engine["norms"] == 1
        prospect = [turn for turn in run.turns if turn.speaker == "prospect"]
        assert 0 < len(run.participation) <= len(prospect)
        assert run.participation != TALKATIVE
        _call(floor)
        ask_for_refresh(call_id)
        db.session.commit()
    run_jobs()
    with app.app_context():
        assert _run(db.session.get_one(Call, call_id)).number == 2, "it was up to date"
