"""Who is told of notes and requests, and who is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import RequestRedirect

from callcoach.accounts.models import User
from callcoach.coaching.models import ListeningRequest, Note, RequestAnswer
from callcoach.coaching.operations import notes, requests
from callcoach.extensions import db
from callcoach.notices.models import Notice
from tests.factories.coaching import create_note

from .conftest import Desk


def _told(app: Flask) -> set[tuple[str, str]]:
    """Who has which unseen notice; where it leads must exist."""
    found = db.session.execute(
        select(User.login, Notice.kind, Notice.path)
        .join(Notice, Notice.user_id == User.id)
        .where(Notice.seen_at.is_(None))
    ).all()
    for _login, _kind, path in found:
        page = path.partition("?")[0].partition("#")[0]
        try:
            app.url_map.bind("localhost").match(page, method="GET")
        except RequestRedirect:
            pytest.fail(f"{path} leads elsewhere")
    return {(login, kind) for login, kind, _path in found}


def _send(desk: Desk, **changes: str) -> Note:
    text = notes.NoteText(
        channel=0, start_ms=1000, end_ms=4000, quote="mot", instead="autre", cause="rushed"
    )
    draft = notes.save_draft(desk.claire, desk.call, replace(text, **changes))
    return notes.send_note(
        desk.claire, desk.call, draft, replace(text, **changes), based_on=draft.row_version
    )


def test_a_note_tells_its_agent_until_it_was_read(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _send(desk)
        assert _told(app) == {("hanta", "note.sent")}
        values = db.session.scalars(select(Notice.values)).one()
        assert values == {"name": "Claire M."}, "nothing of what it says"
        notes.mark_read(desk.agent, desk.call, note)
        assert _told(app) == set()


def test_a_draft_and_a_private_note_tell_nobody(app: Flask, desk: Desk) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"), sent=False)
        _send(desk, visibility="private")
        assert _told(app) == set()


def test_what_is_taken_back_or_hidden_is_not_announced_any_more(app: Flask, desk: Desk) -> None:
    with app.app_context():
        first, second, third = _send(desk), _send(desk, quote="b"), _send(desk, quote="c")
        notes.unsend_note(desk.claire, desk.call, first)
        notes.delete_note(desk.claire, desk.call, second)
        hidden = replace(notes.text_of(third), visibility="private")
        notes.edit_note(desk.claire, desk.call, third, hidden, based_on=third.row_version)
        assert _told(app) == set()
        notes.restore_note(desk.claire, desk.call, second)
        assert _told(app) == {("hanta", "note.sent")}


def test_a_note_changed_after_it_was_read_says_so_and_before_it_is_still_new(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        note = _send(desk)
        again = replace(notes.text_of(note), instead="encore autre")
        notes.edit_note(desk.claire, desk.call, note, again, based_on=note.row_version)
        assert _told(app) == {("hanta", "note.sent")}
        notes.mark_read(desk.agent, desk.call, note)
        last = replace(again, instead="plus simple")
        notes.edit_note(desk.claire, desk.call, note, last, based_on=note.row_version)
        assert _told(app) == {("hanta", "note.changed")}


def test_an_answer_tells_the_other_side_and_never_oneself(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _send(desk)
        notes.mark_read(desk.agent, desk.call, note)
        notes.reply_to_note(desk.agent, desk.call, note, "Pourquoi ?")
        assert _told(app) == {("claire", "note.answered")}
        notes.reply_to_note(desk.thomas, desk.call, note, "Pour la suite.")
        assert _told(app) == {("claire", "note.answered"), ("hanta", "note.answered")}
        notes.mark_read(desk.claire, desk.call, note)
        notes.reply_to_note(desk.agent, desk.call, note, "Merci.")
        assert ("thomas", "note.answered") in _told(app), "who answered before follows the thread"
        assert ("miora", "note.answered") not in _told(app)


def test_a_request_tells_the_teams_supervisors_until_one_answers(app: Flask, desk: Desk) -> None:
    with app.app_context():
        asked = requests.request_listening(desk.agent, desk.call, at_ms=5000)
        assert _told(app) == {("claire", "request.asked"), ("thomas", "request.asked")}
        requests.withdraw_request(desk.agent, asked)
        assert _told(app) == set()
        requests.restore_request(desk.agent, asked)
        requests.answer_request(desk.thomas, asked, RequestAnswer.LISTENED)
        assert _told(app) == {("hanta", "request.answered")}
        requests.reopen_request(desk.thomas, asked)
        assert _told(app) == set()
        requests.answer_request(desk.thomas, asked, RequestAnswer.TURNS_HERE)
        requests.mark_answers_seen(desk.agent, [db.session.get_one(ListeningRequest, asked.id)])
        assert _told(app) == set()
