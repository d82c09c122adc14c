"""The agent's notes: what they read, what they hear, and that nobody else does."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from callcoach.accounts.models import AccessEvent, Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.calls import operations as calls
from callcoach.calls.models import Excerpt
from callcoach.coaching.models import Note, NoteReply, Visibility
from callcoach.coaching.operations import notes
from callcoach.coaching.queries import inbox
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from callcoach.speech.playback import read_playback
from callcoach.storage.operations import put_file
from callcoach.storage.store import get_store
from tests.factories.accounts import create_user
from tests.factories.calls import create_call
from tests.factories.coaching import create_note, create_request, give_sound

from .conftest import Desk

SignIn = Callable[[User | int], FlaskClient]


def _note(desk: Desk, **values: Any) -> int:
    """A note from Claire to Hanta on the call; its id."""
    return create_note(desk.call, desk.user("claire"), **values).id


def _get(note_id: int) -> Note:
    return db.session.get_one(Note, note_id, populate_existing=True)


def _run_jobs(app: Flask) -> None:
    """Work off what is due, as a worker does."""
    with app.app_context():
        due = list(db.session.scalars(select(Job.id).where(Job.state == JobState.QUEUED)))
        db.session.remove()
    for job_id in due:
        Runner(app, "test worker").run(job_id)


def _events(app: Flask, action: str) -> list[tuple[int | None, int | None]]:
    """Who did it to which note."""
    with app.app_context():
        return [
            (line.actor_id, line.subject_id)
            for line in db.session.scalars(
                select(AccessEvent).where(AccessEvent.action == action).order_by(AccessEvent.id)
            )
        ]


def test_new_notes_come_first_then_the_newest(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    now = utc_now()
    with app.app_context():
        for hours, said, read_at in (
            (1, "Lue hier", now),
            (3, "Neuve ancienne", None),
            (2, "Neuve récente", None),
            (4, "Lue avant", now),
        ):
            _note(desk, instead=said, sent_at=now - timedelta(hours=hours), read_at=read_at)
    page = sign_in(desk.ids["agent"]).get("/my/notes").text
    order = sorted(
        ("Lue hier", "Neuve ancienne", "Neuve récente", "Lue avant"),
        key=lambda said: page.index(said),
    )
    assert order == ["Neuve récente", "Neuve ancienne", "Lue hier", "Lue avant"]
    assert re.search(r"\b2 (new|nouveaux)\b", page)


def test_opening_the_page_reads_the_first_note_and_only_that(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        older = _note(desk, sent_at=utc_now() - timedelta(hours=1))
        newer = _note(desk)
    browser = sign_in(desk.ids["agent"])
    browser.get("/my/notes")
    with app.app_context():
        assert _get(newer).read_at is not None
        assert _get(older).read_at is None
        assert _get(newer).heard_at is None
    browser.get(f"/my/notes/{older}")
    with app.app_context():
        first_read = _get(older).read_at
        assert first_read is not None
    browser.get(f"/my/notes/{older}")
    with app.app_context():
        assert _get(older).read_at == first_read
    agent = desk.ids["agent"]
    assert _events(app, "note.read") == [(agent, newer), (agent, older)]


def test_the_words_stand_before_the_sound_and_the_call_is_not_played(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        give_sound(desk.call)
        note_id = _note(desk)
        call_id = desk.call_id
    page = sign_in(desk.ids["agent"]).get("/my/notes").text
    assert page.index("Vous clôturez en combien de jours") < page.index("<audio")
    assert f"/notes/{note_id}/excerpt" in page
    assert f"/calls/{call_id}/audio" not in page
    assert 'preload="none"' in page


@pytest.mark.parametrize("who", ["colleague", "claire", "thomas", "admin", "lead", "sponsor"])
def test_nobody_else_reads_or_answers_an_agents_notes(
    app: Flask, desk: Desk, sign_in: SignIn, who: str
) -> None:
    with app.app_context():
        note_id = _note(desk, instead="Avecunmotsecret")
    browser = sign_in(desk.ids[who])
    answers = [
        browser.get(f"/my/notes/{note_id}"),
        browser.post(f"/my/notes/{note_id}/acknowledge"),
        browser.post(f"/my/notes/{note_id}/unacknowledge"),
        browser.post(f"/my/notes/{note_id}/replies", data={"text": "Moi aussi"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    page = browser.get("/my/notes")
    assert page.status_code == (200 if who == "colleague" else 404)
    assert "Avecunmotsecret" not in page.text
    with app.app_context():
        note = _get(note_id)
        assert (note.read_at, note.acknowledged_at, note.replies) == (None, None, [])


@pytest.mark.parametrize(
    "values",
    [
        {"sent": False},
        {"visibility": Visibility.PRIVATE},
        {"deleted_at": utc_now()},
    ],
    ids=["draft", "private", "deleted"],
)
def test_what_is_not_for_the_agent_does_not_exist_for_them(
    app: Flask, desk: Desk, sign_in: SignIn, values: dict[str, Any]
) -> None:
    with app.app_context():
        note_id = _note(desk, instead="Avecunmotsecret", **values)
    browser = sign_in(desk.ids["agent"])
    assert "Avecunmotsecret" not in browser.get("/my/notes").text
    for path in (f"/my/notes/{note_id}", f"/notes/{note_id}/excerpt"):
        assert browser.get(path).status_code == 404
    assert browser.get(f"/notes/{note_id}/excerpt/status").status_code == 404
    assert browser.post(f"/my/notes/{note_id}/acknowledge").status_code == 404


def test_a_note_on_a_call_that_was_put_aside_is_gone(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = _note(desk)
        desk.call.deleted_at = utc_now()
        db.session.commit()
    browser = sign_in(desk.ids["agent"])
    assert browser.get(f"/my/notes/{note_id}").status_code == 404
    assert browser.get("/my/notes").text.count("my-note ") == 0


def test_understood_is_said_and_taken_back(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        note_id = _note(desk)
    browser = sign_in(desk.ids["agent"])
    answer = browser.post(f"/my/notes/{note_id}/acknowledge")
    assert answer.location == f"/my/notes/{note_id}"
    page = browser.get(answer.location).text
    assert f'action="/my/notes/{note_id}/unacknowledge"' in page, "the message offers undo"
    with app.app_context():
        assert _get(note_id).acknowledged_at is not None
    browser.post(f"/my/notes/{note_id}/unacknowledge")
    with app.app_context():
        assert _get(note_id).acknowledged_at is None
        assert _get(note_id).read_at is not None


def test_a_script_is_answered_without_a_page(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        note_id = _note(desk)
    browser = sign_in(desk.ids["agent"])
    as_script = {"Accept": "application/json"}
    said = browser.post(f"/my/notes/{note_id}/acknowledge", headers=as_script).get_json()
    assert said["acknowledged"] is True
    undone = browser.post(said["undo"], headers=as_script).get_json()
    assert undone["acknowledged"] is False
    replied = browser.post(
        f"/my/notes/{note_id}/replies", data={"text": "J’ai <b>peur</b>"}, headers=as_script
    ).get_json()
    assert "J’ai &lt;b&gt;peur&lt;/b&gt;" in replied["html"]
    refused = browser.post(f"/my/notes/{note_id}/replies", data={"text": " "}, headers=as_script)
    assert refused.status_code == 400
    assert refused.get_json()["error"]


def test_answers_make_a_thread_and_a_note_new_again(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = _note(desk)
        other = _note(desk, sent_at=utc_now() + timedelta(minutes=1), read_at=utc_now())
    browser = sign_in(desk.ids["agent"])
    browser.get(f"/my/notes/{note_id}")
    answer = browser.post(f"/my/notes/{note_id}/replies", data={"text": "Et si elle insiste ?"})
    assert answer.location == f"/my/notes/{note_id}#replies"
    with app.app_context():
        claire = viewer_of(desk.user("claire"))
        assert inbox.count_new_notes(desk.agent) == 0, "my own answer is no news to me"
        notes.reply_to_note(claire, desk.call, _get(note_id), "Alors reformulez.")
        db.session.commit()
        assert inbox.count_new_notes(desk.agent) == 1
    page = browser.get("/my/notes").text
    assert page.index(f'data-note="{note_id}"') < page.index(f"/my/notes/{other}")
    assert page.index("Et si elle insiste ?") < page.index("Alors reformulez.")
    with app.app_context():
        assert inbox.count_new_notes(desk.agent) == 0
        answered = db.session.scalars(
            select(NoteReply).where(NoteReply.author_id == desk.ids["claire"])
        ).one()
        assert answered.seen_at is not None


def test_a_note_changed_after_it_was_read_says_what_changed(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        read, unread = _note(desk, instead="Dites-le autrement."), _note(desk, instead="Respirez.")
    browser = sign_in(desk.ids["agent"])
    browser.get(f"/my/notes/{read}")
    with app.app_context():
        for note_id in (read, unread):
            note = _get(note_id)
            text = notes.text_of(note)
            changed = type(text)(**{**_fields(text), "instead": f"{text.instead} Plus lentement."})
            notes.edit_note(desk.claire, desk.call, note, changed, based_on=note.row_version)
        db.session.commit()
    page = browser.get(f"/my/notes/{read}").text
    assert "↻" in page
    assert ">Dites-le autrement.</s>" in page, "the old words, struck through"
    assert "Dites-le autrement. Plus lentement." in page
    page = browser.get(f"/my/notes/{unread}").text
    assert "↻" not in page, "what was never read has not changed for its reader"
    assert "<s " not in page
    page = browser.get(f"/my/notes/{read}").text
    assert "↻" not in page, "read again, it is no news"


def _fields(text: Any) -> dict[str, Any]:
    return {name: getattr(text, name) for name in text.__dataclass_fields__}


def test_the_words_of_a_private_version_stay_private(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = _note(desk, instead="Premier mot.")
    browser = sign_in(desk.ids["agent"])
    browser.get(f"/my/notes/{note_id}")
    with app.app_context():
        for visibility, instead in (("private", "Pour moi seule."), ("agent", "Dernier mot.")):
            note = _get(note_id)
            fields = {**_fields(notes.text_of(note)), "visibility": visibility, "instead": instead}
            text = type(notes.text_of(note))(**fields)
            notes.edit_note(desk.claire, desk.call, note, text, based_on=note.row_version)
        db.session.commit()
    page = browser.get(f"/my/notes/{note_id}").text
    assert "Dernier mot." in page
    assert "Premier mot." in page, "what they had read"
    assert "Pour moi seule." not in page


def test_the_excerpt_is_written_by_a_worker_and_served_in_parts(
    app: Flask, desk: Desk, sign_in: SignIn, tmp_path: Path
) -> None:
    with app.app_context():
        give_sound(desk.call)
        note_id = _note(desk)  # from 12.2 s to 24 s, heard from 4.2 s to 28 s
        whole = desk.call.recording.playback.size_bytes  # type: ignore[union-attr]
    browser = sign_in(desk.ids["agent"])
    page = browser.get("/my/notes").text
    assert 'data-excerpt="writing"' in page
    assert browser.get(f"/notes/{note_id}/excerpt").status_code == 202
    assert browser.get(f"/notes/{note_id}/excerpt/status").get_json() == {"state": "writing"}
    with app.app_context():
        assert _get(note_id).heard_at is None, "asking is not hearing"
    _run_jobs(app)
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
        note_id = _note(desk)
        _add_file(note_id)
    agent, claire = desk.ids["agent"], desk.ids["claire"]
    sign_in(claire).get(f"/notes/{note_id}/excerpt")
    with app.app_context():
        assert _get(note_id).heard_at is None, "a supervisor's ear is not the agent's"
    browser = sign_in(agent)
    for _ in range(3):
        assert browser.get(f"/notes/{note_id}/excerpt").status_code == 200
    with app.app_context():
        assert _get(note_id).heard_at is not None
        assert _get(note_id).read_at is not None
    assert _events(app, "note.heard") == [(claire, note_id), (agent, note_id)]


def test_asking_how_long_the_sound_is_does_not_count_as_hearing_it(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = _note(desk)
        _add_file(note_id)
    assert sign_in(desk.ids["agent"]).head(f"/notes/{note_id}/excerpt").status_code == 200
    with app.app_context():
        assert _get(note_id).heard_at is None


def _add_file(note_id: int) -> None:
    """The sound of a note's moment, as if a worker had written it, and a recording."""
    note = _get(note_id)
    call = note.call
    assert call.recording is not None
    call.recording.playback = put_file(
        io.BytesIO(b"sound" * 100), kind="playback", media_type="audio/mp4"
    )
    start_ms, end_ms = notes.excerpt_bounds(note)
    excerpt = Excerpt(call_id=call.id, start_ms=start_ms, end_ms=min(end_ms, call.duration_ms))
    excerpt.file = put_file(io.BytesIO(b"moment" * 100), kind="excerpt", media_type="audio/mp4")
    db.session.add(excerpt)
    db.session.commit()


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
        note_id = _note(desk)
        _add_file(note_id)
    browser = sign_in(desk.ids[who])
    assert browser.get(f"/notes/{note_id}/excerpt").status_code == status
    assert browser.get(f"/notes/{note_id}/excerpt/status").status_code == status


