"""Past calls are analysed again when the engine or a campaign's tuning changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from callcoach import pipeline
from callcoach.accounts.models import Team, User
from callcoach.analysis.engine import ANALYSIS_VERSION
from callcoach.calls import operations, queries, tasks
from callcoach.calls.models import AnalysisRun, Call, CallState, Decision
from callcoach.calls.operations import reanalysis
from callcoach.calls.operations.reanalysis import (
    SLICE,
    ask_for_refresh,
    feed_if_outdated,
    feed_refreshing,
    refresh_outdated,
)
from callcoach.calls.queries.reanalysis import reanalysis_progress
from callcoach.calls.subjects import FEED_REFRESH, PROCESS, PURGE, REFRESH, subject_of
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, JobFailed
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.jobs import operations as jobs
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.queue import get_queue
from callcoach.jobs.runner import Runner
from callcoach.tuning import operations as tuning
from callcoach.tuning.queries import changes_of, tuning_of
from tests.factories.calls import create_call

from .conftest import Floor, RunJobs

FLOOR = "monologue.floor_s"


def _call(floor: Floor, **values: Any) -> Call:
    """A ready call of the first campaign, analysed by an engine of long ago."""
    return create_call(
        team=db.session.get_one(Team, floor.team_id),
        agent=db.session.get_one(User, floor.agent_id),
        campaign=db.session.get_one(Campaign, floor.campaign_id),
        **values,
    )


@pytest.fixture(autouse=True)
def _one_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test falls on the border between two slots."""
    monkeypatch.setattr(reanalysis, "EVERY_S", 10**9)


@pytest.fixture
def call_id(app: Flask, floor: Floor) -> int:
    with app.app_context():
        return _call(floor).id


def _feed(app: Flask) -> None:
    with app.app_context(), write_transaction():
        feed_refreshing()
        db.session.commit()


def _tune(app: Flask, floor: Floor, value: float | None = 20.0) -> None:
    with app.app_context(), write_transaction():
        campaign = db.session.get_one(Campaign, floor.campaign_id)
        tuning.set_bound(floor.supervisor, campaign, FLOOR, value)
        db.session.commit()


