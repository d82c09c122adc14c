"""The sample: drawn once, the same again from its seed, and no call exchanged quietly."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent
from callcoach.audits.draw import draw
from callcoach.audits.models import Audit, AuditCall, AuditState, LeftOut, SampleState
from callcoach.audits.operations import drafts, drawing, judging
from callcoach.audits.queries import facts_of, sampled_calls
from callcoach.calls.events import call_purged
from callcoach.calls.models import Call
from callcoach.errors import Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.privacy.waiting import wanted_by
from callcoach.promises.hiding import is_hidden

from .conftest import Floor


def _positions(audit: Audit, state: SampleState) -> list[int]:
    return [one.position for one in audit.calls if one.state == state]


def _judge_all(floor: Floor, sampled: AuditCall) -> None:
    judging.judge(floor.claire, sampled, floor.approved, "faithful")
    judging.judge(floor.claire, sampled, floor.forbidden, "omitted")
    judging.finish(floor.claire, sampled)


def test_a_draw_is_frozen_logged_and_can_be_done_again(floor: Floor) -> None:
    with floor.app.app_context():
        audit = floor.drawn()
        assert (audit.state, audit.population, audit.size) == (AuditState.DRAWN, 6, 3)
        strata = audit.drawn_from["strata"]
        assert sorted(i for ids in strata.values() for i in ids) == sorted(floor.calls)
        again = draw(strata, audit.size or 0, audit.seed or 0)
        kept = [(one.call_id, one.stratum) for one in audit.calls]
        assert kept == [(one.call_id, one.stratum) for one in (*again.sample, *again.reserve)]
        assert {one.stratum for one in sampled_calls(audit)} == set(strata)
        line = db.session.scalars(select(AccessEvent).filter_by(action="audit.drawn")).one()
        assert line.detail["seed"] == audit.seed
        for again_and_again in (
            lambda: drawing.draw_audit(floor.claire, audit, audit.row_version),
            lambda: drafts.change_draft(floor.claire, audit, floor.plan(), audit.row_version),
            lambda: drafts.discard_draft(floor.claire, audit),
        ):
            with pytest.raises(Conflict):
                again_and_again()


def test_a_frame_changed_meanwhile_is_not_drawn(floor: Floor) -> None:
    with floor.app.app_context():
        audit = floor.draft()
        drafts.change_draft(floor.claire, audit, floor.plan(size=2), 1)
        with pytest.raises(StaleVersion):
            drawing.draw_audit(floor.claire, audit, 1)
        empty = floor.draft(outcomes=("meeting",))
        with pytest.raises(Conflict):
            drawing.draw_audit(floor.claire, empty, 1)


def test_a_call_left_out_gives_its_place_to_the_next_of_its_stratum(floor: Floor) -> None:
    with floor.app.app_context():
        audit = floor.drawn()
        gone = max(
            sampled_calls(audit), key=lambda one: len(audit.drawn_from["strata"][one.stratum])
        )
        wanted = next(
            one
            for one in audit.calls
            if one.state == SampleState.RESERVE and one.stratum == gone.stratum
        )
        for why, words in (("", "inaudible"), ("boring", "inaudible"), ("inaudible", " ")):
            with pytest.raises(InvalidInput):
                drawing.leave_out(floor.claire, gone, why, words)
        following = drawing.leave_out(floor.claire, gone, LeftOut.INAUDIBLE, "Souffle continu.")
        assert following is wanted
        assert (following.state, following.replaces) == (SampleState.SAMPLED, gone.position)
        assert facts_of(audit).left_out == {"inaudible": 1}
        assert facts_of(audit).sampled == 3
        with pytest.raises(Conflict):
            drawing.leave_out(floor.claire, gone, LeftOut.INAUDIBLE, "Encore.")
        # judged, even in part, even if that was taken back: it stays
        judging.judge(floor.claire, following, floor.approved, "omitted")
        judging.take_back(floor.claire, following, floor.approved)
        with pytest.raises(Conflict):
            drawing.leave_out(floor.claire, following, LeftOut.INAUDIBLE, "Il dit du mal.")
        logged = db.session.scalars(select(AccessEvent.action).order_by(AccessEvent.id)).all()
        assert logged[-2:] == ["audit.promise_judged", "audit.judgement_taken_back"]


def test_reserves_that_can_no_longer_be_heard_are_passed_over(floor: Floor) -> None:
    with floor.app.app_context():
        audit = floor.drawn()
        gone = next(
            one
            for one in sampled_calls(audit)
            if any(
                other.stratum == one.stratum
                for other in audit.calls
                if other.state == SampleState.RESERVE
            )
        )
        reserve = [
            one
            for one in audit.calls
            if one.state == SampleState.RESERVE and one.stratum == gone.stratum
        ]
        for one in reserve:
            assert one.call is not None
            one.call.deleted_at = utc_now()
        assert drawing.leave_out(floor.claire, gone, "objection", "Il l’a écrit.") is None
        assert (facts_of(audit).sampled, facts_of(audit).unreplaced) == (2, 1)
        line = db.session.scalars(select(AccessEvent).filter_by(action="audit.call_left_out")).one()
        assert line.detail["skipped"] == [one.position for one in reserve]
        assert {one.left_out for one in reserve} == {LeftOut.ERASED}
        # whoever objected is not drawn again
        again = floor.drawn()
        assert [gone.call_id, "objection"] in again.drawn_from["excluded"]


def test_an_audit_is_closed_when_every_call_is_judged_and_the_client_is_told(floor: Floor) -> None:
    with floor.app.app_context():
        audit = floor.drawn()
        sample = sampled_calls(audit)
        call_id = sample[0].call_id or 0
        assert is_hidden(call_id)
        assert call_id in {one.call_id for one in wanted_by(floor.claire)}
        with pytest.raises(Conflict):
            drawing.close(floor.claire, audit)
        for one in sample:
            _judge_all(floor, one)
        assert not is_hidden(call_id)
        drawing.close(floor.claire, audit)
        told = db.session.scalars(select(Notice).filter_by(kind="audit.closed")).one()
        assert told.user_id == floor.client_id
        with pytest.raises(Conflict):
            drawing.abandon(floor.claire, audit, "Trop tard.")


def test_an_erased_call_keeps_its_judgements_without_words(floor: Floor) -> None:
    with floor.app.app_context():
        audit = floor.drawn()
        sampled = sampled_calls(audit)[0]
        _judge_all(floor, sampled)
        finding = sampled.judgements[0]
        finding.quote, finding.comment, finding.start_ms = "Madame Delattre", "Elle dit oui", 1000
        db.session.commit()
        call = db.session.get_one(Call, sampled.call_id)
        day = sampled.called_on
        call_purged(call)
        db.session.delete(call)
        db.session.commit()
        db.session.refresh(sampled)
        assert sampled.call_id is None
        assert sampled.called_on == day
        assert (finding.quote, finding.comment, finding.start_ms) == ("", "", None)
        assert facts_of(audit).erased == 1
