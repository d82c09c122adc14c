"""The moment of a note as sound: who hears it, when it is there, and when it is gone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.calls import operations as calls
from callcoach.calls.models import Excerpt
from callcoach.extensions import db
from callcoach.jobs.models import Job, JobState
from callcoach.speech.playback import read_playback
from callcoach.storage.store import get_store
from tests.factories.coaching import give_sound
from tests.working import run_jobs

from .agent_steps import add_excerpt, events, fresh, send_note
from .conftest import Desk

SignIn = Callable[[User | int], FlaskClient]


def test_the_excerpt_is_written_by_a_worker_and_served_in_parts(
    app: Flask, desk: Desk, sign_in: SignIn, tmp_path: Path
) -> None:
    with app.app_context():
        give_sound(desk.call)
        note_id = send_note(desk)  # from 12.2 s to 24 s, heard from 4.2 s to 28 s
        whole = desk.call.recording.playback.size_bytes  # type: ignore[union-attr]
    browser = sign_in(desk.ids["agent"])
    page = browser.get("/my/notes").text
    assert 'data-excerpt="writing"' in page
    assert browser.get(f"/notes/{note_id}/excerpt").status_code == 202
    assert browser.get(f"/notes/{note_id}/excerpt/status").get_json() == {"state": "writing"}
    with app.app_context():
        assert fresh(note_id).heard_at is None, "asking is not hearing"
    run_jobs(app)
    assert browser.get(f"/notes/{note_id}/excerpt/status").get_json() == {"state": "ready"}
    assert 'data-excerpt="ready"' in browser.get("/my/notes").text

    sound = browser.get(f"/notes/{note_id}/excerpt")
    assert sound.status_code == 200
    assert sound.mimetype == "audio/mp4"
    assert sound.headers["Cache-Control"] == "private, no-store"
    assert len(sound.data) < whole
    path = tmp_path / "excerpt.m4a"
    path.write_bytes(sound.data)
    samples = read_playback(path)
    assert samples.shape[0] == 1, "both voices on one channel"
    assert samples.shape[1] / 16_000 == pytest.approx(23.8, abs=0.1)

    part = browser.get(f"/notes/{note_id}/excerpt", headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.data == sound.data[100:200]
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(sound.data)}"
    past = browser.get(f"/notes/{note_id}/excerpt", headers={"Range": f"bytes={whole * 2}-"})
    assert past.status_code == 416


def test_fetching_the_sound_counts_as_hearing_it_once(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = send_note(desk)
        add_excerpt(note_id)
    agent, claire = desk.ids["agent"], desk.ids["claire"]
    sign_in(claire).get(f"/notes/{note_id}/excerpt")
    with app.app_context():
        assert fresh(note_id).heard_at is None, "a supervisor's ear is not the agent's"
    browser = sign_in(agent)
    for _ in range(3):
        assert browser.get(f"/notes/{note_id}/excerpt").status_code == 200
    with app.app_context():
        assert fresh(note_id).heard_at is not None
        assert fresh(note_id).read_at is not None
    assert events(app, "note.heard") == [(claire, note_id), (agent, note_id)]


def test_asking_how_long_the_sound_is_does_not_count_as_hearing_it(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = send_note(desk)
        add_excerpt(note_id)
    assert sign_in(desk.ids["agent"]).head(f"/notes/{note_id}/excerpt").status_code == 200
    with app.app_context():
        assert fresh(note_id).heard_at is None


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("agent", 200),
        ("claire", 200),
        ("thomas", 200),
        ("lead", 200),
        ("admin", 200),
        ("colleague", 404),
        ("stranger", 404),
        ("sponsor", 404),
    ],
)
def test_only_who_reads_the_note_hears_its_moment(
    app: Flask, desk: Desk, sign_in: SignIn, who: str, status: int
) -> None:
    with app.app_context():
        note_id = send_note(desk)
        add_excerpt(note_id)
    browser = sign_in(desk.ids[who])
    assert browser.get(f"/notes/{note_id}/excerpt").status_code == status
    assert browser.get(f"/notes/{note_id}/excerpt/status").status_code == status


def test_deleting_the_audio_leaves_the_note_to_read(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        give_sound(desk.call)
        note_id = send_note(desk)
    browser = sign_in(desk.ids["agent"])
    browser.get("/my/notes")
    run_jobs(app)
    with app.app_context():
        excerpt = db.session.scalars(select(Excerpt)).one()
        assert excerpt.file is not None
        key = excerpt.file.key
        calls.delete_audio(desk.admin, desk.call)
        db.session.commit()
        with pytest.raises(FileNotFoundError):
            get_store().size(key)
    page = browser.get(f"/my/notes/{note_id}")
    assert page.status_code == 200
    assert "Vous clôturez en combien de jours" in page.text
    assert "<audio" not in page.text
    assert 'data-excerpt="gone"' in page.text
    assert browser.get(f"/notes/{note_id}/excerpt").status_code == 404
    assert browser.get(f"/notes/{note_id}/excerpt/status").get_json() == {"state": "gone"}


def test_an_excerpt_that_could_not_be_written_says_so_and_is_tried_again(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        give_sound(desk.call)
        note_id = send_note(desk)
    browser = sign_in(desk.ids["agent"])
    browser.get("/my/notes")
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        job.state = JobState.FAILED
        db.session.commit()
    assert browser.get(f"/notes/{note_id}/excerpt/status").get_json() == {"state": "failed"}
    assert 'data-excerpt="failed"' in browser.get("/my/notes").text
    assert browser.get(f"/notes/{note_id}/excerpt/status").get_json() == {"state": "writing"}
