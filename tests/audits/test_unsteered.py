"""What an editor of calls cannot do to an audit: steer it to other calls, or to other promises."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent
from callcoach.analysis.model import Kind
from callcoach.audits.models import LeftOut, SampleState
from callcoach.audits.operations import drawing, judging
from callcoach.audits.queries import sampled_calls
from callcoach.calls.models import Outcome
from callcoach.errors import Conflict, InvalidInput
from callcoach.extensions import db, utc_now
from tests.factories.audits import create_promise_version
from tests.factories.campaigns import create_campaign

from .conftest import Floor


def test_a_reason_is_true_of_the_call_and_an_erased_one_leaves_no_half_judgement(
    floor: Floor,
) -> None:
    with floor.app.app_context():
        audit = floor.drawn()
        first, second = sampled_calls(audit)[:2]
        assert first.call is not None
        assert second.call is not None
        judging.judge(floor.claire, first, floor.approved, "omitted")
        for sampled, why in ((first, LeftOut.ERASED), (second, LeftOut.WRONG_KIND)):
            with pytest.raises(InvalidInput):
                drawing.leave_out(floor.claire, sampled, why, "Pas vraiment.")
        second.call.kind = Kind.GATEKEEPER
        first.call.deleted_at = utc_now()
        with pytest.raises(InvalidInput):
            drawing.leave_out(floor.claire, first, LeftOut.INAUDIBLE, "Souffle.")
        drawing.leave_out(floor.claire, first, LeftOut.ERASED, "Mis de côté.")
        drawing.leave_out(floor.claire, second, LeftOut.WRONG_KIND, "Le standard.")
        db.session.refresh(first)
        assert (first.judgements, first.state) == ([], SampleState.REPLACED)
        lines = db.session.scalars(select(AccessEvent).filter_by(action="audit.call_left_out"))
        assert sorted(line.detail["judgements_dropped"] for line in lines) == [0, 1]


def test_a_reserve_edited_out_of_the_frame_still_takes_its_place(floor: Floor) -> None:
    with floor.app.app_context():
        audit = floor.drawn()
        reserve = [one for one in audit.calls if one.state == SampleState.RESERVE]
        gone = next(
            one for one in sampled_calls(audit) if one.stratum in {two.stratum for two in reserve}
        )
        wanted = next(one for one in reserve if one.stratum == gone.stratum)
        assert wanted.call is not None
        wanted.call.kind, wanted.call.outcome = Kind.GATEKEEPER, Outcome.REFUSAL
        assert drawing.leave_out(floor.claire, gone, LeftOut.INAUDIBLE, "Souffle.") is wanted


def test_a_call_moved_since_the_draw_is_judged_by_nobody_elses_promises(floor: Floor) -> None:
    with floor.app.app_context():
        audit = floor.drawn()
        sampled = sampled_calls(audit)[0]
        call = sampled.call
        assert call is not None
        own = [version.id for version in judging.promises_of(sampled)]
        elsewhere = create_campaign(teams=[call.team])
        foreign = create_promise_version(elsewhere, text="Celle d’un autre client.")
        call.campaign_id = elsewhere.id
        db.session.flush()
        assert [version.id for version in judging.promises_of(sampled)] == own
        for version_id in (foreign.id, floor.approved):
            with pytest.raises(Conflict):
                judging.judge(floor.claire, sampled, version_id, "faithful")
        call.campaign_id, call.started_at = floor.campaign_id, call.started_at - timedelta(days=9)
        db.session.flush()
        with pytest.raises(Conflict):
            judging.judge(floor.claire, sampled, floor.approved, "faithful")
