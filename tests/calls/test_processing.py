"""From a stored recording to a ready call, on a real queue table with a stand-in recogniser."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import func, select

from callcoach import pipeline
from callcoach.analysis.model import AgentChannel, Speaker
from callcoach.calls import operations, queries, tasks
from callcoach.calls.mapping import context_of, to_ms
from callcoach.calls.metadata import CallMetadata
from callcoach.calls.models import AnalysisRun, Call, CallState, Transcript
from callcoach.calls.subjects import ANALYSE, PROCESS, TRANSCRIBE_AGAIN
from callcoach.extensions import db, write_transaction
from callcoach.jobs.models import Job, JobState
from callcoach.speech.peaks import Peaks
from callcoach.speech.playback import read_playback
from callcoach.storage import get_store
from tests.factories.recognition import FakeTranscriber

from .conftest import SAMPLE, Floor, ImportSample, RunJobs


def _call(call_id: int) -> Call:
    return db.session.get_one(Call, call_id, populate_existing=True)


def _count(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_recording_becomes_a_ready_call(
    app: Flask, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample(SAMPLE, agent_channel="left")
    assert run_jobs() == [PROCESS]
    with app.app_context():
        call = _call(call_id)
        assert (call.state, call.failure) == (CallState.READY, "")
        assert call.recording is not None
        assert call.recording.channels == "stereo"
        assert call.current_analysis is not None
        turns = call.current_analysis.turns
        assert len(turns) > 5
        assert {turn.speaker for turn in turns} == {"agent", "prospect"}
        assert all(0 <= t.start_ms < t.end_ms <= call.duration_ms for t in turns)
        assert call.current_analysis.figures
        job = db.session.scalars(select(Job).where(Job.kind == PROCESS)).first()
        assert job is not None
        assert (job.state, job.progress) == (JobState.DONE, 1.0)


def test_playback_and_peaks_are_the_recording(
    app: Flask, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample()
    run_jobs()
    with app.app_context():
        recording = _call(call_id).recording
        assert recording is not None
        assert recording.playback is not None
        assert recording.peaks is not None
        with get_store().local_copy(recording.playback.key) as path:
            sound = read_playback(path)
        assert sound.shape[0] == 2
        assert abs(sound.shape[1] / 16 - recording.duration_ms) < 100
        data = b"".join(get_store().open_range(recording.peaks.key))
        assert len(data) == recording.peaks.size_bytes
        assert Peaks.from_bytes(data).channels == 2


def test_the_worker_and_the_command_agree(
    app: Flask, samples: Path, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample(SAMPLE, agent_channel="left")
    run_jobs()
    with app.app_context():
        call = _call(call_id)
        told = pipeline.analyse_file(
            samples / SAMPLE,
            transcriber=FakeTranscriber(),
            agent_channel=AgentChannel.LEFT,
            context=context_of(call.campaign, call.persona),
        )
        kept = call.current_analysis
        assert kept is not None
        assert [
            (t.index, t.speaker, t.channel, t.start_ms, t.end_ms, t.text) for t in kept.turns
        ] == [
            (t.index, t.speaker.value, t.channel, to_ms(t.start_s), to_ms(t.end_s), t.text)
            for t in told.turns
        ]
        assert [(p.turn_index, p.cause, p.start_ms) for p in kept.tipping_points] == [
            (p.turn, p.cause.value, to_ms(p.start_s)) for p in told.tipping_points
        ]
        assert {name: figure["value"] for name, figure in kept.figures.items()} == {
            name: figure.value for name, figure in told.figures.items()
        }
        assert kept.engine == dict(told.engine)


def test_a_call_without_words_is_ready(
    app: Flask, floor: Floor, tmp_path: Path, run_jobs: RunJobs
) -> None:
    hiss = (np.random.default_rng(7).normal(0, 90, 8000 * 20)).astype("<i2")
    path = tmp_path / "hiss.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(hiss.tobytes())
    with app.app_context(), write_transaction():
        result = operations.import_recording(
            floor.supervisor, path, path.name, metadata=CallMetadata(agent="hanta")
        )
        db.session.commit()
    run_jobs()
    with app.app_context():
        call = _call(result.call_id or 0)
        assert call.state == CallState.READY
        assert queries.turns_of(call) == []


def test_swapping_channels_analyses_again_and_transcribes_nothing(
    app: Flask,
    floor: Floor,
    import_sample: ImportSample,
    run_jobs: RunJobs,
    transcriber: FakeTranscriber,
) -> None:
    call_id = import_sample(agent_channel="left")
    run_jobs()
    heard = len(transcriber.calls)
    with app.app_context():
        call = _call(call_id)
        before = [(t.channel, t.start_ms, t.text, t.speaker) for t in queries.turns_of(call)]
        operations.swap_channels(floor.supervisor, call)
        assert (call.agent_channel, call.state) == ("right", CallState.ANALYSING)
        assert call.current_analysis is not None, "what there is stays shown meanwhile"
        db.session.commit()
    assert run_jobs() == [ANALYSE]
    assert len(transcriber.calls) == heard
    with app.app_context():
        call = _call(call_id)
        assert call.state == CallState.READY
        other = {Speaker.AGENT: Speaker.PROSPECT, Speaker.PROSPECT: Speaker.AGENT}
        swapped = {(t.channel, t.speaker) for t in queries.turns_of(call)}
        assert swapped == {(channel, other[Speaker(speaker)]) for channel, _, _, speaker in before}
        assert (_count(Transcript), _count(AnalysisRun)) == (1, 2), "versions are kept"


def test_declaring_a_stereo_file_mixed_hears_it_again(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample(agent_channel="left")
    run_jobs()
    for channel in ("mixed", "right"):
        with app.app_context():
            operations.set_agent_channel(floor.supervisor, _call(call_id), channel)
            db.session.commit()
        assert run_jobs() == [TRANSCRIBE_AGAIN]
    with app.app_context():
        call = _call(call_id)
        assert call.current_analysis is not None
        assert (call.state, call.current_analysis.agent_channel) == (CallState.READY, 1)
        assert call.current_analysis.channels == "stereo"
        assert _count(Transcript) == 3


def test_what_is_changed_during_the_work_is_taken_up_by_another_run(
    app: Flask,
    floor: Floor,
    import_sample: ImportSample,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call_id = import_sample(agent_channel="left")
    real = pipeline.analyse_transcript
    changed = []

    def _analyse_while_someone_swaps(*args: Any, **options: Any) -> Any:
        if not changed:
            with write_transaction():
                operations.set_agent_channel(floor.supervisor, _call(call_id), "right")
                db.session.commit()
                db.session.remove()
            changed.append(True)
        return real(*args, **options)

    monkeypatch.setattr(pipeline, "analyse_transcript", _analyse_while_someone_swaps)
    assert run_jobs() == [PROCESS, ANALYSE]
    with app.app_context():
        call = _call(call_id)
        assert call.current_analysis is not None
        assert (call.state, call.current_analysis.agent_channel) == (CallState.READY, 1)


def test_transcribing_again_makes_a_new_version_and_keeps_the_old(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample()
    run_jobs()
    with app.app_context():
        first = _call(call_id).current_transcript_id
        operations.transcribe_again(floor.supervisor, _call(call_id))
        db.session.commit()
    run_jobs()
    with app.app_context():
        call = _call(call_id)
        assert call.current_transcript_id != first
        assert call.current_analysis is not None
        assert call.current_analysis.transcript_id == call.current_transcript_id
        numbers = db.session.scalars(select(Transcript.number).order_by(Transcript.number)).all()
        assert list(numbers) == [1, 2]
        assert len({key for key, _ in get_store().list_keys()}) == 3, "no second playback file"


def test_progress_never_falls_and_names_the_stage(
    app: Flask, import_sample: ImportSample, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_sample()
    told: list[tuple[float, str | None]] = []
    real = tasks.JobContext.progress

    def _listen(self: Any, fraction: float, stage: str | None = None) -> None:
        told.append((fraction, stage))
        real(self, fraction, stage)

    monkeypatch.setattr(tasks.JobContext, "progress", _listen)
    run_jobs()
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert len(fractions) > 10
    stages = [stage for _, stage in told if stage]
    assert stages == ["decoding", "transcribing", "analysing"]


def test_a_failure_is_told_on_the_call_and_a_retry_mends_it(
    app: Flask,
    floor: Floor,
    import_sample: ImportSample,
    run_jobs: RunJobs,
) -> None:
    call_id = import_sample()
    with app.app_context():
        call = _call(call_id)
        assert call.recording is not None
        assert call.recording.original is not None
        key = call.recording.original.key
        content = b"".join(get_store().open_range(key))
        get_store().delete(key)
    run_jobs()
    with app.app_context():
        call = _call(call_id)
        assert call.state == CallState.FAILED
        assert "not in the store" in call.failure
        import io

        get_store().put(io.BytesIO(content), key)
        operations.retry_call(floor.supervisor, call)
        assert (call.state, call.failure) == (CallState.QUEUED, "")
        db.session.commit()
    run_jobs()
    with app.app_context():
        assert _call(call_id).state == CallState.READY
        assert _count(AnalysisRun) == 1


def test_an_attempt_that_dies_after_transcribing_does_not_transcribe_twice(
    app: Flask,
    floor: Floor,
    import_sample: ImportSample,
    run_jobs: RunJobs,
    transcriber: FakeTranscriber,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call_id = import_sample()
    with monkeypatch.context() as patch:
        patch.setattr(
            pipeline, "analyse_transcript", lambda *a, **k: (_ for _ in ()).throw(MemoryError())
        )
        run_jobs()
    heard = len(transcriber.calls)
    assert heard == 2, "two channels, once"
    with app.app_context():
        job = db.session.scalars(select(Job).where(Job.kind == PROCESS)).one()
        assert (job.state, job.attempt) == (JobState.QUEUED, 1), "waits for its retry"
        assert _call(call_id).state == CallState.QUEUED
        job.not_before = None
        db.session.commit()
    run_jobs()
    assert len(transcriber.calls) == heard
    with app.app_context():
        assert _call(call_id).state == CallState.READY
        assert (_count(Transcript), _count(AnalysisRun)) == (1, 1)


def test_a_cancelled_call_stops_and_can_be_taken_up_again(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample()
    with app.app_context():
        operations.cancel_call(floor.supervisor, _call(call_id))
        db.session.commit()
        assert _call(call_id).state == CallState.CANCELLED
    assert run_jobs() == []
    with app.app_context():
        operations.retry_call(floor.supervisor, _call(call_id))
        db.session.commit()
    run_jobs()
    with app.app_context():
        assert _call(call_id).state == CallState.READY


def test_a_call_cancelled_while_it_is_transcribed_stays_cancelled(
    app: Flask,
    floor: Floor,
    import_sample: ImportSample,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    call_id = import_sample()
    real = pipeline.transcribe

    def _cancel_on_the_way(*args: Any, **options: Any) -> Any:
        data = real(*args, **options)
        with write_transaction():
            operations.cancel_call(floor.supervisor, _call(call_id))
            db.session.commit()
            db.session.remove()
        return data

    monkeypatch.setattr(pipeline, "transcribe", _cancel_on_the_way)
    run_jobs()
    with app.app_context():
        assert _call(call_id).state == CallState.CANCELLED
        assert _count(Transcript) == 0, "a run that lost its job writes nothing"


def test_temporary_files_are_gone_afterwards(
    app: Flask, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    import_sample()
    run_jobs()
    data_dir = app.extensions["callcoach"].data_dir
    assert list((data_dir / "tmp").iterdir()) == []
    assert list((data_dir / "files" / "tmp").iterdir()) == []
