"""Notes when two things happen at once: what the second one read is no longer so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from callcoach.calls.models import Verdict
from callcoach.coaching.models import Note, NoteReply
from callcoach.coaching.operations import notes
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now

from .conftest import Desk
from .note_steps import create
from .test_notes import TEXT, _draft, _sent


def _meanwhile(note: Note, **values: Any) -> None:
    """Another connection writes after this one has read, as PostgreSQL lets it."""
    db.session.execute(
        update(Note)
        .where(Note.id == note.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_note_sent_twice_at_once_is_sent_once(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _draft(desk)
        assert note.is_draft
        at = utc_now()
        _meanwhile(note, sent_at=at, row_version=2, read_at=at)
        sent = notes.send_note(desk.claire, desk.call, note, TEXT, based_on=1)
        assert (sent.sent_at, sent.row_version, len(sent.revisions)) == (at, 2, 0)


@pytest.mark.parametrize("sends", [True, False])
def test_a_draft_deleted_in_another_window_is_not_sent(app: Flask, desk: Desk, sends: bool) -> None:
    with app.app_context():
        note = _draft(desk)
        assert note.deleted_at is None
        _meanwhile(note, deleted_at=utc_now())
        with pytest.raises(NotFound):
            if sends:
                notes.send_note(desk.claire, desk.call, note, TEXT, based_on=1)
            else:
                notes.save_draft(desk.claire, desk.call, TEXT, note=note, based_on=1)
        assert _count(Verdict) == 0


@pytest.mark.parametrize("step", ["read", "heard", "understood", "answered"])
def test_a_note_taken_back_meanwhile_is_not_read(app: Flask, desk: Desk, step: str) -> None:
    with app.app_context():
        note = _sent(desk)
        assert not note.is_draft
        _meanwhile(note, sent_at=None, row_version=note.row_version + 1)
        if step == "read":
            notes.mark_read(desk.agent, desk.call, note)
        else:
            with pytest.raises(NotFound):
                {
                    "heard": lambda: notes.mark_heard(desk.agent, desk.call, note),
                    "understood": lambda: notes.acknowledge_note(desk.agent, desk.call, note),
                    "answered": lambda: notes.reply_to_note(desk.agent, desk.call, note, "Oui"),
                }[step]()
        assert (note.read_at, note.heard_at, note.acknowledged_at) == (None, None, None)
        assert _count(NoteReply) == 0


def test_a_note_read_meanwhile_is_not_taken_back(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk)
        assert note.read_at is None
        _meanwhile(note, read_at=utc_now())
        with pytest.raises(Conflict):
            notes.unsend_note(desk.claire, desk.call, note)


def test_sending_at_once_again_after_a_lost_answer_sends_once(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    first, second = (create(claire, desk, do="send").json["note"] for _ in range(2))
    assert first["id"] == second["id"]
    with app.app_context():
        (note,) = db.session.scalars(select(Note)).all()
        assert len(note.revisions) == 1
    other = create(claire, desk, do="send", instead="Autre chose.").json["note"]
    assert other["id"] != first["id"], "another remark on the moment is another note"


def test_a_private_note_that_is_shared_goes_to_the_agent_of_the_call(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        call = desk.call
        agent_id, call.agent_id = call.agent_id, None
        note = _sent(desk, visibility="private")
        shared = replace(notes.text_of(note), visibility="agent")
        with pytest.raises(InvalidInput):
            notes.edit_note(desk.claire, call, note, shared, based_on=note.row_version)
        call.agent_id = agent_id
        notes.edit_note(desk.claire, call, note, shared, based_on=note.row_version)
        assert note.agent_id == agent_id


def test_numbers_too_long_for_a_database_are_no_claims(desk: Desk, claire: FlaskClient) -> None:
    answer = claire.post("/feed/claims/renew", data={"ids": ["9" * 30, "x"]})
    assert (answer.status_code, answer.json) == (200, {"held": []})
