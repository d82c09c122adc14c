"""Excerpts: written once by a worker, exactly the stretch asked for, gone with the audio."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import func, select

from callcoach.calls import operations, tasks
from callcoach.calls.models import Call, CallState, Excerpt, TurnCorrection
from callcoach.calls.operations.excerpts import MAX_EXCERPT_MS
from callcoach.calls.operations.lifecycle import PURGE_AFTER
from callcoach.calls.subjects import EXCERPT, PURGE, SWEEP_FILES, excerpt_subject
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.jobs.models import Job, JobState
from callcoach.speech.playback import read_playback
from callcoach.storage import get_store
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import register_derived, sweep_orphans

from .conftest import Floor, ImportSample, RunJobs

START_MS, END_MS = 2500, 9250


def _call(call_id: int) -> Call:
    db.session.expire_all()
    return db.session.get_one(Call, call_id)


def _keys() -> set[str]:
    return {key for key, _ in get_store().list_keys()}


@pytest.fixture
def call_id(import_sample: ImportSample, run_jobs: RunJobs) -> int:
    """A processed recording of 20 seconds."""
    number = import_sample()
    run_jobs()
    return number


def _ask(app: Flask, floor: Floor, call_id: int, start_ms: int, end_ms: int) -> int:
    """Ask for an excerpt and commit; its id."""
    with app.app_context(), write_transaction():
        excerpt = operations.ensure_excerpt(floor.supervisor, _call(call_id), start_ms, end_ms)
        assert excerpt is not None
        db.session.commit()
        return excerpt.id


def _job(excerpt_id: int) -> Job:
    wanted = select(Job).where(Job.subject == excerpt_subject(excerpt_id))
    job: Job = db.session.scalars(wanted.order_by(Job.id.desc()).limit(1)).one()
    return job


def test_a_worker_writes_exactly_the_stretch_that_was_asked_for(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    excerpt_id = _ask(app, floor, call_id, START_MS, END_MS)
    with app.app_context():
        assert db.session.get_one(Excerpt, excerpt_id).file is None, "not in the request"
    assert run_jobs() == [EXCERPT]
    with app.app_context():
        excerpt = db.session.get_one(Excerpt, excerpt_id)
        recording = _call(call_id).recording
        assert excerpt.file is not None
        assert recording is not None
        assert recording.playback is not None
        assert (excerpt.file.kind, excerpt.file.media_type) == ("excerpt", "audio/mp4")
        store = get_store()
        with store.local_copy(excerpt.file.key) as path:
            cut = read_playback(path)
        with store.local_copy(recording.playback.key) as path:
            whole = read_playback(path, START_MS / 1000, END_MS / 1000)
    assert cut.shape[0] == 1, "mono"
    assert cut.shape[1] / 16 == pytest.approx(END_MS - START_MS, abs=64)
    # The same sound at the same place: shifted by 5 ms it would be less alike
    length = min(cut.shape[1], whole.shape[1])
    mixed, heard = whole.mean(axis=0)[:length], cut[0, :length]
    best = max(range(-800, 801, 16), key=lambda shift: float(np.dot(np.roll(heard, shift), mixed)))
    assert abs(best) <= 80, f"{best / 16} ms off"


def test_asking_twice_makes_one_excerpt_one_job_and_one_file(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    first = _ask(app, floor, call_id, START_MS, END_MS)
    assert _ask(app, floor, call_id, START_MS, END_MS) == first
    assert run_jobs() == [EXCERPT]
    with app.app_context():
        files = _keys()
    assert _ask(app, floor, call_id, START_MS, END_MS) == first
    assert run_jobs() == [], "it is there"
    with app.app_context():
        assert _keys() == files
        assert db.session.scalar(select(func.count()).select_from(Excerpt)) == 1


def test_two_who_ask_at_once_get_the_same_excerpt(app: Flask, floor: Floor, call_id: int) -> None:
    ready, got = threading.Barrier(2), []

    def _both() -> None:
        ready.wait(10)
        got.append(_ask(app, floor, call_id, START_MS, END_MS))

    threads = [threading.Thread(target=_both) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == 2
    assert got[0] == got[1]


def test_bounds_are_cut_to_the_recording(app: Flask, floor: Floor, call_id: int) -> None:
    excerpt_id = _ask(app, floor, call_id, -3000, 90_000)
    with app.app_context():
        excerpt = db.session.get_one(Excerpt, excerpt_id)
        assert (excerpt.start_ms, excerpt.end_ms) == (0, _call(call_id).duration_ms)


def test_the_last_moment_of_a_recording_can_be_cut(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    with app.app_context():
        end_ms = _call(call_id).duration_ms
    excerpt_id = _ask(app, floor, call_id, end_ms - 40, end_ms)
    run_jobs()
    with app.app_context():
        assert db.session.get_one(Excerpt, excerpt_id).file is not None


@pytest.mark.parametrize("bounds", [(5000, 5000), (9000, 5000), (90_000, 95_000)])
def test_an_empty_stretch_is_refused(
    app: Flask, floor: Floor, call_id: int, bounds: tuple[int, int]
) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        operations.ensure_excerpt(floor.supervisor, _call(call_id), *bounds)


def test_a_whole_call_is_not_an_excerpt(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = _call(call_id)
        call.duration_ms = MAX_EXCERPT_MS + 1
        with pytest.raises(InvalidInput):
            operations.ensure_excerpt(floor.supervisor, call, 0, MAX_EXCERPT_MS + 1)


def test_a_call_not_processed_yet_has_no_excerpt(
    app: Flask, floor: Floor, import_sample: ImportSample
) -> None:
    call_id = import_sample()
    with app.app_context():
        assert operations.ensure_excerpt(floor.supervisor, _call(call_id), 0, 4000) is None


def test_a_worker_killed_between_file_and_row_leaves_nothing_wrong(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    excerpt_id = _ask(app, floor, call_id, START_MS, END_MS)
    real = register_derived
    died: list[set[str]] = []

    def _die_once(*args: Any, **options: Any) -> StoredFile:
        if not died:
            died.append(_keys())
            raise MemoryError("as if killed here")
        return real(*args, **options)

    monkeypatch.setattr(tasks, "register_derived", _die_once)
    run_jobs()
    assert len(died) == 1
    with app.app_context():
        assert db.session.get_one(Excerpt, excerpt_id).file is None
        assert died[0] == _keys(), "the file is there, without a row"
        job = _job(excerpt_id)
        assert job.state != JobState.DONE
        if job.state == JobState.QUEUED:
            job.not_before = None
        db.session.commit()
    _ask(app, floor, call_id, START_MS, END_MS)
    assert run_jobs() == [EXCERPT]
    with app.app_context():
        excerpt = db.session.get_one(Excerpt, excerpt_id)
        assert excerpt.file is not None
        assert _keys() == died[0], "written over, not beside"
        rows = db.session.scalars(select(StoredFile).where(StoredFile.kind == "excerpt")).all()
        assert [row.key for row in rows] == [excerpt.file.key]


def test_running_the_job_again_changes_nothing(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    excerpt_id = _ask(app, floor, call_id, START_MS, END_MS)
    run_jobs()
    with app.app_context():
        before = db.session.get_one(Excerpt, excerpt_id).file_id
        job = _job(excerpt_id)
        job.state, job.finished_at = JobState.QUEUED, None
        db.session.commit()
    assert run_jobs() == [EXCERPT]
    with app.app_context():
        assert db.session.get_one(Excerpt, excerpt_id).file_id == before
        assert _job(excerpt_id).state == JobState.DONE


# ------------------------------------------------------------------------ the audio is deleted


def _delete_audio(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context(), write_transaction():
        operations.delete_audio(floor.supervisor, _call(call_id))
        db.session.commit()
        db.session.remove()


def test_deleting_the_audio_deletes_every_file_and_leaves_the_words(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    excerpt_id = _ask(app, floor, call_id, START_MS, END_MS)
    run_jobs()
    with app.app_context():
        call = _call(call_id)
        assert call.current_analysis is not None
        turn = call.current_analysis.turns[0]
        operations.correct_turn(floor.supervisor, call, turn, "Allô ?", based_on=0)
        db.session.commit()
        assert len(_keys()) == 4
        turns = len(call.current_analysis.turns)
    _delete_audio(app, floor, call_id)
    _delete_audio(app, floor, call_id)  # twice is once
    with app.app_context():
        assert _keys() == set()
        assert db.session.scalars(select(StoredFile)).all() == []
        call = _call(call_id)
        assert call.state == CallState.READY
        assert call.current_analysis is not None
        assert len(call.current_analysis.turns) == turns
        assert db.session.scalar(select(func.count()).select_from(TurnCorrection)) == 1
        assert call.recording is not None
        assert call.recording.audio_deleted_at is not None
        assert db.session.get_one(Excerpt, excerpt_id).file is None
        assert operations.ensure_excerpt(floor.supervisor, call, START_MS, END_MS) is None


def test_an_excerpt_asked_for_before_the_deletion_is_not_written_after_it(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    excerpt_id = _ask(app, floor, call_id, START_MS, END_MS)
    _delete_audio(app, floor, call_id)
    assert run_jobs() == [EXCERPT]
    with app.app_context():
        assert _job(excerpt_id).state == JobState.DONE
        assert _keys() == set()


@pytest.mark.parametrize("moment", ["before the copy", "after the file"])
def test_audio_deleted_while_the_worker_cuts_leaves_no_sound(
    app: Flask,
    floor: Floor,
    call_id: int,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    excerpt_id = _ask(app, floor, call_id, START_MS, END_MS)
    real = tasks._cut

    def _while_somebody_deletes(*args: Any) -> Any:
        if moment == "before the copy":
            _delete_audio(app, floor, call_id)
            return real(*args)
        content = real(*args)
        _delete_audio(app, floor, call_id)
        return content

    monkeypatch.setattr(tasks, "_cut", _while_somebody_deletes)
    assert run_jobs() == [EXCERPT]
    with app.app_context():
        assert _job(excerpt_id).state == JobState.DONE, "nothing is wrong: there is nothing to do"
        assert db.session.get_one(Excerpt, excerpt_id).file is None
        assert db.session.scalars(select(StoredFile)).all() == []
        sweep_orphans(utc_now() + timedelta(minutes=1))
        assert _keys() == set(), "the daily sweep takes what the worker had written"


def test_a_playback_file_that_vanished_fails_the_job_and_says_so(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    excerpt_id = _ask(app, floor, call_id, START_MS, END_MS)
    with app.app_context():
        recording = _call(call_id).recording
        assert recording is not None
        assert recording.playback is not None
        get_store().delete(recording.playback.key)
    run_jobs()
    with app.app_context():
        job = _job(excerpt_id)
        assert job.state == JobState.FAILED
        assert "not in the store" in job.reason


def test_the_purge_takes_the_excerpts_along(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    _ask(app, floor, call_id, START_MS, END_MS)
    run_jobs()
    with app.app_context():
        call = _call(call_id)
        operations.delete_call(floor.supervisor, call)
        call.deleted_at = utc_now() - PURGE_AFTER - timedelta(hours=1)
        db.session.scalars(select(Job).where(Job.kind == PURGE)).one().not_before = None
        db.session.commit()
    assert run_jobs() == [PURGE]
    with app.app_context():
        assert _keys() == set()
        for table in (Excerpt, StoredFile, Call):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0, table


def test_the_audio_of_a_call_in_work_is_not_deleted_under_it(
    app: Flask, floor: Floor, import_sample: ImportSample
) -> None:
    call_id = import_sample()
    with app.app_context():
        with pytest.raises(Conflict):
            operations.delete_audio(floor.supervisor, _call(call_id))
        jobs = select(Job).where(Job.kind != SWEEP_FILES)
        assert [job.state for job in db.session.scalars(jobs)] == [JobState.QUEUED]


def test_who_deletes_calls_deletes_audio_and_nobody_else(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = _call(call_id)
        for viewer, error in (
            (floor.team_lead, NotAllowed),
            (floor.agent, NotAllowed),
            (floor.other_supervisor, NotFound),
            (floor.sponsor, NotFound),
        ):
            with pytest.raises(error):
                operations.delete_audio(viewer, call)
        operations.delete_call(floor.supervisor, call)
        with pytest.raises(NotFound):
            operations.delete_audio(floor.supervisor, call)
