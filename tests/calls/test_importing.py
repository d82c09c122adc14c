"""One operation brings recordings in: what it accepts, what it recognises, what it leaves."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from callcoach.accounts.models import AccessEvent
from callcoach.analysis.model import AgentChannel
from callcoach.calls import operations
from callcoach.calls.metadata import CallMetadata
from callcoach.calls.models import Call, CallKind, CallState, Outcome
from callcoach.calls.operations import ImportOutcome, ImportResult
from callcoach.calls.subjects import PROCESS
from callcoach.errors import InvalidInput, NotAllowed, RecordingRejected
from callcoach.extensions import Base, db, write_transaction
from callcoach.jobs.models import Job, JobState
from callcoach.storage import get_store

from .conftest import SAMPLE, Floor, ImportSample

OTHER_SAMPLE = "comptaclair-03-dsi-laboratoire.mp3"


def _import(viewer: Any, path: Path, **options: Any) -> ImportResult:
    """As a view does: import, then commit once."""
    metadata = options.pop("metadata", CallMetadata(agent="hanta"))
    with write_transaction():
        result = operations.import_recording(
            viewer, path, options.pop("name", path.name), metadata=metadata, **options
        )
        db.session.commit()
    return result


def _contents(app: Flask) -> tuple[dict[str, int], set[str], set[str]]:
    """Rows of every table, keys of the store, and files anywhere in the data folder."""
    with app.app_context():
        counts = {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
        keys = {key for key, _ in get_store().list_keys()}
        db.session.remove()
    data_dir: Path = app.extensions["callcoach"].data_dir
    files = {
        path.relative_to(data_dir).as_posix()
        for path in data_dir.rglob("*")
        if path.is_file() and ".db" not in path.name
    }
    return counts, keys, files


def test_an_imported_recording_is_a_queued_call_with_its_original(
    app: Flask, floor: Floor, samples: Path
) -> None:
    with app.app_context():
        result = _import(
            floor.supervisor,
            samples / SAMPLE,
            metadata=CallMetadata(
                agent="HANTA",
                external_id="X-1",
                started_at=datetime(2026, 9, 17, 9, 8, tzinfo=UTC),
                prospect_name="Mme Vidal",
                kind=CallKind.GATEKEEPER,
                agent_channel=AgentChannel.LEFT,
            ),
        )
        assert result.outcome is ImportOutcome.IMPORTED
        call = db.session.get_one(Call, result.call_id)
        assert (call.state, call.kind, call.outcome) == ("queued", "gatekeeper", "none")
        assert (call.team_id, call.agent_id, call.campaign_id) == (
            floor.team_id,
            floor.agent_id,
            floor.campaign_id,
        ), "the agent's only team and the team's only campaign"
        assert (call.external_id, call.prospect_name, call.agent_channel) == (
            "X-1",
            "Mme Vidal",
            "left",
        )
        assert 60_000 < call.duration_ms < 120_000
        assert call.created_by_id == floor.supervisor.user_id
        assert call.recording is not None
        assert call.recording.original is not None
        assert (call.recording.container, call.recording.codec) == ("flac", "flac")
        stored = b"".join(get_store().open_range(call.recording.original.key))
        assert stored == (samples / SAMPLE).read_bytes(), "untouched"
        job = db.session.scalars(select(Job).where(Job.kind == PROCESS)).one()
        assert (job.subject, job.state) == (f"call:{call.id}", JobState.QUEUED)
        event = db.session.scalars(select(AccessEvent)).one()
        assert (event.action, event.subject_id) == ("call.imported", call.id)


def test_a_stream_is_as_good_as_a_file(app: Flask, floor: Floor, samples: Path) -> None:
    with app.app_context(), write_transaction():
        result = operations.import_recording(
            floor.supervisor,
            io.BytesIO((samples / SAMPLE).read_bytes()),
            SAMPLE,
            metadata=CallMetadata(agent="hanta"),
        )
        db.session.commit()
        assert result.outcome is ImportOutcome.IMPORTED


def test_every_sample_is_accepted(app: Flask, floor: Floor, samples: Path) -> None:
    names = [path for path in samples.iterdir() if path.suffix not in (".json", ".csv", ".md")]
    assert len(names) == 8
    with app.app_context():
        for path in names:
            metadata = CallMetadata(team="équipe antananarivo", agent="1042")
            assert _import(floor.admin, path, metadata=metadata).outcome == "imported"


def test_the_same_audio_is_a_duplicate_under_any_name(
    app: Flask, floor: Floor, samples: Path, import_sample: ImportSample
) -> None:
    call_id = import_sample(SAMPLE)
    before = _contents(app)
    with app.app_context():
        again = _import(floor.supervisor, samples / SAMPLE, name="renamed.flac")
        assert (again.outcome, again.call_id) == (ImportOutcome.DUPLICATE, call_id)
        assert SAMPLE in str(again)
    assert _contents(app) == before


def test_a_duplicate_in_a_foreign_team_does_not_tell_of_its_call(
    app: Flask, floor: Floor, samples: Path, import_sample: ImportSample
) -> None:
    import_sample(SAMPLE)
    with app.app_context():
        result = _import(
            floor.other_supervisor, samples / SAMPLE, metadata=CallMetadata(agent="yassine")
        )
        assert (result.outcome, result.call_id) == (ImportOutcome.DUPLICATE, None)
        assert SAMPLE not in str(result)


def test_one_external_id_with_other_audio_is_a_conflict_that_shows_both(
    app: Flask, floor: Floor, samples: Path, import_sample: ImportSample
) -> None:
    call_id = import_sample(SAMPLE, external_id="X-1")
    before = _contents(app)
    with app.app_context():
        result = _import(
            floor.supervisor,
            samples / OTHER_SAMPLE,
            metadata=CallMetadata(agent="hanta", external_id="X-1"),
        )
        assert (result.outcome, result.call_id) == (ImportOutcome.CONFLICT, call_id)
        assert SAMPLE in str(result)
        assert OTHER_SAMPLE in str(result)
    assert _contents(app) == before, "a conflict leaves nothing behind"


def test_one_external_id_from_two_sources_is_two_calls(
    app: Flask, floor: Floor, samples: Path, import_sample: ImportSample
) -> None:
    import_sample(SAMPLE, external_id="X-1")
    with app.app_context():
        result = _import(
            floor.supervisor,
            samples / OTHER_SAMPLE,
            metadata=CallMetadata(agent="hanta", external_id="X-1"),
            source="vicidial",
        )
        assert result.outcome is ImportOutcome.IMPORTED


def _not_audio(folder: Path) -> Path:
    path = folder / "notes.wav"
    path.write_text("This is a letter, not a call.\n" * 50)
    return path


def _silent(folder: Path) -> Path:
    import wave

    path = folder / "silent.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8000 * 2 * 5))
    return path


def _truncated(folder: Path) -> Path:
    whole = Path(__file__).parents[2] / "recordings_sample" / "comptaclair-01-daf-emballage.wav"
    path = folder / "cut.wav"
    path.write_bytes(whole.read_bytes()[:300_000])
    return path


def _empty(folder: Path) -> Path:
    path = folder / "empty.mp3"
    path.touch()
    return path


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_not_audio, "not_audio"),
        (_silent, "silent"),
        (_truncated, "truncated"),
        (_empty, "empty"),
    ],
)
def test_a_rejection_leaves_nothing_behind(
    app: Flask, floor: Floor, tmp_path: Path, make: Callable[[Path], Path], reason: str
) -> None:
    path = make(tmp_path)
    before = _contents(app)
    with app.app_context(), pytest.raises(RecordingRejected) as caught:
        _import(floor.supervisor, path)
    assert caught.value.reason == reason
    assert _contents(app) == before


@pytest.mark.parametrize("name", ["../../etc/passwd.wav", "C:\\calls\\a.wav", "", "a\u202egpj.wav"])
def test_a_name_with_a_path_or_a_trick_is_rejected(
    app: Flask, floor: Floor, samples: Path, name: str
) -> None:
    before = _contents(app)
    with app.app_context(), pytest.raises(RecordingRejected) as caught:
        _import(floor.supervisor, samples / SAMPLE, name=name)
    assert caught.value.reason == "unsafe_name"
    assert _contents(app) == before


def test_a_file_beyond_the_configured_size_is_rejected_while_it_arrives(
    app: Flask, floor: Floor
) -> None:
    app.extensions["callcoach"] = replace(app.extensions["callcoach"], max_megabytes=1)
    endless = io.BytesIO(b"RIFF" + bytes(3 * 1024 * 1024))
    before = _contents(app)
    with app.app_context(), pytest.raises(RecordingRejected) as caught:
        operations.import_recording(
            floor.supervisor, endless, "big.wav", metadata=CallMetadata(agent="hanta")
        )
    assert caught.value.reason == "too_large"
    assert endless.tell() < 2 * 1024 * 1024, "the rest is not read"
    assert _contents(app) == before


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (CallMetadata(agent="nobody"), ["nobody"]),
        (CallMetadata(team="Équipe Mars"), ["Équipe Mars"]),
        (CallMetadata(agent="hanta", campaign="Ombrières de parking"), ["Ombrières"]),
        (CallMetadata(agent="hanta", sponsor="Voltaneo"), ["Voltaneo"]),
        (CallMetadata(), ["agent", "team"]),
    ],
)
def test_metadata_that_name_nothing_known_are_refused_before_decoding(
    app: Flask, floor: Floor, samples: Path, metadata: CallMetadata, words: list[str]
) -> None:
    before = _contents(app)
    with app.app_context(), pytest.raises(InvalidInput) as caught:
        _import(floor.admin, samples / SAMPLE, metadata=metadata)
    assert all(word in str(caught.value) for word in words)
    assert _contents(app) == before


@pytest.mark.parametrize("agent", ["Hanta R.", "hanta r.", "HANTA", "1042", "  hänta  R. "])
def test_an_agent_is_known_by_name_sign_in_or_telephony_id(
    app: Flask, floor: Floor, samples: Path, agent: str
) -> None:
    with app.app_context():
        result = _import(floor.admin, samples / SAMPLE, metadata=CallMetadata(agent=agent))
        assert db.session.get_one(Call, result.call_id).agent_id == floor.agent_id


def test_csv_beats_file_name_beats_form(app: Flask, floor: Floor, samples: Path) -> None:
    with app.app_context():
        result = _import(
            floor.admin,
            samples / SAMPLE,
            name="20260914-114127_1042_33465710187-all.flac",
            metadata=CallMetadata(prospect_phone="+33612345678"),
            defaults=CallMetadata(agent="yassine", company="Vidal", prospect_phone="+33100000000"),
        )
        call = db.session.get_one(Call, result.call_id)
        assert call.prospect_phone == "+33612345678", "from the CSV"
        assert call.agent_id == floor.agent_id, "from the file name"
        assert call.started_at == datetime(2026, 9, 14, 9, 41, 27, tzinfo=UTC)
        assert call.company == "Vidal", "from the form"


@pytest.mark.parametrize("role", ["agent", "sponsor", "other_supervisor"])
def test_only_who_may_import_into_the_team_does(
    app: Flask, floor: Floor, samples: Path, role: str
) -> None:
    before = _contents(app)
    with app.app_context(), pytest.raises((NotAllowed, InvalidInput)):
        _import(
            getattr(floor, role),
            samples / SAMPLE,
            metadata=CallMetadata(team_id=floor.team_id, campaign_id=floor.campaign_id),
        )
    assert _contents(app) == before


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(
    app: Flask, floor: Floor, samples: Path, tmp_path: Path
) -> None:
    before = _contents(app)
    with app.app_context():
        result = _import(floor.supervisor, samples / SAMPLE, is_dry_run=True)
        assert (result.outcome, result.call_id) == (ImportOutcome.IMPORTED, None)
        with pytest.raises(RecordingRejected):
            _import(floor.supervisor, _not_audio(tmp_path), is_dry_run=True)
    assert _contents(app) == before


def test_a_transaction_that_fails_at_its_end_takes_the_file_with_it(
    app: Flask, floor: Floor, samples: Path
) -> None:
    before = _contents(app)
    with app.app_context():
        with write_transaction():
            result = operations.import_recording(
                floor.supervisor,
                samples / SAMPLE,
                SAMPLE,
                metadata=CallMetadata(agent="hanta"),
            )
            assert result.outcome is ImportOutcome.IMPORTED
            db.session.rollback()
        db.session.remove()
    assert _contents(app) == before


def test_pending_changes_are_never_lost_silently(app: Flask, floor: Floor, samples: Path) -> None:
    with app.app_context():
        db.session.add(AccessEvent(action="something.else"))
        with pytest.raises(RuntimeError, match="pending"), db.session.no_autoflush:
            _import(floor.supervisor, samples / SAMPLE)


def test_two_imports_of_one_file_at_once_make_one_call(
    app: Flask, floor: Floor, samples: Path
) -> None:
    barrier = threading.Barrier(4)
    outcomes: list[str] = []

    def _race() -> None:
        with app.app_context():
            barrier.wait()
            try:
                outcomes.append(_import(floor.supervisor, samples / SAMPLE).outcome.value)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=_race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["duplicate", "duplicate", "duplicate", "imported"]
    counts, keys, _ = _contents(app)
    assert (counts["calls"], counts["stored_files"], len(keys)) == (1, 1, 1)


def test_nobody_is_kept_from_writing_while_a_file_is_decoded(
    app: Flask, floor: Floor, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callcoach.calls.operations import importing

    real = importing.open_recording

    def _decode_while_another_writes(*args: Any, **options: Any) -> Any:
        def _write() -> None:
            with app.app_context(), write_transaction():
                db.session.add(AccessEvent(action="written.meanwhile"))
                db.session.commit()
                db.session.remove()

        writer = threading.Thread(target=_write)
        writer.start()
        writer.join(timeout=5)
        assert not writer.is_alive(), "the import holds the database"
        return real(*args, **options)

    monkeypatch.setattr(importing, "open_recording", _decode_while_another_writes)
    with app.app_context():
        assert _import(floor.supervisor, samples / SAMPLE).outcome is ImportOutcome.IMPORTED
        assert db.session.scalar(
            select(func.count())
            .select_from(AccessEvent)
            .where(AccessEvent.action == "written.meanwhile")
        )


def test_a_call_without_a_known_outcome_has_none(import_sample: ImportSample, app: Flask) -> None:
    call_id = import_sample()
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        assert (call.state, call.outcome, call.kind) == (
            CallState.QUEUED,
            Outcome.NONE,
            CallKind.TARGET,
        )
