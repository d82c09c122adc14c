"""Putting calls aside, bringing them back, deleting them for good."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent
from callcoach.calls import operations, queries
from callcoach.calls.models import (
    AnalysisRun,
    Call,
    CallState,
    Recording,
    TippingPoint,
    Transcript,
    Turn,
    TurnCorrection,
)
from callcoach.calls.operations.lifecycle import PURGE_AFTER
from callcoach.calls.subjects import PROCESS, PURGE, SWEEP_FILES
from callcoach.calls.tasks import ORPHAN_AGE
from callcoach.errors import Conflict, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job, JobState
from callcoach.storage import get_store
from callcoach.storage.models import StoredFile

from .conftest import Floor, ImportSample, RunJobs


def _call(call_id: int) -> Call:
    return db.session.get_one(Call, call_id, populate_existing=True)


def _purge_job() -> Job:
    return db.session.scalars(select(Job).where(Job.kind == PURGE).order_by(Job.id.desc())).first()


def test_a_deleted_call_is_out_of_sight_and_comes_back(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample()
    run_jobs()
    with app.app_context():
        operations.delete_call(floor.supervisor, _call(call_id))
        db.session.commit()
        with pytest.raises(NotFound):
            queries.get_call(floor.supervisor, call_id)
        assert queries.list_calls(floor.supervisor).total == 0
        waits = _purge_job().not_before
        assert waits is not None
        assert abs(waits - utc_now() - PURGE_AFTER) < timedelta(minutes=1)
        aside = queries.get_call(floor.supervisor, call_id, include_deleted=True)
        operations.restore_call(floor.supervisor, aside)
        db.session.commit()
        assert queries.get_call(floor.supervisor, call_id).state == CallState.READY
        assert _purge_job().state == JobState.CANCELLED


def test_deleting_stops_the_work_and_restoring_takes_it_up(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample()
    with app.app_context():
        operations.delete_call(floor.supervisor, _call(call_id))
        db.session.commit()
    assert run_jobs() == []
    with app.app_context():
        operations.restore_call(floor.supervisor, _call(call_id))
        db.session.commit()
    assert run_jobs() == [PROCESS]
    with app.app_context():
        assert _call(call_id).state == CallState.READY


def test_the_purge_deletes_rows_and_files_for_good(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample()
    run_jobs()
    with app.app_context():
        call = _call(call_id)
        assert call.current_analysis is not None
        turn = call.current_analysis.turns[0]
        operations.correct_turn(floor.supervisor, call, turn, "Allô ?", based_on=0)
        operations.delete_call(floor.supervisor, call)
        call.deleted_at = utc_now() - PURGE_AFTER - timedelta(hours=1)
        _purge_job().not_before = None
        db.session.commit()
        assert len(list(get_store().list_keys())) == 3
    assert run_jobs() == [PURGE]
    with app.app_context():
        tables = (
            Call,
            Recording,
            Transcript,
            AnalysisRun,
            Turn,
            TippingPoint,
            TurnCorrection,
            StoredFile,
        )
        for table in tables:
            assert db.session.scalar(select(func.count()).select_from(table)) == 0, table
        assert list(get_store().list_keys()) == []
        actions = db.session.scalars(
            select(AccessEvent.action).where(AccessEvent.subject_id == call_id)
        ).all()
        assert actions[-2:] == ["call.deleted", "call.purged"], "the log outlives the call"
    import_sample()  # what was deleted for good may come again


@pytest.mark.parametrize("is_restored", [True, False])
def test_a_purge_that_comes_too_early_or_too_late_deletes_nothing(
    app: Flask,
    floor: Floor,
    import_sample: ImportSample,
    run_jobs: RunJobs,
    is_restored: bool,
) -> None:
    call_id = import_sample()
    run_jobs()
    with app.app_context():
        call = _call(call_id)
        operations.delete_call(floor.supervisor, call)
        if is_restored:
            call.deleted_at = None  # as if restored after the job had begun
        _purge_job().not_before = None
        db.session.commit()
    run_jobs()
    with app.app_context():
        assert _call(call_id).current_analysis is not None


Action = Callable[[Viewer, Call], object]


@pytest.mark.parametrize(
    "act",
    [
        operations.delete_call,
        operations.restore_call,
        operations.cancel_call,
        operations.retry_call,
        operations.transcribe_again,
    ],
)
def test_a_call_outside_the_scope_does_not_exist(
    app: Flask, floor: Floor, import_sample: ImportSample, act: Action
) -> None:
    call_id = import_sample()
    with app.app_context():
        for viewer in (floor.other_supervisor, floor.sponsor):
            with pytest.raises(NotFound):
                act(viewer, _call(call_id))
        with pytest.raises(NotAllowed):
            act(floor.agent, _call(call_id))


def test_team_leads_do_not_delete(app: Flask, floor: Floor, import_sample: ImportSample) -> None:
    call_id = import_sample()
    with app.app_context(), pytest.raises(NotAllowed):
        operations.delete_call(floor.team_lead, _call(call_id))


def test_there_is_nothing_to_retry_or_cancel_on_a_ready_call(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample()
    run_jobs()
    with app.app_context():
        for act in (operations.retry_call, operations.cancel_call):
            with pytest.raises(Conflict):
                act(floor.supervisor, _call(call_id))


def test_the_days_sweep_deletes_what_crashes_left_and_nothing_else(
    app: Flask, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    import_sample()
    run_jobs()
    data_dir: Path = app.extensions["callcoach"].data_dir
    with app.app_context():
        kept = {key for key, _ in get_store().list_keys()}
        orphans = [get_store().put(io.BytesIO(b"left")).key for _ in range(2)]
        folders = [data_dir / "tmp" / name for name in ("job-77", "import-new")]
        for folder in folders:
            folder.mkdir(parents=True)
        long_ago = (utc_now() - ORPHAN_AGE - timedelta(hours=1)).timestamp()
        for path in (data_dir / "files" / orphans[0], folders[0]):
            os.utime(path, (long_ago, long_ago))
        sweep = db.session.scalars(select(Job).where(Job.kind == SWEEP_FILES)).one()
        assert sweep.not_before is not None, "planned by the import, for another day"
        sweep.not_before = None
        db.session.commit()
    assert run_jobs() == [SWEEP_FILES]
    with app.app_context():
        assert {key for key, _ in get_store().list_keys()} == {*kept, orphans[1]}
    assert [folder.exists() for folder in folders] == [False, True]
