"""Notes on the desk: what each role sees of them, and where they stand after a new analysis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.calls import operations as calls
from callcoach.calls.models import AnalysisRun, TippingPoint, Turn
from callcoach.coaching.models import Note
from callcoach.coaching.operations import notes as operations
from callcoach.extensions import db, utc_now
from tests.factories.coaching import create_note

from .conftest import Desk
from .note_steps import FRAGMENT, JSON, TEXT, create, field, new_address, send

SignIn = Callable[[User | int], FlaskClient]


# What each role sees on the desk


def _desk_page(sign_in: SignIn, desk: Desk, who: str) -> str:
    return sign_in(desk.ids[who]).get(f"/calls/{desk.call_id}").text


def test_who_sees_which_note_on_the_desk(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        claire = desk.user("claire")
        create_note(desk.call, claire, instead="Envoyée.")
        create_note(desk.call, claire, instead="Brouillon.", sent=False)
        create_note(desk.call, claire, instead="Privée.", visibility="private")
    seen = {
        who: {word for word in ("Envoyée.", "Brouillon.", "Privée.") if word in page}
        for who in ("claire", "thomas", "admin", "lead", "agent")
        for page in [_desk_page(sign_in, desk, who)]
    }
    assert seen["claire"] == {"Envoyée.", "Brouillon.", "Privée."}
    for who in ("thomas", "admin", "lead", "agent"):
        assert seen[who] == {"Envoyée."}, who


def test_team_leads_read_and_write_nothing(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"), point=desk.point)
    page = _desk_page(sign_in, desk, "lead")
    assert "Vous clôturez en combien de jours ?" in page
    for control in ("data-edit-note", "data-note-reply", "/delete", "data-note-action"):
        assert control not in page[page.index('class="note ') : page.index("</article>")]


def test_agents_answer_and_do_not_see_how_far_they_have_come(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"), acknowledged_at=utc_now())
    page = _desk_page(sign_in, desk, "agent")
    assert "data-note-reply" in page
    assert "data-edit-note" not in page
    assert "note-progress" not in page


@pytest.mark.parametrize(
    ("times", "state"),
    [
        ((), "sent"),
        (("read_at",), "read"),
        (("read_at", "heard_at"), "heard"),
        (("read_at", "heard_at", "acknowledged_at"), "acknowledged"),
    ],
)
def test_how_far_a_note_has_come_is_said_in_words(
    app: Flask, desk: Desk, sign_in: SignIn, times: tuple[str, ...], state: str
) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("claire"), **dict.fromkeys(times, utc_now()))
    page = _desk_page(sign_in, desk, "claire")
    assert f'class="note-progress is-{state}"' in page
    assert "agree" not in page.lower(), "to understand is not to agree"


def test_notes_stand_with_their_moment_and_loose_ones_in_time(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        claire = desk.user("claire")
        on_flag = create_note(desk.call, claire, point=desk.point).id
        late = create_note(desk.call, claire, start_ms=25_000, end_ms=26_000).id
        early = create_note(desk.call, claire, start_ms=2700, end_ms=9000).id
    page = _desk_page(sign_in, desk, "claire")
    card = page[page.index("data-card=") :]
    card = card[: card.index("data-loose-notes")]
    assert f'id="note-{on_flag}"' in card
    assert f'id="note-{early}"' not in card
    assert page.index(f'id="note-{early}"') < page.index(f'id="note-{late}"')


# A note keeps its moment


def _new_analysis(desk: Desk, *, flags: list[dict[str, Any]]) -> AnalysisRun:
    """Publish a new version of the analysis, as the job does."""
    call = desk.call
    old = call.current_analysis
    assert old is not None
    run = AnalysisRun(
        call_id=call.id,
        transcript_id=old.transcript_id,
        number=old.number + 1,
        agent_channel=old.agent_channel,
        channels=old.channels,
        engine=old.engine,
        figures={},
        engagement=[],
    )
    for turn in old.turns:
        columns = ("index", "speaker", "channel", "start_ms", "end_ms", "text", "words")
        run.turns.append(Turn(**{name: getattr(turn, name) for name in columns}))
    source = old.tipping_points[0]
    names = [c.name for c in TippingPoint.__table__.columns]
    names = [name for name in names if name not in ("id", "analysis_id", "verdict_id")]
    for changes in flags:
        values = {name: getattr(source, name) for name in names} | changes
        run.tipping_points.append(TippingPoint(**values))
    db.session.add(run)
    db.session.flush()
    calls.judging.attach_verdicts(call.id, run)
    call.current_analysis_id = run.id
    db.session.commit()
    return run


def _sent_on_flag(app: Flask, desk: Desk, claire: FlaskClient) -> int:
    note = create(claire, desk).json["note"]
    assert send(claire, note).status_code == 200
    number: int = note["id"]
    return number


def test_after_a_new_analysis_a_note_stands_beside_the_same_moment(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note_id = _sent_on_flag(app, desk, claire)
    with app.app_context():
        run = _new_analysis(desk, flags=[{"start_ms": 12_900, "end_ms": 23_500}])
        key = f"p{run.tipping_points[0].id}"
    change = claire.get(f"/notes/{note_id}", headers=JSON).json
    assert f'id="note-{note_id}"' in change["cards"][key]


def test_a_moment_that_is_flagged_no_longer_keeps_its_note(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note_id = _sent_on_flag(app, desk, claire)
    with app.app_context():
        _new_analysis(desk, flags=[])
    change = claire.get(f"/notes/{note_id}", headers=JSON).json
    (key,) = change["cards"]
    assert key.startswith("v"), "the confirmed verdict alone"
    assert f'id="note-{note_id}"' in change["cards"][key]


def test_a_draft_is_found_again_after_a_new_analysis(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note = create(claire, desk, instead="À moitié").json["note"]
    with app.app_context():
        run = _new_analysis(desk, flags=[{"start_ms": 12_300}])
        point_id = run.tipping_points[0].id
    page = claire.get(new_address(desk, f"?point={point_id}"), headers=FRAGMENT).text
    assert field(page, "instead") == "À moitié"
    send(claire, note)
    with app.app_context():
        assert db.session.get_one(TippingPoint, point_id).verdict_id is not None


def test_a_correction_leaves_what_the_note_quotes(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note_id = _sent_on_flag(app, desk, claire)
    with app.app_context():
        analysis = db.session.get_one(AnalysisRun, desk.call.current_analysis_id)
        calls.correct_turn(desk.claire, desk.call, analysis.turns[3], "Autre texte.", based_on=0)
        db.session.commit()
        note = db.session.get_one(Note, note_id)
        assert note.quote == TEXT["quote"]
    assert f'id="note-{note_id}"' in claire.get(f"/calls/{desk.call_id}").text


def test_deleting_the_audio_leaves_notes_readable(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    note_id = _sent_on_flag(app, desk, claire)
    with app.app_context():
        calls.delete_audio(desk.claire, desk.call)
        db.session.commit()
    for browser in (claire, sign_in(desk.ids["agent"])):
        page = browser.get(f"/calls/{desk.call_id}").text
        assert "Vous clôturez en combien de jours ?" in page
        assert "Il n’a pas été écouté." in page
    edited = claire.post(
        f"/notes/{note_id}",
        data={**TEXT, "instead": "Toujours modifiable.", "based_on": 2},
        headers=JSON,
    )
    assert edited.status_code == 200
    with app.app_context():
        assert operations.text_of(db.session.get_one(Note, note_id)).instead == (
            "Toujours modifiable."
        )
