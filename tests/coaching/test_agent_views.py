"""The agent's notes: what they read, what they hear, and that nobody else does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from callcoach.accounts.models import Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.coaching.models import NoteReply, Visibility
from callcoach.coaching.operations import notes
from callcoach.coaching.queries import inbox
from callcoach.extensions import db, utc_now
from tests.factories.accounts import create_user
from tests.factories.calls import create_call
from tests.factories.coaching import create_note, create_request, give_sound

from .agent_steps import events, fresh, send_note
from .conftest import Desk

SignIn = Callable[[User | int], FlaskClient]


def test_new_notes_come_first_then_the_newest(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    now = utc_now()
    with app.app_context():
        for hours, said, read_at in (
            (1, "Lue hier", now),
            (3, "Neuve ancienne", None),
            (2, "Neuve récente", None),
            (4, "Lue avant", now),
        ):
            send_note(desk, instead=said, sent_at=now - timedelta(hours=hours), read_at=read_at)
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
        older = send_note(desk, sent_at=utc_now() - timedelta(hours=1))
        newer = send_note(desk)
    browser = sign_in(desk.ids["agent"])
    browser.get("/my/notes")
    with app.app_context():
        assert fresh(newer).read_at is not None
        assert fresh(older).read_at is None
        assert fresh(newer).heard_at is None
    browser.get(f"/my/notes/{older}")
    with app.app_context():
        first_read = fresh(older).read_at
        assert first_read is not None
    browser.get(f"/my/notes/{older}")
    with app.app_context():
        assert fresh(older).read_at == first_read
    agent = desk.ids["agent"]
    assert events(app, "note.read") == [(agent, newer), (agent, older)]


def test_the_words_stand_before_the_sound_and_the_call_is_not_played(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        give_sound(desk.call)
        note_id = send_note(desk)
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
        note_id = send_note(desk, instead="Avecunmotsecret")
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
        note = fresh(note_id)
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
        note_id = send_note(desk, instead="Avecunmotsecret", **values)
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
        note_id = send_note(desk)
        desk.call.deleted_at = utc_now()
        db.session.commit()
    browser = sign_in(desk.ids["agent"])
    assert browser.get(f"/my/notes/{note_id}").status_code == 404
    assert browser.get("/my/notes").text.count("my-note ") == 0


def test_understood_is_said_and_taken_back(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        note_id = send_note(desk)
    browser = sign_in(desk.ids["agent"])
    answer = browser.post(f"/my/notes/{note_id}/acknowledge")
    assert answer.location == f"/my/notes/{note_id}"
    page = browser.get(answer.location).text
    assert f'action="/my/notes/{note_id}/unacknowledge"' in page, "the message offers undo"
    with app.app_context():
        assert fresh(note_id).acknowledged_at is not None
    browser.post(f"/my/notes/{note_id}/unacknowledge")
    with app.app_context():
        assert fresh(note_id).acknowledged_at is None
        assert fresh(note_id).read_at is not None


def test_a_script_is_answered_without_a_page(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        note_id = send_note(desk)
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
        note_id = send_note(desk)
        other = send_note(desk, sent_at=utc_now() + timedelta(minutes=1), read_at=utc_now())
    browser = sign_in(desk.ids["agent"])
    browser.get(f"/my/notes/{note_id}")
    answer = browser.post(f"/my/notes/{note_id}/replies", data={"text": "Et si elle insiste ?"})
    assert answer.location == f"/my/notes/{note_id}#replies"
    with app.app_context():
        claire = viewer_of(desk.user("claire"))
        assert inbox.count_new_notes(desk.agent) == 0, "my own answer is no news to me"
        notes.reply_to_note(claire, desk.call, fresh(note_id), "Alors reformulez.")
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
        read, unread = (
            send_note(desk, instead="Dites-le autrement."),
            send_note(desk, instead="Respirez."),
        )
    browser = sign_in(desk.ids["agent"])
    browser.get(f"/my/notes/{read}")
    with app.app_context():
        for note_id in (read, unread):
            note = fresh(note_id)
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
        note_id = send_note(desk, instead="Premier mot.")
    browser = sign_in(desk.ids["agent"])
    browser.get(f"/my/notes/{note_id}")
    with app.app_context():
        for visibility, instead in (("private", "Pour moi seule."), ("agent", "Dernier mot.")):
            note = fresh(note_id)
            fields = {**_fields(notes.text_of(note)), "visibility": visibility, "instead": instead}
            text = type(notes.text_of(note))(**fields)
            notes.edit_note(desk.claire, desk.call, note, text, based_on=note.row_version)
        db.session.commit()
    page = browser.get(f"/my/notes/{note_id}").text
    assert "Dernier mot." in page
    assert "Premier mot." in page, "what they had read"
    assert "Pour moi seule." not in page


def test_an_empty_inbox_says_what_comes_next(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    page = sign_in(desk.ids["agent"]).get("/my/notes").text
    assert 'class="empty"' in page
    assert 'href="/calls"' in page


def test_many_notes_come_in_pages(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        for number in range(inbox.PER_PAGE + 5):
            send_note(
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
        send_note(desk)
        send_note(desk)
        create_request(desk.call, desk.user("agent"), answer="listened", answered_at=utc_now())
        other = create_call(team=None, agent=create_user(Role.AGENT))
        create_note(other, desk.user("claire"))
    count = re.compile(r'class="count">(\d+)')
    assert count.findall(sign_in(desk.ids["agent"]).get("/calls").text) == ["3", "3"]
    for who in ("colleague", "claire", "lead", "sponsor"):
        page = sign_in(desk.ids[who]).get("/campaigns").text
        assert not count.findall(page)
        assert ('href="/my/notes"' in page) == (who == "colleague")
