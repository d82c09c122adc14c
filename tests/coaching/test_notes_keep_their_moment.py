"""Notes through everything that happens to a call, with its real operations and jobs: corrected,
swapped, transcribed again, its audio deleted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.calls import operations as calls
from callcoach.calls import queries
from callcoach.calls.models import AnalysisRun, Call, TippingPoint
from callcoach.coaching.models import Note
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations import notes
from callcoach.extensions import db
from tests.calls.conftest import Floor, ImportSample, RunJobs

JSON = {"Accept": "application/json"}
INSTEAD = "Vous clôturez en combien de jours ?"


@dataclass(frozen=True)
class Noted:
    """A processed recording with a note on a flag of its second turn, and a loose one."""

    call_id: int
    on_flag: int
    loose: int


@pytest.fixture
def noted(app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs) -> Noted:
    call_id = import_sample()
    run_jobs()
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        analysis = db.session.get_one(AnalysisRun, call.current_analysis_id)
        turn, other = analysis.turns[1], analysis.turns[2]
        point = TippingPoint(
            turn_index=turn.index,
            channel=turn.channel,
            start_ms=turn.start_ms,
            end_ms=turn.end_ms,
            valence="negative",
            cause="monologue",
            severity=2,
            confidence=0.7,
            detector="D01",
            quote=turn.text,
            evidence=[],
            explanation={"key": "cause.monologue", "values": {}},
            suggestion={"key": "cause.monologue", "values": {}},
        )
        analysis.tipping_points.append(point)
        db.session.flush()
        ids = []
        for place, flag in ((turn, point), (other, None)):
            text = NoteText(
                channel=place.channel,
                start_ms=place.start_ms,
                end_ms=place.end_ms,
                quote=place.text,
                instead=INSTEAD,
                cause="monologue" if flag else "",
            )
            note = notes.save_draft(floor.supervisor, call, text, point=flag)
            notes.send_note(floor.supervisor, call, note, text, based_on=note.row_version)
            ids.append(note.id)
        db.session.commit()
        return Noted(call_id, *ids)


def _moment(app: Flask, note_id: int) -> tuple[int, int, int, str]:
    with app.app_context():
        note = db.session.get_one(Note, note_id)
        return note.channel, note.start_ms, note.end_ms, note.quote


def _assert_attached(app: Flask, browser: FlaskClient, noted: Noted) -> None:
    """The note on the flag stands in one card, the loose one among the loose."""
    change = browser.get(f"/notes/{noted.on_flag}", headers=JSON).json
    holding = [key for key, html in change["cards"].items() if f'id="note-{noted.on_flag}"' in html]
    assert len(holding) == 1
    assert f'id="note-{noted.loose}"' in change["loose_notes"]
    assert {mark["id"] for mark in change["notes"]} == {noted.on_flag, noted.loose}


@pytest.mark.parametrize(
    "happens",
    [calls.swap_channels, calls.transcribe_again],
    ids=["the voices are swapped", "it is transcribed again"],
)
def test_a_new_version_of_the_analysis_keeps_notes_where_they_were(
    app: Flask,
    floor: Floor,
    noted: Noted,
    run_jobs: RunJobs,
    sign_in: Callable[[User | int], FlaskClient],
    happens: Callable[..., object],
) -> None:
    before = [_moment(app, note_id) for note_id in (noted.on_flag, noted.loose)]
    with app.app_context():
        call = db.session.get_one(Call, noted.call_id)
        old = call.current_analysis_id
        happens(floor.supervisor, call)
        db.session.commit()
    run_jobs()
    with app.app_context():
        call = db.session.get_one(Call, noted.call_id)
        assert call.current_analysis_id != old, "there is a new version"
        moments = queries.visible_moments(floor.supervisor, call)
        assert any(moment.is_confirmed for moment in moments)
    assert [_moment(app, note_id) for note_id in (noted.on_flag, noted.loose)] == before
    for person in (floor.supervisor, floor.agent):
        assert person.user_id is not None
        _assert_attached(app, sign_in(person.user_id), noted)


def test_a_correction_leaves_notes_as_they_were_written(
    app: Flask, floor: Floor, noted: Noted, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    before = _moment(app, noted.on_flag)
    with app.app_context():
        call = db.session.get_one(Call, noted.call_id)
        analysis = db.session.get_one(AnalysisRun, call.current_analysis_id)
        calls.correct_turn(floor.supervisor, call, analysis.turns[1], "Tout autre.", based_on=0)
        db.session.commit()
    assert _moment(app, noted.on_flag) == before
    assert floor.supervisor.user_id is not None
    browser = sign_in(floor.supervisor.user_id)
    _assert_attached(app, browser, noted)
    point = browser.get(f"/notes/{noted.on_flag}/edit").text
    assert before[3] in point, "the note keeps the words it was written on"


def test_deleting_the_audio_leaves_notes_whole(
    app: Flask, floor: Floor, noted: Noted, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    with app.app_context():
        call = db.session.get_one(Call, noted.call_id)
        calls.delete_audio(floor.supervisor, call)
        db.session.commit()
        assert call.recording is not None
        assert call.recording.playback_id is None
    for person in (floor.supervisor, floor.agent):
        assert person.user_id is not None
        browser = sign_in(person.user_id)
        page = browser.get(f"/calls/{noted.call_id}").text
        assert page.count(INSTEAD) >= 2
        _assert_attached(app, browser, noted)
