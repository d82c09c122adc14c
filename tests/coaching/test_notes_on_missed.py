"""A note on a moment that a person marked hangs on it, as one on a flag does."""

from __future__ import annotations

from flask import Flask

from callcoach.calls import call_presenters, queries
from callcoach.calls.operations import mark_missed, withdraw_verdict
from callcoach.coaching.models import Note
from callcoach.coaching.note_moments import moment_of
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations import notes
from callcoach.extensions import db

from .conftest import Desk

MARKED = {"channel": 0, "start_ms": 2_700, "end_ms": 9_000}


def _send(desk: Desk, cause: str, **place: int) -> Note:
    text = NoteText(
        **{**MARKED, **place},
        quote="Bonjour",
        instead="Vous clôturez en combien de jours ?",
        cause=cause,
    )
    note = notes.save_draft(desk.claire, desk.call, text)
    return notes.send_note(desk.claire, desk.call, note, text, based_on=note.row_version)


def test_a_note_hangs_on_the_moment_that_was_marked(app: Flask, desk: Desk) -> None:
    with app.app_context():
        verdict = mark_missed(desk.thomas, desk.call, **MARKED, cause="monologue")
        note = _send(desk, "monologue", end_ms=8_500)
        other = _send(desk, "rushed")
        elsewhere = _send(desk, "monologue", start_ms=30_000, end_ms=32_000)
        db.session.commit()
        assert note.verdict_id == verdict.id
        assert (other.verdict_id, elsewhere.verdict_id) == (None, None)
        call = desk.call
        with app.test_request_context():
            views = call_presenters.moments(
                queries.visible_moments(desk.claire, call), queries.turns_of(call)
            )
        shown = moment_of(note, views)
        assert shown is not None
        assert shown.verdict_id == verdict.id
        assert moment_of(other, views) is None


def test_taking_the_note_back_leaves_the_colleagues_mark(app: Flask, desk: Desk) -> None:
    with app.app_context():
        verdict = mark_missed(desk.thomas, desk.call, **MARKED, cause="monologue")
        note = _send(desk, "monologue")
        notes.unsend_note(desk.claire, desk.call, note)
        db.session.commit()
        assert (note.verdict_id, verdict.withdrawn_at) == (None, None)


def test_a_mark_that_was_taken_back_holds_no_note(app: Flask, desk: Desk) -> None:
    with app.app_context():
        verdict = mark_missed(desk.thomas, desk.call, **MARKED, cause="monologue")
        withdraw_verdict(desk.thomas, desk.call, verdict)
        assert _send(desk, "monologue").verdict_id is None
