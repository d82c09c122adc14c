"""Verdicts: how they are given and undone, and what a new analysis does to them."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach import pipeline
from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role, Team, User
from callcoach.accounts.queries import viewer_of
from callcoach.analysis.model import Cause, Message
from callcoach.analysis.model import TippingPoint as Found
from callcoach.calls import operations, queries
from callcoach.calls.models import AnalysisRun, Call, Decision, TippingPoint, Verdict
from callcoach.calls.subjects import ANALYSE, TRANSCRIBE_AGAIN, subject_of
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, write_transaction
from callcoach.jobs import operations as jobs
from tests.factories.accounts import create_user
from tests.factories.calls import create_call

from .conftest import Floor, ImportSample, RunJobs


def flag(
    start_ms: int, end_ms: int, *, channel: int = 0, cause: str = "insistence"
) -> TippingPoint:
    return TippingPoint(
        turn_index=0,
        channel=channel,
        start_ms=start_ms,
        end_ms=end_ms,
        valence="negative",
        cause=cause,
        severity=2,
        confidence=0.7,
        detector="D03",
        quote="il faut absolument",
        evidence=[],
        explanation={"key": "insistence.explanation", "values": {}},
        suggestion={"key": "insistence.suggestion", "values": {}},
    )


@pytest.fixture
def call_id(app: Flask, floor: Floor) -> int:
    """A ready call of the first team with one negative flag."""
    with app.app_context():
        return create_call(
            team=db.session.get_one(Team, floor.team_id),
            agent=db.session.get_one(User, floor.agent_id),
            campaign=db.session.get_one(Campaign, floor.campaign_id),
        ).id


def _call(call_id: int) -> Call:
    db.session.expire_all()
    return db.session.get_one(Call, call_id)


def _point(call: Call) -> TippingPoint:
    assert call.current_analysis is not None
    return call.current_analysis.tipping_points[0]


def _in_force(call_id: int) -> list[Verdict]:
    return list(
        db.session.scalars(
            select(Verdict).where(Verdict.call_id == call_id, Verdict.withdrawn_at.is_(None))
        )
    )


def test_a_confirmed_flag_is_shown_to_its_agent(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = _call(call_id)
        assert queries.visible_moments(floor.agent, call) == []
        given_verdict = operations.judge(floor.supervisor, call, _point(call), "confirmed")
        db.session.commit()
        (shown,) = queries.visible_moments(floor.agent, _call(call_id))
        assert shown.is_confirmed
        assert shown.verdict is not None
        assert shown.verdict.id == given_verdict.id
        assert (given_verdict.start_ms, given_verdict.end_ms) == (shown.start_ms, shown.end_ms)
        assert given_verdict.author_id == floor.supervisor.user_id
        actions = db.session.scalars(select(AccessEvent.action)).all()
        assert actions == ["moment.confirmed"]


def test_the_same_decision_again_changes_nothing(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = _call(call_id)
        first = operations.judge(floor.supervisor, call, _point(call), "rejected")
        again = operations.judge(
            floor.admin, call, _point(call), Decision.REJECTED, seen_verdict_id=0
        )
        assert again.id == first.id
        assert again.author_id == floor.supervisor.user_id


def test_a_decision_made_on_what_was_not_seen_is_refused_and_names_the_other(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = _call(call_id)
        first = operations.judge(floor.supervisor, call, _point(call), "confirmed")
        with pytest.raises(StaleVersion) as refused:
            operations.judge(floor.admin, call, _point(call), "rejected", seen_verdict_id=0)
        assert refused.value.values["verdict_id"] == first.id
        assert refused.value.values["decision"] == "confirmed"
        assert refused.value.values["author"] == first.author.name  # type: ignore[union-attr]
        changed = operations.judge(
            floor.admin, call, _point(call), "rejected", seen_verdict_id=first.id
        )
        assert changed.replaces_id == first.id
        assert [item.id for item in _in_force(call_id)] == [changed.id]


def test_undoing_gives_back_the_verdict_before_and_then_none(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = _call(call_id)
        first = operations.judge(floor.supervisor, call, _point(call), "confirmed")
        second = operations.judge(floor.supervisor, call, _point(call), "rejected")
        with pytest.raises(Conflict):
            operations.withdraw_verdict(floor.supervisor, call, first)
        before = operations.withdraw_verdict(floor.supervisor, call, second)
        assert before is not None
        assert before.id == first.id
        assert _point(call).verdict_id == first.id
        assert operations.withdraw_verdict(floor.supervisor, call, second) is None, "twice is once"
        assert _point(call).verdict_id == first.id
        assert operations.withdraw_verdict(floor.supervisor, call, first) is None
        assert _point(_call(call_id)).verdict_id is None
        assert _in_force(call_id) == []
        (shown,) = queries.visible_moments(floor.supervisor, _call(call_id))
        assert shown.decision is None


def test_a_verdict_replaced_twice_is_not_undone_behind_the_others_back(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = _call(call_id)
        first = operations.judge(floor.supervisor, call, _point(call), "confirmed")
        operations.judge(floor.admin, call, _point(call), "rejected")
        operations.judge(floor.admin, call, _point(call), "confirmed")
        with pytest.raises(Conflict):
            operations.withdraw_verdict(floor.supervisor, call, first)


def test_only_two_decisions_exist(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        operations.judge(floor.supervisor, _call(call_id), _point(_call(call_id)), "maybe")


def test_only_supervisors_and_administrators_judge(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = _call(call_id)
        given_verdict = operations.judge(floor.admin, call, _point(call), "confirmed")
        for viewer, error in (
            (floor.team_lead, NotAllowed),
            (floor.agent, NotAllowed),
            (floor.other_supervisor, NotFound),
            (floor.sponsor, NotFound),
        ):
            with pytest.raises(error):
                operations.judge(viewer, call, _point(call), "rejected")
            with pytest.raises(error):
                operations.withdraw_verdict(viewer, call, given_verdict)
        call.deleted_at = call.created_at
        with pytest.raises(NotFound):
            operations.judge(floor.supervisor, call, _point(call), "rejected")


def test_a_flag_or_verdict_of_another_call_is_not_found(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        team, campaign = (
            db.session.get_one(Team, floor.team_id),
            db.session.get_one(Campaign, floor.campaign_id),
        )
        other_id = create_call(team=team, campaign=campaign).id
        other = db.session.get_one(Call, other_id)
        given_verdict = operations.judge(floor.supervisor, other, _point(other), "confirmed")
        with pytest.raises(NotFound):
            operations.judge(floor.supervisor, _call(call_id), _point(other), "confirmed")
        with pytest.raises(NotFound):
            operations.withdraw_verdict(floor.supervisor, _call(call_id), given_verdict)


def test_of_two_who_judge_one_flag_at_once_one_is_told_of_the_other(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        other_id = create_user(
            Role.SUPERVISOR, teams=[db.session.get_one(Team, floor.team_id)], name="Thomas"
        ).id
    ready, told = threading.Barrier(2), []

    def _judge(user_id: int, decision: Decision) -> None:
        with app.app_context():
            viewer = viewer_of(db.session.get_one(User, user_id))
            call = _call(call_id)
            point = _point(call)
            assert point.verdict is None
            db.session.commit()
            ready.wait(10)
            with write_transaction():
                try:
                    operations.judge(viewer, call, point, decision, seen_verdict_id=0)
                    db.session.commit()
                    told.append("judged")
                except StaleVersion as error:
                    db.session.rollback()
                    told.append(str(error.values["decision"]))
            db.session.remove()

    assert floor.supervisor.user_id is not None
    people = [(floor.supervisor.user_id, Decision.CONFIRMED), (other_id, Decision.REJECTED)]
    threads = [threading.Thread(target=_judge, args=who) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(told) == 2
    assert told[0] == "judged" or told[1] == "judged"
    with app.app_context():
        (kept,) = _in_force(call_id)
        assert {"judged", str(kept.decision)} == set(told)
        assert _point(_call(call_id)).verdict_id == kept.id


# --------------------------------------------------------------------- through a new analysis


@pytest.fixture
def analyse_with(
    app: Flask, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> Callable[[int, list[TippingPoint]], list[str]]:
    """Run the real analyse job on a call, with the given flags as what the detectors raise."""
    real = pipeline.analyse_transcript

    def _run(call_id: int, raised: list[TippingPoint]) -> list[str]:
        def _with_flags(*args: Any, **options: Any) -> Any:
            analysis = real(*args, **options)
            return _raising(analysis, raised)

        monkeypatch.setattr(pipeline, "analyse_transcript", _with_flags)
        with app.app_context():
            jobs.enqueue(ANALYSE, subject_of(call_id), viewer=Viewer.system())
            db.session.commit()
        return run_jobs()

    return _run


def _raising(analysis: Any, raised: list[TippingPoint]) -> Any:
    found = []
    for point in raised:
        turn = next(t for t in analysis.turns if t.channel == point.channel)
        found.append(
            Found(
                start_s=point.start_ms / 1000,
                end_s=point.end_ms / 1000,
                turn=turn.index,
                valence=Cause(point.cause).valence,
                cause=Cause(point.cause),
                severity=point.severity,
                confidence=point.confidence,
                detector=point.detector,
                evidence=(),
                explanation=Message(point.explanation["key"]),
                suggestion=Message(point.suggestion["key"]),
            )
        )
    return replace(analysis, tipping_points=tuple(found))


AnalyseWith = Callable[[int, list[TippingPoint]], list[str]]


def _judged(app: Flask, floor: Floor, call_id: int, decision: str) -> tuple[int, TippingPoint]:
    """Judge the flag of the factory's call; the verdict's id and a copy of the flag."""
    with app.app_context():
        call = _call(call_id)
        point = _point(call)
        like = flag(point.start_ms, point.end_ms, channel=point.channel, cause=point.cause)
        verdict_id = operations.judge(floor.supervisor, call, point, decision).id
        db.session.commit()
        return verdict_id, like


def test_a_new_analysis_keeps_the_verdict_on_the_flag_that_moved(
    app: Flask, floor: Floor, call_id: int, analyse_with: AnalyseWith
) -> None:
    verdict_id, like = _judged(app, floor, call_id, "confirmed")
    like.start_ms, like.end_ms = like.start_ms + 400, like.end_ms - 900
    assert analyse_with(call_id, [flag(2700, 9000), like]) == [ANALYSE]
    with app.app_context():
        shown = queries.visible_moments(floor.supervisor, _call(call_id))
        assert [(m.cause, m.is_confirmed, m.is_kept) for m in shown] == [
            ("insistence", False, False),
            ("ignored_objection", True, False),
        ]
        assert shown[1].start_ms == like.start_ms, "the flag moved, the verdict came along"
        assert shown[1].verdict is not None
        assert shown[1].verdict.id == verdict_id


def test_a_confirmed_moment_outlives_its_flag_and_takes_it_up_again(
    app: Flask, floor: Floor, call_id: int, analyse_with: AnalyseWith
) -> None:
    verdict_id, like = _judged(app, floor, call_id, "confirmed")
    analyse_with(call_id, [])
    with app.app_context():
        for viewer in (floor.supervisor, floor.agent):
            (kept,) = queries.visible_moments(viewer, _call(call_id))
            assert kept.is_kept
            assert kept.key == f"v{verdict_id}"
            assert kept.quote
    analyse_with(call_id, [like])
    with app.app_context():
        (shown,) = queries.visible_moments(floor.agent, _call(call_id))
        assert not shown.is_kept
        assert shown.is_confirmed


def test_a_rejection_without_a_flag_is_not_shown_but_meets_the_flag_when_it_returns(
    app: Flask, floor: Floor, call_id: int, analyse_with: AnalyseWith
) -> None:
    _, like = _judged(app, floor, call_id, "rejected")
    analyse_with(call_id, [])
    with app.app_context():
        assert queries.visible_moments(floor.supervisor, _call(call_id)) == []
    analyse_with(call_id, [like])
    with app.app_context():
        (shown,) = queries.visible_moments(floor.supervisor, _call(call_id))
        assert shown.is_rejected


def test_a_page_opened_before_the_new_analysis_judges_the_same_moment(
    app: Flask, floor: Floor, call_id: int, analyse_with: AnalyseWith
) -> None:
    verdict_id, like = _judged(app, floor, call_id, "confirmed")
    with app.app_context():
        old_id = _point(_call(call_id)).id
    analyse_with(call_id, [like])
    with app.app_context():
        call = _call(call_id)
        old = db.session.get_one(TippingPoint, old_id)
        changed = operations.judge(floor.supervisor, call, old, "rejected")
        db.session.commit()
        assert changed.replaces_id == verdict_id
        (shown,) = queries.visible_moments(floor.supervisor, _call(call_id))
        assert shown.is_rejected, "one moment, not two"
        with pytest.raises(StaleVersion):
            operations.judge(
                floor.admin,
                _call(call_id),
                db.session.get_one(TippingPoint, old_id),
                "confirmed",
                seen_verdict_id=verdict_id,
            )


def test_an_undone_confirmation_hides_the_flag_from_its_agent_in_every_version(
    app: Flask, floor: Floor, call_id: int, analyse_with: AnalyseWith
) -> None:
    verdict_id, like = _judged(app, floor, call_id, "confirmed")
    with app.app_context():
        old_id = _point(_call(call_id)).id
        assert queries.get_point(floor.agent, old_id)[1].id == old_id
    analyse_with(call_id, [like])
    with app.app_context():
        given_verdict = db.session.get_one(Verdict, verdict_id)
        operations.withdraw_verdict(floor.supervisor, _call(call_id), given_verdict)
        db.session.commit()
        for point_id in (old_id, _point(_call(call_id)).id):
            with pytest.raises(NotFound):
                queries.get_point(floor.agent, point_id)
            assert queries.get_point(floor.supervisor, point_id)[1].id == point_id


def test_swapping_channels_and_transcribing_again_keep_the_confirmed_moment(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample(agent_channel="left")
    run_jobs()
    with app.app_context():
        call = _call(call_id)
        run = db.session.get_one(AnalysisRun, call.current_analysis_id)
        turn = next(turn for turn in run.turns if turn.speaker == "agent")
        added = flag(turn.start_ms, turn.end_ms, channel=turn.channel)
        added.analysis_id = run.id
        db.session.add(added)
        db.session.flush()
        verdict_id = operations.judge(floor.supervisor, call, added, "confirmed").id
        where = (added.channel, added.start_ms, added.end_ms)
        operations.swap_channels(floor.supervisor, call)
        db.session.commit()
    assert run_jobs() == [ANALYSE]
    for again in (True, False):
        with app.app_context():
            kept = [m for m in queries.visible_moments(floor.agent, _call(call_id)) if m.verdict]
            assert [(m.channel, m.start_ms, m.end_ms) for m in kept] == [where]
            assert kept[0].verdict is not None
            assert kept[0].verdict.id == verdict_id
            if again:
                operations.transcribe_again(floor.supervisor, _call(call_id))
                db.session.commit()
        if again:
            assert run_jobs() == [TRANSCRIBE_AGAIN]


def test_a_verdict_keeps_what_the_flag_said(
    app: Flask, floor: Floor, call_id: int, analyse_with: AnalyseWith
) -> None:
    with app.app_context():
        said = copy.deepcopy(_point(_call(call_id)).explanation)
    verdict_id, _ = _judged(app, floor, call_id, "confirmed")
    analyse_with(call_id, [])
    with app.app_context():
        kept = db.session.get_one(Verdict, verdict_id)
        assert kept.explanation == said
