"""Coaching notes: drafts, sending, editing with history, answers, and who may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from callcoach.accounts.access import Viewer
from callcoach.calls import operations as calls
from callcoach.calls import queries
from callcoach.calls.models import AnalysisRun, Decision, Excerpt, TippingPoint
from callcoach.coaching.models import Note, NoteAim, Visibility
from callcoach.coaching.note_text import LIMITS, MAX_MOMENT_MS, NoteText, checked
from callcoach.coaching.operations import notes
from callcoach.errors import (
    CallCoachError,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from callcoach.extensions import db
from callcoach.storage.models import StoredFile

from .conftest import Desk

TEXT = NoteText(
    channel=0,
    start_ms=12_200,
    end_ms=24_000,
    quote="Je vous propose une démonstration.",
    hears="Il n’a pas été écouté.",
    instead="D’accord, vous êtes équipé. Vous clôturez en combien de jours ?",
    cause="ignored_objection",
)


def _draft(desk: Desk, viewer: Viewer | None = None, **changes: Any) -> Note:
    note = notes.save_draft(
        viewer or desk.claire, desk.call, replace(TEXT, **changes), point=desk.point
    )
    db.session.commit()
    return note


def _sent(desk: Desk, viewer: Viewer | None = None, **changes: Any) -> Note:
    note = _draft(desk, viewer, **changes)
    notes.send_note(
        viewer or desk.claire, desk.call, note, notes.text_of(note), based_on=note.row_version
    )
    db.session.commit()
    return note


def test_a_draft_is_kept_as_it_stands_even_when_it_says_nothing_yet(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _draft(desk, instead="", hears="")
        assert note.is_draft
        assert (note.author_id, note.agent_id) == (desk.ids["claire"], desk.ids["agent"])
        assert desk.point.verdict_id is None, "a draft confirms nothing"
        assert note.revisions == []


def test_saving_a_draft_again_changes_it_in_place(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _draft(desk)
        changed = replace(TEXT, instead="Autre chose.")
        notes.save_draft(desk.claire, desk.call, changed, note=note, based_on=1)
        db.session.commit()
        assert (note.instead, note.row_version) == ("Autre chose.", 2)
        notes.save_draft(desk.claire, desk.call, changed, note=note, based_on=2)
        assert note.row_version == 2, "nothing changed"


def test_two_windows_on_one_draft_do_not_overwrite_each_other(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _draft(desk)
        first, second = replace(TEXT, instead="un"), replace(TEXT, instead="deux")
        notes.save_draft(desk.claire, desk.call, first, note=note, based_on=1)
        with pytest.raises(StaleVersion) as caught:
            notes.save_draft(desk.claire, desk.call, second, note=note, based_on=1)
        assert caught.value.values["theirs"]["instead"] == "un"
        assert caught.value.values["row_version"] == 2
        notes.save_draft(desk.claire, desk.call, first, note=note, based_on=1)  # the same text


def test_sending_confirms_the_flag_and_asks_for_the_excerpt(app: Flask, desk: Desk) -> None:
    with app.app_context():
        call = desk.call
        assert call.recording is not None
        call.recording.playback = StoredFile(
            key="ab/ab1", kind="playback", media_type="audio/mp4", size_bytes=1, sha256="0" * 64
        )
        db.session.commit()
        note = _sent(desk)
        verdict = desk.point.verdict
        assert verdict is not None
        assert verdict.decision == Decision.CONFIRMED
        assert verdict.author_id == desk.ids["claire"]
        assert note.verdict_id == verdict.id
        assert [(r.number, r.content["instead"]) for r in note.revisions] == [(1, TEXT.instead)]
        excerpt = db.session.query(Excerpt).one()
        assert (excerpt.start_ms, excerpt.end_ms) == (4200, 28_000), "eight seconds before it"
        seen = [moment.cause for moment in queries.visible_moments(desk.agent, desk.call)]
        assert seen == ["ignored_objection"], "confirmed, so the agent sees it"


def test_sending_leaves_an_earlier_confirmation_as_it_is(app: Flask, desk: Desk) -> None:
    with app.app_context():
        earlier = calls.judge(desk.thomas, desk.call, desk.point, Decision.CONFIRMED)
        db.session.commit()
        note = _sent(desk)
        assert note.verdict_id == earlier.id
        notes.unsend_note(desk.claire, desk.call, note)
        db.session.commit()
        assert desk.point.verdict_id == earlier.id, "it was not the note that confirmed it"


def test_sending_overrules_a_rejection(app: Flask, desk: Desk) -> None:
    with app.app_context():
        calls.judge(desk.thomas, desk.call, desk.point, Decision.REJECTED)
        _sent(desk)
        assert desk.point.verdict is not None
        assert desk.point.verdict.decision == Decision.CONFIRMED


def test_taking_a_note_back_takes_its_confirmation_back(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk)
        notes.unsend_note(desk.claire, desk.call, note)
        db.session.commit()
        assert note.is_draft
        assert desk.point.verdict_id is None
        assert queries.visible_moments(desk.agent, desk.call) == []
        notes.send_note(desk.claire, desk.call, note, TEXT, based_on=note.row_version)
        db.session.commit()
        assert [revision.number for revision in note.revisions] == [1]


def test_a_note_that_was_read_cannot_be_taken_back(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk)
        notes.mark_read(desk.agent, desk.call, note)
        with pytest.raises(Conflict):
            notes.unsend_note(desk.claire, desk.call, note)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"instead": "  "}, "instead"),
        ({"aim": NoteAim.KEEP, "instead": "", "hears": ""}, "hears"),
        ({"aim": "blame"}, "aim"),
        ({"visibility": "everybody"}, "visibility"),
        ({"cause": "stress"}, "cause"),
        ({"channel": 2}, "channel"),
        ({"instead": "x" * (LIMITS["instead"] + 1)}, "instead"),
        ({"start_ms": 0, "end_ms": MAX_MOMENT_MS + 1}, "end_ms"),
    ],
)
def test_what_a_note_needs_is_asked_for_by_field(
    app: Flask, desk: Desk, changes: dict[str, Any], field: str
) -> None:
    with app.app_context():
        call = desk.call
        call.duration_ms = 200_000
        note = _draft(desk)
        with pytest.raises(InvalidInput) as caught:
            notes.send_note(desk.claire, call, note, replace(TEXT, **changes), based_on=1)
        assert caught.value.values["field"] == field


def test_a_call_without_an_agent_takes_private_notes_only(app: Flask, desk: Desk) -> None:
    with app.app_context():
        call = desk.call
        call.agent_id = None
        note = _draft(desk)
        with pytest.raises(InvalidInput, match="Nobody is named"):
            notes.send_note(desk.claire, call, note, TEXT, based_on=1)
        private = replace(TEXT, visibility=Visibility.PRIVATE.value)
        notes.send_note(desk.claire, call, note, private, based_on=1)
        assert not note.is_draft


def test_an_edited_note_keeps_every_version_and_is_new_to_the_agent(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk)
        notes.acknowledge_note(desk.agent, desk.call, note)
        notes.mark_heard(desk.agent, desk.call, note)
        db.session.commit()
        changed = replace(TEXT, instead="Et vous clôturez comment ?")
        notes.edit_note(desk.thomas, desk.call, note, changed, based_on=1 + 1)
        db.session.commit()
        assert [(r.number, r.author_id) for r in note.revisions] == [
            (1, desk.ids["claire"]),
            (2, desk.ids["thomas"]),
        ]
        assert (note.read_at, note.heard_at, note.acknowledged_at) == (None, None, None)
        assert note.author_id == desk.ids["claire"], "it is still hers"


def test_two_supervisors_on_one_note_see_each_other(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk)
        seen = note.row_version
        notes.edit_note(
            desk.thomas, desk.call, note, replace(TEXT, instead="De Thomas."), based_on=seen
        )
        db.session.commit()
        with pytest.raises(StaleVersion) as caught:
            notes.edit_note(
                desk.claire, desk.call, note, replace(TEXT, instead="De Claire."), based_on=seen
            )
        assert caught.value.values["author"] == "Thomas V."
        assert caught.value.values["theirs"]["instead"] == "De Thomas."
        notes.edit_note(
            desk.claire,
            desk.call,
            note,
            replace(TEXT, instead="De Claire."),
            based_on=caught.value.values["row_version"],
        )
        assert note.instead == "De Claire."


def test_only_its_author_makes_a_note_private(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk)
        private = replace(TEXT, visibility=Visibility.PRIVATE.value)
        with pytest.raises(NotAllowed):
            notes.edit_note(desk.thomas, desk.call, note, private, based_on=note.row_version)
        notes.edit_note(desk.claire, desk.call, note, private, based_on=note.row_version)
        db.session.commit()
        with pytest.raises(NotFound):
            notes.acknowledge_note(desk.agent, desk.call, note)


def test_a_deleted_note_comes_back(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk)
        notes.delete_note(desk.thomas, desk.call, note)
        with pytest.raises(NotFound):
            notes.reply_to_note(desk.agent, desk.call, note, "Oui")
        notes.restore_note(desk.thomas, desk.call, note)
        notes.reply_to_note(desk.agent, desk.call, note, "Oui")


def test_the_agent_reads_hears_acknowledges_and_answers(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _sent(desk)
        notes.mark_heard(desk.agent, desk.call, note)
        assert note.heard_at is not None
        assert note.read_at is not None
        first = note.heard_at
        notes.mark_heard(desk.agent, desk.call, note)
        assert note.heard_at == first, "the first time counts"
        notes.acknowledge_note(desk.agent, desk.call, note)
        assert note.acknowledged_at is not None
        notes.acknowledge_note(desk.agent, desk.call, note, undo=True)
        assert note.acknowledged_at is None
        reply = notes.reply_to_note(desk.agent, desk.call, note, "  Et s’il n’a pas d’outil ? ")
        db.session.commit()
        assert reply.text == "Et s’il n’a pas d’outil ?"
        notes.mark_read(desk.thomas, desk.call, note)
        assert reply.seen_at is None, "it was not answered to Thomas"
        notes.mark_read(desk.claire, desk.call, note)
        assert reply.seen_at is not None
        with pytest.raises(InvalidInput):
            notes.reply_to_note(desk.agent, desk.call, note, "   ")


def _acts(desk: Desk, note: Note, viewer: Viewer) -> dict[str, Callable[[], Any]]:
    call, version = desk.call, note.row_version
    changed = replace(TEXT, instead="Changé.")
    return {
        "edit": lambda: notes.edit_note(viewer, call, note, changed, based_on=version),
        "delete": lambda: notes.delete_note(viewer, call, note),
        "reply": lambda: notes.reply_to_note(viewer, call, note, "Bien"),
        "acknowledge": lambda: notes.acknowledge_note(viewer, call, note),
        "hear": lambda: notes.mark_heard(viewer, call, note),
        "take_back": lambda: notes.unsend_note(viewer, call, note),
        "write": lambda: notes.save_draft(viewer, call, TEXT),
    }


@pytest.mark.parametrize(
    ("who", "may", "otherwise"),
    [
        ("claire", {"edit", "delete", "reply", "take_back", "write"}, NotAllowed),
        ("thomas", {"edit", "delete", "reply", "write"}, NotAllowed),
        ("admin", {"edit", "delete", "reply", "write"}, NotAllowed),
        ("lead", set(), NotAllowed),
        ("agent", {"reply", "acknowledge", "hear"}, NotAllowed),
        ("colleague", set(), NotFound),
        ("stranger", set(), NotFound),
        ("sponsor", set(), NotFound),
    ],
)
def test_who_may_do_what_with_a_sent_note(
    app: Flask, desk: Desk, who: str, may: set[str], otherwise: type[CallCoachError]
) -> None:
    with app.app_context():
        note = _sent(desk)
        for name, act in _acts(desk, note, getattr(desk, who)).items():
            if name in may:
                act()
            else:
                with pytest.raises(otherwise):
                    act()
            db.session.rollback()


@pytest.mark.parametrize("who", ["thomas", "admin", "lead", "agent", "colleague", "stranger"])
@pytest.mark.parametrize("kind", ["draft", "private"])
def test_drafts_and_private_notes_exist_for_their_author_only(
    app: Flask, desk: Desk, who: str, kind: str
) -> None:
    with app.app_context():
        note = _draft(desk) if kind == "draft" else _sent(desk, visibility="private")
        viewer = getattr(desk, who)
        for name in ("edit", "delete", "reply", "acknowledge", "hear", "take_back"):
            with pytest.raises(NotFound):
                _acts(desk, note, viewer)[name]()


def test_a_call_given_to_another_agent_takes_its_notes_from_the_first(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        note = _sent(desk)
        calls.edit_call(desk.claire, desk.call, {"agent_id": desk.ids["colleague"]})
        db.session.commit()
        for viewer in (desk.agent, desk.colleague):
            with pytest.raises(NotFound):
                notes.acknowledge_note(viewer, desk.call, note)


def _analyse_anew(desk: Desk, shift_ms: int, cause: str = "ignored_objection") -> AnalysisRun:
    """A second analysis whose flag lies a little elsewhere, or has another cause."""
    call, old = desk.call, desk.point
    run = AnalysisRun(
        call_id=call.id,
        transcript_id=call.current_transcript_id,
        number=2,
        agent_channel=0,
        channels="stereo",
        engine={},
        figures={},
        engagement=[],
    )
    run.tipping_points = [
        TippingPoint(
            turn_index=3,
            channel=0,
            start_ms=old.start_ms + shift_ms,
            end_ms=old.end_ms + shift_ms,
            valence="negative",
            cause=cause,
            severity=1,
            confidence=0.6,
            detector="D09",
            evidence=[],
            explanation=old.explanation,
            suggestion=old.suggestion,
        )
    ]
    db.session.add(run)
    db.session.flush()
    call.current_analysis_id = run.id
    db.session.commit()
    return run


def test_a_draft_confirms_the_flag_of_the_analysis_that_came_since(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _draft(desk)
        run = _analyse_anew(desk, shift_ms=900)
        notes.send_note(desk.claire, desk.call, note, TEXT, based_on=1)
        db.session.commit()
        assert run.tipping_points[0].verdict_id == note.verdict_id is not None


def test_a_draft_on_a_flag_that_is_gone_still_confirms_what_was_flagged(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        note = _draft(desk)
        _analyse_anew(desk, shift_ms=0, cause="monologue")
        notes.send_note(desk.claire, desk.call, note, TEXT, based_on=1)
        db.session.commit()
        moments = queries.visible_moments(desk.agent, desk.call)
        assert [(moment.cause, moment.is_kept) for moment in moments] == [
            ("ignored_objection", True)
        ]


def test_a_note_without_a_flag_confirms_nothing(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = notes.save_draft(desk.claire, desk.call, TEXT)
        notes.send_note(desk.claire, desk.call, note, TEXT, based_on=1)
        assert note.verdict_id is None
        assert desk.point.verdict_id is None


@given(
    start=st.integers(-10_000, 400_000),
    length=st.integers(-5000, MAX_MOMENT_MS),
    duration=st.integers(0, 300_000),
)
def test_a_moment_always_lies_in_its_call_and_has_a_length(
    start: int, length: int, duration: int
) -> None:
    text = checked(NoteText(channel=0, start_ms=start, end_ms=start + length), duration)
    assert 0 <= text.start_ms < text.end_ms
    assert text.end_ms <= max(1, duration)
    assert checked(text, duration) == text