def _kinds(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        rows = db.session.execute(select(Job.kind, Job.state).order_by(Job.id))
        return [(kind, str(state)) for kind, state in rows]


def test_an_outdated_call_is_analysed_again_while_it_stays_ready(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[CallState] = []
    analyse = pipeline.analyse_transcript

    def _watch(*arguments: Any, **options: Any) -> Any:
        seen.append(CallState(db.session.get_one(Call, call_id).state))
        db.session.rollback()
        return analyse(*arguments, **options)

    monkeypatch.setattr(pipeline, "analyse_transcript", _watch)
    with app.app_context():
        assert reanalysis_progress(floor.supervisor, floor.campaign_id).done == 0
    _feed(app)
    assert run_jobs() == [FEED_REFRESH, REFRESH]
    assert seen == [CallState.READY]
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        assert call.state == CallState.READY
        assert call.current_analysis.analysis_version == ANALYSIS_VERSION
        assert call.current_analysis.number == 2
        progress = reanalysis_progress(floor.supervisor, floor.campaign_id)
        assert (progress.done, progress.total, progress.is_complete) == (1, 1, True)


def test_what_is_up_to_date_is_left_alone(app: Flask, call_id: int, run_jobs: RunJobs) -> None:
    _feed(app)
    run_jobs()
    with app.app_context(), write_transaction():
        assert not feed_if_outdated()
        ask_for_refresh(call_id)
        db.session.commit()
    assert run_jobs() == [REFRESH]
    with app.app_context():
        assert db.session.get_one(Call, call_id).current_analysis.number == 2


def test_a_worker_that_starts_looks_for_what_an_upgrade_left(
    app: Flask, call_id: int, run_jobs: RunJobs
) -> None:
    with app.app_context(), write_transaction():
        assert feed_if_outdated()
        db.session.commit()
    assert REFRESH in run_jobs()


def test_tuning_a_campaign_brings_its_calls_up_to_it(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    with app.app_context():
        other_id = create_call().id
    _feed(app)
    run_jobs()
    _tune(app, floor)
    assert run_jobs() == [FEED_REFRESH, REFRESH]
    with app.app_context():
        tuned = db.session.get_one(Call, call_id).current_analysis.tuning
        assert len(tuned) == 12
        assert db.session.get_one(Call, other_id).current_analysis.tuning == ""
    _tune(app, floor, None)
    run_jobs()
    with app.app_context():
        assert db.session.get_one(Call, call_id).current_analysis.tuning == ""


def test_a_standing_changes_no_analysis(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context(), write_transaction():
        campaign = db.session.get_one(Campaign, floor.campaign_id)
        tuning.set_standing(floor.supervisor, campaign, "D09", "ignored_objection", "retired")
        tuning.set_floor(floor.supervisor, campaign, "D09", "ignored_objection", 0.5)
        db.session.commit()
    assert _kinds(app) == []


def test_verdicts_and_missed_moments_keep_their_moment(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    with app.app_context(), write_transaction():
        call = db.session.get_one(Call, call_id)
        point = call.current_analysis.tipping_points[0]
        operations.judge(floor.supervisor, call, point, Decision.CONFIRMED)
        operations.mark_missed(
            floor.supervisor, call, channel=0, start_ms=2_700, end_ms=9_000, cause="bookish"
        )
        before = [
            (m.cause, m.start_ms, m.end_ms)
            for m in queries.visible_moments(floor.agent, call)
            if m.is_confirmed
        ]
        db.session.commit()
    _feed(app)
    run_jobs()
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        assert call.current_analysis.number == 2
        shown = queries.visible_moments(floor.agent, call)
        confirmed = {m.cause: m for m in shown if m.is_confirmed}
        assert set(confirmed) == {"bookish", "ignored_objection"}
        assert confirmed["bookish"].is_missed
        assert before[0] == ("bookish", 2_700, 9_000)
        assert all(m.verdict is not None for m in confirmed.values())


def test_a_change_during_a_run_runs_again(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyse = pipeline.analyse_transcript
    changes = iter([20.0])

    def _change_meanwhile(*arguments: Any, **options: Any) -> Any:
        for value in changes:
            with app.app_context():
                _tune(app, floor, value)
        return analyse(*arguments, **options)

    monkeypatch.setattr(pipeline, "analyse_transcript", _change_meanwhile)
    with app.app_context(), write_transaction():
        ask_for_refresh(call_id)
        db.session.commit()
    assert run_jobs().count(REFRESH) == 2
    with app.app_context():
        run = db.session.get_one(Call, call_id).current_analysis
        assert (run.number, len(run.tuning)) == (2, 12), "nothing stale was shown in between"


def test_what_is_being_worked_on_or_put_aside_is_left_to_that(
    app: Flask, floor: Floor, run_jobs: RunJobs
) -> None:
    with app.app_context(), write_transaction():
        working, deleted = _call(floor), _call(floor)
        _call(floor, state=CallState.QUEUED)
        working.state = CallState.ANALYSING
        operations.delete_call(floor.supervisor, deleted)
        assert refresh_outdated() == 0
        progress = reanalysis_progress(floor.supervisor, floor.campaign_id)
        assert (progress.done, progress.total) == (0, 1)
        ask_for_refresh(deleted.id)
        db.session.commit()
        deleted_id = deleted.id
    run_jobs()
    with app.app_context():
        assert db.session.get_one(Call, deleted_id).current_analysis.number == 1


def test_progress_is_that_of_the_viewers_own_calls(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        for viewer, total in ((floor.supervisor, 1), (floor.admin, 1), (floor.other_supervisor, 0)):
            assert reanalysis_progress(viewer, floor.campaign_id).total == total
        assert reanalysis_progress(floor.admin, floor.other_campaign_id).total == 0


def test_the_queue_holds_a_slice_newest_first_behind_imports(
    app: Flask, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reanalysis, "SLICE", 3)
    assert SLICE == 50
    with app.app_context(), write_transaction():
        ids = [_call(floor).id for _ in range(5)]  # each later than the one before
        db.session.commit()
        assert (refresh_outdated(), refresh_outdated()) == (3, 3)
        db.session.commit()
        asked = db.session.scalars(
            select(Job.subject).where(Job.kind == REFRESH).order_by(Job.id)
        ).all()
        assert asked == [subject_of(number) for number in reversed(ids[2:])]
        waiting = _call(floor, state=CallState.QUEUED)
        import_job = jobs.enqueue(PROCESS, subject_of(waiting.id), viewer=floor.supervisor)
        db.session.commit()
        first = get_queue(app).huey.dequeue()
        assert first is not None
        assert first.args[0] == import_job.id


def test_the_next_slice_follows_until_none_is_left(
    app: Flask, floor: Floor, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reanalysis, "SLICE", 2)
    with app.app_context():
        for _ in range(3):
            _call(floor)
    _feed(app)
    for _ in range(4):
        run_jobs()
        with app.app_context(), write_transaction():
            later = select(Job).where(Job.kind == FEED_REFRESH, Job.state == JobState.QUEUED)
            for job in db.session.scalars(later):
                assert job.not_before is not None
                assert job.not_before > utc_now()
                job.not_before = None
            db.session.commit()
    with app.app_context():
        assert reanalysis_progress(floor.admin).is_complete
        live = select(func.count(Job.id)).where(Job.state == JobState.QUEUED)
        assert db.session.scalar(live) == 0, "nothing goes on for ever"


def test_a_refresh_that_dies_is_repeated(
    app: Flask, call_id: int, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    class _Killed(BaseException):
        """The process ends here: nothing of the task runs any more."""

    def _die(*_: Any) -> None:
        raise _Killed

    with app.app_context(), write_transaction():
        job_id = ask_for_refresh(call_id).id
        db.session.commit()
    monkeypatch.setattr(tasks, "words_changed", _die)
    with pytest.raises(_Killed):
        Runner(app, "a worker that dies").run(job_id)
    monkeypatch.undo()
    with app.app_context(), write_transaction():
        call = db.session.get_one(Call, call_id)
        assert call.current_analysis.number == 1, "half of it was not kept"
        job = db.session.get_one(Job, job_id)
        assert job.state == JobState.RUNNING
        job.lease_until = utc_now() - timedelta(seconds=1)
        db.session.commit()
    Runner(app, "the next one").run(job_id)
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        assert call.current_analysis.analysis_version == ANALYSIS_VERSION
        assert db.session.scalar(select(func.count(AnalysisRun.id))) == 2
        assert db.session.get_one(Job, job_id).state == JobState.DONE


def test_a_call_that_cannot_be_analysed_stays_as_it_is_and_rests(
    app: Flask, floor: Floor, call_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def _fail(*_: Any, **__: Any) -> None:
        raise JobFailed("It cannot be done.", retryable=False)

    monkeypatch.setattr(pipeline, "analyse_transcript", _fail)
    with app.app_context(), write_transaction():
        job_id = ask_for_refresh(call_id).id
        db.session.commit()
    Runner(app, "test worker").run(job_id)
    with app.app_context(), write_transaction():
        call = db.session.get_one(Call, call_id)
        assert (call.state, call.failure) == (CallState.READY, "")
        assert db.session.get_one(Job, job_id).state == JobState.FAILED
        assert refresh_outdated() == 0
        long_ago = utc_now() - reanalysis.FAILED_RESTS - timedelta(minutes=1)
        db.session.execute(update(Job).values(finished_at=long_ago))
        assert refresh_outdated() == 1
        db.session.rollback()


def test_a_call_that_goes_takes_what_was_learnt_from_it(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    with app.app_context(), write_transaction():
        kept = _call(floor)
        campaign = db.session.get_one(Campaign, floor.campaign_id)
        tuning.add_phrase(
            floor.supervisor,
            campaign,
            role="prototype",
            list_name="objection",
            text="on a déjà ce qu'il faut",
            source_call_id=call_id,
        )
        db.session.commit()
        kept_id = kept.id
    run_jobs()
    with app.app_context(), write_transaction():
        assert db.session.get_one(Call, kept_id).current_analysis.tuning
        call = db.session.get_one(Call, call_id)
        operations.delete_call(floor.supervisor, call)
        call.deleted_at = utc_now() - timedelta(days=8)
        for job in db.session.scalars(select(Job).where(Job.kind == PURGE)):
            job.not_before = None
        db.session.commit()
    run_jobs()
    with app.app_context():
        assert db.session.get(Call, call_id) is None
        assert tuning_of(floor.campaign_id).is_empty
        assert db.session.get_one(Call, kept_id).current_analysis.tuning == ""
        # The log knows that something was learnt and has gone, not what
        (change,) = changes_of(db.session.get_one(Campaign, floor.campaign_id)).items
        with pytest.raises(Conflict, match="left with the call"):
            tuning.undo_change(
                floor.supervisor, db.session.get_one(Campaign, floor.campaign_id), change.id
            )