def test_deleting_the_audio_leaves_the_note_to_read(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        give_sound(desk.call)
        note_id = _note(desk)
    browser = sign_in(desk.ids["agent"])
    browser.get("/my/notes")
    _run_jobs(app)
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
        note_id = _note(desk)
    browser = sign_in(desk.ids["agent"])
    browser.get("/my/notes")
    with app.app_context():
        job = db.session.scalars(select(Job)).one()
        job.state = JobState.FAILED
        db.session.commit()
    assert browser.get(f"/notes/{note_id}/excerpt/status").get_json() == {"state": "failed"}
    assert 'data-excerpt="failed"' in browser.get("/my/notes").text
    assert browser.get(f"/notes/{note_id}/excerpt/status").get_json() == {"state": "writing"}


def test_an_empty_inbox_says_what_comes_next(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    page = sign_in(desk.ids["agent"]).get("/my/notes").text
    assert 'class="empty"' in page
    assert 'href="/calls"' in page


def test_many_notes_come_in_pages(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        for number in range(inbox.PER_PAGE + 5):
            _note(
                desk,
                instead=f"Motnumero-{number}-",
                sent_at=utc_now() - timedelta(hours=number),
                read_at=utc_now(),
            )
    browser = sign_in(desk.ids["agent"])
    first, second = browser.get("/my/notes").text, browser.get("/my/notes?page=2").text
    for number in range(inbox.PER_PAGE + 5):
        on_first = f"Motnumero-{number}-" in first
        assert on_first == (number < inbox.PER_PAGE)
        assert on_first != (f"Motnumero-{number}-" in second)
    assert 'rel="next"' in first
    assert 'rel="prev"' in second


def test_a_long_inbox_asks_the_database_no_more_than_a_short_one(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    counts = []
    browser = sign_in(desk.ids["agent"])
    for _ in range(2):
        with app.app_context():
            for hours in range(1, 8):
                call = create_call(
                    team=desk.call.team, agent=desk.user("agent"), campaign=desk.call.campaign
                )
                sent_at = utc_now() - timedelta(hours=hours)
                create_note(call, desk.user("claire"), sent_at=sent_at, read_at=utc_now())
        browser.get("/my/notes")  # asks for the sound of the first
        with app.app_context():
            engine = db.engine
        statements: list[str] = []

        def _count(_c: Any, _x: Any, statement: str, *_: Any, into: list[str] = statements) -> None:
            into.append(statement)

        event.listen(engine, "before_cursor_execute", _count)
        browser.get("/my/notes")
        event.remove(engine, "before_cursor_execute", _count)
        counts.append(len(statements))
    assert 0 < counts[1] <= counts[0]


def test_only_agents_are_counted_for_in_the_navigation(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        _note(desk)
        _note(desk)
        create_request(desk.call, desk.user("agent"), answer="listened", answered_at=utc_now())
        other = create_call(team=None, agent=create_user(Role.AGENT))
        create_note(other, desk.user("claire"))
    count = re.compile(r'class="count">(\d+)')
    assert count.findall(sign_in(desk.ids["agent"]).get("/calls").text) == ["3", "3"]
    for who in ("colleague", "claire", "lead", "sponsor"):
        page = sign_in(desk.ids[who]).get("/campaigns").text
        assert not count.findall(page)
        assert ('href="/my/notes"' in page) == (who == "colleague")
