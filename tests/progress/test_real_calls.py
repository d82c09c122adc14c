"""Known counts on calls that come in by themselves: imported, recognised and analysed by jobs."""

from __future__ import annotations

import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.calls import operations as calls
from callcoach.calls.metadata import CallMetadata
from callcoach.calls.models import Call
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations import notes
from callcoach.extensions import db, write_transaction
from callcoach.progress.counting import Saying
from callcoach.progress.models import Recheck, SignKind
from callcoach.progress.operations import following, hearing
from callcoach.progress.queries import rechecks as queries
from tests.calls.conftest import Floor, RunJobs
from tests.factories import recognition
from tests.progress.steps import listen_of

pytestmark = pytest.mark.any_database

SAID = ["je", "me", "permets", "d'insister", "encore", "un", "peu"]
NOT_SAID = ["vous", "clôturez", "en", "combien", "de", "jours", "en", "fin", "de", "mois"]
SENT = datetime(2026, 9, 30, 12, tzinfo=UTC)


@pytest.fixture
def import_call(
    app: Flask, floor: Floor, run_jobs: RunJobs, short_recording, tmp_path, monkeypatch
):
    """Import a call so many days from the note, in which the agent says it or does not."""
    made = iter(range(100))

    def _import(days: float, *, said: bool) -> int:
        monkeypatch.setattr(recognition, "PHRASE", SAID if said else NOT_SAID)
        path = _another(short_recording, tmp_path / f"appel-{next(made)}.wav")
        started = (SENT + timedelta(days=days)).isoformat()
        with app.app_context(), write_transaction():
            result = calls.import_recording(
                floor.supervisor,
                path,
                path.name,
                metadata=CallMetadata.from_values(
                    {"agent": "hanta", "started_at": started, "kind": "target"}
                ),
            )
            assert result.call_id is not None, str(result)
            db.session.commit()
        run_jobs()
        return result.call_id

    return _import


def _another(recording: Path, path: Path) -> Path:
    """The same sound as other bytes: one recording is imported once."""
    with wave.open(str(recording)) as file:
        params, frames = file.getparams(), bytearray(file.readframes(file.getnframes()))
    frames[-4] = sum(path.name.encode()) % 100
    with wave.open(str(path), "wb") as file:
        file.setparams(params)
        file.writeframes(bytes(frames))
    return path


def _send_note(floor: Floor, call_id: int) -> Recheck:
    """As a supervisor sends one; then as if it had been in September."""
    call = db.session.get_one(Call, call_id)
    text = NoteText(
        channel=0,
        start_ms=2000,
        end_ms=6000,
        quote="je me permets d'insister encore un peu",
        hears="« je me permets d’insister » : il n’entend plus que cela.",
        instead="D’accord. Qu’est-ce qui vous ferait changer ?",
    )
    draft = notes.save_draft(floor.supervisor, call, text)
    note = notes.send_note(floor.supervisor, call, draft, text, based_on=draft.row_version)
    recheck = db.session.scalars(select(Recheck).where(Recheck.note_id == note.id)).one()
    recheck.started_at = note.sent_at = SENT
    following.gather(recheck)
    db.session.commit()
    return recheck


def test_known_counts_on_calls_that_come_in(
    app: Flask, floor: Floor, import_call, run_jobs, monkeypatch
):
    own = import_call(-1, said=True)
    with app.app_context():
        recheck = _send_note(floor, own)
        number = recheck.id
        assert (recheck.sign, recheck.subject) == (
            SignKind.EXPRESSION,
            "je me permets d’insister",
        )
    later = [import_call(day, said=day == 2) for day in (1, 2, 3, 4)]
    for day in (-2, -3, -4):  # older calls that are imported afterwards
        import_call(day, said=day != -4)
    with app.app_context():
        recheck = db.session.get_one(Recheck, number)
        counts = queries.tally_of(recheck)
        assert (counts.before.count, counts.before.total) == (2, 3)
        assert (counts.after.count, counts.after.total) == (1, 4)
        assert (counts.to_hear, counts.saying) == (1, Saying.TOO_EARLY)
        waiting = queries.waiting(floor.supervisor)
        assert waiting[0].call_id == later[1]
        assert waiting[0].end_ms - waiting[0].start_ms < 5000, "where to listen"
        hearing.hear(floor.supervisor, waiting[0], "came_back")
        call = db.session.get_one(Call, later[0])
        calls.transcribe_again(floor.supervisor, call)
        db.session.commit()
        heard = waiting[0].id
    monkeypatch.setattr(recognition, "PHRASE", SAID)
    run_jobs()  # the words of the first later call are read anew
    with app.app_context():
        recheck = db.session.get_one(Recheck, number)
        counts = queries.tally_of(recheck)
        again = listen_of(recheck, db.session.get_one(Call, later[0]))
        assert again.is_detected, "what it says now counts"
        assert (counts.after.count, counts.heard.count) == (2, 1)
        assert counts.saying is Saying.CAME_BACK
        # a call is put aside, and purged for good
        calls.delete_call(floor.supervisor, db.session.get_one(Call, later[1]))
        db.session.commit()
        assert queries.tally_of(recheck).heard.total == 0
        calls.purge_call(db.session.get_one(Call, later[1]))
        db.session.commit()
        assert [item.id for item in following.listens_of(recheck) if item.id == heard] == []
