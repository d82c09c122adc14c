"""Spoken notes: recorded in pieces, kept small, recognised, replaced, removed, brought back, purged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent, User
from callcoach.calls import recogniser
from callcoach.calls.operations import purge_call
from callcoach.coaching import voice_subjects as subjects
from callcoach.coaching.models import Note
from callcoach.coaching.operations import notes, voice
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from callcoach.search.models import SearchEntry
from callcoach.speech.models import resolve_model
from callcoach.speech.whisper import WhisperTranscriber
from callcoach.storage import get_store
from callcoach.storage.models import StoredFile
from tests.calls.conftest import RunJobs
from tests.drills.microphone import SAID, write_microphone
from tests.drills.steps import put_piece, silent_wav, stored, voice_wav
from tests.factories.coaching import create_note
from tests.factories.notes import spoken_note

from .conftest import Desk
from .note_steps import JSON, create, send

SignIn = Callable[[User | int], FlaskClient]
PIECE = 20_000


def _files() -> set[str]:
    return {key for key, _at in get_store().list_keys()}


def _takes(note_id: int, name: str = "take-1") -> str:
    return f"/notes/{note_id}/voice/takes/{name}"


def _record(browser: FlaskClient, note_id: int, sound: bytes, name: str = "take-1") -> dict:  # type: ignore[type-arg]
    answer = None
    for start in range(0, len(sound), PIECE):
        end = min(start + PIECE, len(sound))
        answer = put_piece(browser, _takes(note_id, name), sound, start, end)
        assert answer.status_code == 200, answer.text
    assert answer is not None
    facts: dict = answer.json  # type: ignore[type-arg]
    assert facts["done"]
    return facts


@pytest.fixture
def draft(desk: Desk, claire: FlaskClient) -> int:
    number: int = create(claire, desk, instead="", hears="").json["note"]["id"]
    return number


def test_a_recording_comes_in_pieces_and_goes_on_where_the_line_broke(
    app: Flask, claire: FlaskClient, draft: int, tmp_path: Path
) -> None:
    sound = voice_wav(tmp_path)
    assert claire.get(_takes(draft)).json == {"offset": 0, "done": False}
    put_piece(claire, _takes(draft), sound, 0, PIECE)
    assert claire.get(_takes(draft)).json["offset"] == PIECE
    ahead = put_piece(claire, _takes(draft), sound, 2 * PIECE, 3 * PIECE)
    assert ahead.status_code == 409
    facts = _record(claire, draft, sound)
    assert facts["state"] == "waiting"
    assert claire.get(_takes(draft)).json["done"], "a last answer that was lost is given again"
    with app.app_context():
        note = db.session.get_one(Note, draft)
        assert 1900 <= note.voice_ms <= 2100
        assert note.voice_file is not None
        assert note.voice_file.size_bytes <= 3000 * note.voice_ms / 1000, "3 kB a second at most"
        assert _files() == {note.voice_file.key}, "nothing of the upload is kept"


@pytest.mark.parametrize("what", ["silence", "words"])
def test_what_is_no_voice_is_refused_and_leaves_nothing(
    app: Flask, claire: FlaskClient, draft: int, tmp_path: Path, what: str
) -> None:
    sound = silent_wav(tmp_path, 0.5) if what == "silence" else b"#!/bin/sh\n" * 50
    answer = put_piece(claire, _takes(draft), sound, 0, len(sound))
    assert answer.status_code in (400, 422)
    assert answer.json["error"]
    with app.app_context():
        assert db.session.get_one(Note, draft).voice_file_id is None
        assert _files() == set()


def test_until_it_is_sent_only_its_author_hears_it(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        note = spoken_note(desk.call, desk.user("claire"), sent=False)
        note_id = note.id
    assert claire.get(f"/notes/{note_id}/voice").status_code == 200
    for name in ("thomas", "admin", "lead", "agent", "colleague", "stranger", "sponsor"):
        browser = sign_in(desk.ids[name])
        for address in (f"/notes/{note_id}/voice", f"/notes/{note_id}/voice/status"):
            assert browser.get(address).status_code == 404, name


def test_the_agent_hears_it_in_parts_and_it_is_written_down_once(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = spoken_note(desk.call, desk.user("claire")).id
    hanta = sign_in(desk.ids["agent"])
    page = hanta.get(f"/my/notes/{note_id}").text
    assert f'src="/notes/{note_id}/voice"' in page
    assert "Vous êtes équipé." in page
    for span in ("bytes=0-9", "bytes=10-"):
        part = hanta.get(f"/notes/{note_id}/voice", headers={"Range": span})
        assert part.status_code == 206
        assert part.headers["Cache-Control"] == "private, no-store"
    with app.app_context():
        actions = db.session.scalars(
            select(AccessEvent.actor_id).where(AccessEvent.action == "note.voice_heard")
        ).all()
        assert actions == [desk.ids["agent"]]


def test_its_words_are_recognised_in_the_background(
    app: Flask, desk: Desk, claire: FlaskClient, draft: int, tmp_path: Path, run_jobs: RunJobs
) -> None:
    _record(claire, draft, voice_wav(tmp_path))
    assert subjects.TRANSCRIBE in run_jobs()
    facts = claire.get(f"/notes/{draft}/voice/status").json
    assert facts["state"] == "ready"
    with app.app_context():
        assert facts["text"] == db.session.get_one(Note, draft).voice_text


def test_a_sent_note_is_found_by_what_is_said_in_it(
    app: Flask, desk: Desk, claire: FlaskClient, tmp_path: Path, run_jobs: RunJobs
) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
    _record(claire, note_id, write_microphone(tmp_path / "said.wav").read_bytes())
    run_jobs()
    with app.app_context():
        heard = db.session.get_one(Note, note_id).voice_text
        assert heard
        entries = select(SearchEntry.text).where(SearchEntry.note_id == note_id)
        assert heard in db.session.scalars(entries).one()


def test_a_spoken_note_can_be_sent_without_a_written_word(
    app: Flask, desk: Desk, claire: FlaskClient, draft: int, tmp_path: Path
) -> None:
    empty = {"instead": "", "hears": ""}
    refused = send(claire, _facts(claire, draft), **empty)
    assert refused.status_code == 400
    _record(claire, draft, voice_wav(tmp_path))
    sent = send(claire, _facts(claire, draft), **empty)
    assert sent.status_code == 200
    assert claire.delete(_takes(draft), headers=JSON).status_code == 400, "it would say nothing"


def _facts(browser: FlaskClient, note_id: int) -> dict:  # type: ignore[type-arg]
    facts: dict = browser.get(f"/notes/{note_id}", headers=JSON).json["note"]  # type: ignore[type-arg]
    return facts


def test_recording_again_deletes_the_file_before(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"), sent=False)
        voice.keep_voice(desk.claire, desk.call, note, stored(b"one"), 1000)
        db.session.commit()
        voice.keep_voice(desk.claire, desk.call, note, stored(b"two"), 2000)
        db.session.commit()
        assert note.voice_file is not None
        assert _files() == {note.voice_file.key}
        live = db.session.scalars(select(Job).where(Job.state == JobState.QUEUED)).all()
        assert [job.subject for job in live] == [
            subjects.voice_subject(note.id, note.voice_file.id)
        ]


def test_what_was_removed_comes_back_and_is_deleted_in_time(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = spoken_note(desk.call, desk.user("claire"), sent=False)
        file_id, note_id = note.voice_file_id, note.id
        for _ in range(2):
            voice.remove_voice(desk.claire, desk.call, note)
        db.session.commit()
        assert (note.voice_file_id, note.voice_ms, note.voice_text) == (None, 0, "")
        assert len(_files()) == 1
        for _ in range(2):
            voice.restore_voice(desk.claire, desk.call, note)
        db.session.commit()
        assert (note.voice_file_id, note.voice_ms) == (file_id, 4200)
        assert note.voice_text == "Vous êtes équipé."
        voice.remove_voice(desk.claire, desk.call, note)
        db.session.commit()
        job = db.session.scalars(
            select(Job).where(Job.kind == subjects.DROP, Job.state == JobState.QUEUED)
        ).one()
        assert job.not_before is not None
        assert job.not_before > utc_now()
        job.not_before, job_id = None, job.id
        db.session.commit()
    Runner(app, "test worker").run(job_id)
    with app.app_context():
        assert _files() == set()
        with pytest.raises(Conflict):
            note = db.session.get_one(Note, note_id)
            voice.restore_voice(desk.claire, desk.call, note)


def test_a_sound_that_came_back_is_not_deleted_by_a_late_job(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = spoken_note(desk.call, desk.user("claire"), sent=False)
        assert note.voice_file_id is not None
        voice.drop_removed(note.id, note.voice_file_id)
        db.session.commit()
        assert len(_files()) == 1


def test_a_new_voice_on_a_sent_note_is_new_to_the_agent_and_in_its_history(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"), read_at=utc_now())
        note_id = note.id
        voice.keep_voice(desk.claire, desk.call, note, stored(b"one"), 3000)
        db.session.commit()
        assert note.read_at is None
        assert len(note.revisions) == 2
    assert "3\u202fs" in claire.get(f"/notes/{note_id}/history").text


def test_nobody_speaks_in_somebody_elses_name(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = spoken_note(desk.call, desk.user("claire"))
        for viewer, error in (
            (desk.thomas, NotAllowed),
            (desk.agent, NotAllowed),
            (desk.colleague, NotFound),
            (desk.stranger, NotFound),
        ):
            for act in (
                lambda who: voice.keep_voice(who, desk.call, note, stored(), 1),
                lambda who: voice.remove_voice(who, desk.call, note),
                lambda who: voice.restore_voice(who, desk.call, note),
            ):
                with pytest.raises(error):
                    act(viewer)
        only = spoken_note(desk.call, desk.user("claire"), instead="", hears="")
        with pytest.raises(InvalidInput):
            voice.remove_voice(desk.claire, desk.call, only)


def test_purging_the_call_takes_every_voice_with_it(app: Flask, desk: Desk) -> None:
    with app.app_context():
        spoken_note(desk.call, desk.user("claire"))
        removed = spoken_note(desk.call, desk.user("claire"), sent=False)
        voice.remove_voice(desk.claire, desk.call, removed)
        db.session.commit()
        assert len(_files()) == 2
        purge_call(desk.call)
        db.session.commit()
        assert _files() == set()
        assert db.session.scalars(select(StoredFile).where(StoredFile.kind == "voice")).all() == []


def test_sending_and_taking_back_keeps_the_voice(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = spoken_note(desk.call, desk.user("claire"), sent=False)
        text = notes.text_of(note)
        notes.send_note(desk.claire, desk.call, note, text, based_on=note.row_version)
        notes.unsend_note(desk.claire, desk.call, note)
        db.session.commit()
        assert note.voice_file_id is not None


@pytest.fixture
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The real recogniser."""
    path = resolve_model("base", tmp_path_factory.mktemp("model"))
    recogniser.use_transcriber(lambda settings: WhisperTranscriber(path))
    yield
    recogniser.use_transcriber()


@pytest.mark.asr
def test_whisper_writes_down_what_was_said(
    app: Flask, claire: FlaskClient, draft: int, tmp_path: Path, whisper: None
) -> None:
    _record(claire, draft, write_microphone(tmp_path / "said.wav").read_bytes())
    with app.app_context():
        job_id = db.session.scalars(select(Job.id).where(Job.kind == subjects.TRANSCRIBE)).one()
        db.session.remove()
    Runner(app, "test worker").run(job_id)
    facts = claire.get(f"/notes/{draft}/voice/status").json
    assert facts["state"] == "ready", SAID
    heard = facts["text"].lower()
    assert "accord" in heard
    assert "vous" in heard
