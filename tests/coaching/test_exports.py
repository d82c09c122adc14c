"""A call's notes and words as files, read back with the libraries that players and printers use."""

from __future__ import annotations

import io
from collections.abc import Callable

import webvtt
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent
from callcoach.coaching.exports import Cue, track
from callcoach.extensions import db
from tests.factories.coaching import create_note
from tests.factories.notes import spoken_note
from tests.factories.scripts import create_script, create_version, document, line, line_row

from .conftest import Desk

SignIn = Callable[[int], FlaskClient]

#: What could end a cue, begin a tag or be read as markup.
NASTY = '#import "x"; *gras* $x$ <script> --> & « l’offre » \\ `code`'

cues = st.builds(
    Cue,
    start_ms=st.integers(0, 4 * 3600_000),
    end_ms=st.integers(0, 4 * 3600_000),
    voice=st.text(max_size=20),
    text=st.text(max_size=80),
)


def _paper(content: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split()
    )


@given(st.lists(cues, max_size=8))
def test_whatever_people_write_is_one_cue_each_and_comes_back_as_written(found: list[Cue]) -> None:
    read = webvtt.from_string(track(found))
    said = sorted(
        (cue for cue in found if cue.text.split()), key=lambda cue: (cue.start_ms, cue.end_ms)
    )
    assert len(read.captions) == len(said)
    for caption, cue in zip(read.captions, said, strict=True):
        plain = caption.raw_text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        assert plain.endswith(" ".join(cue.text.split()))
        assert "\n" not in caption.raw_text
        assert caption.start_in_seconds == cue.start_ms // 1000


def test_the_paper_says_what_the_notes_say_and_nothing_is_read_as_markup(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        claire = desk.user("claire")
        create_note(
            desk.call, claire, quote=NASTY, hears="Un peu d’insistance", instead="Et vous ?"
        )
        create_note(desk.call, claire, sent=False, instead="un brouillon")
        create_note(desk.call, claire, visibility="private", instead="pour moi")
    own = sign_in(desk.ids["claire"]).get(f"/calls/{desk.call_id}/notes.pdf")
    assert own.content_type == "application/pdf"
    text = _paper(own.data)
    assert '#import "x"; *gras* $x$ <script> -->' in text
    assert "Un peu d’insistance" in text
    assert "Et vous ?" in text
    assert "pour moi" in text
    assert "brouillon" not in text
    agents = _paper(sign_in(desk.ids["agent"]).get(f"/calls/{desk.call_id}/notes.pdf").data)
    assert "Et vous ?" in agents
    assert "pour moi" not in agents


def test_a_call_without_notes_says_so(desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.ids["agent"]).get(f"/calls/{desk.call_id}/notes.pdf")
    assert "aucun retour" in _paper(answer.data)


def test_the_tracks_lie_beside_each_other(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"), instead="Et vous, comment faites-vous ?")
        create_note(desk.call, desk.user("claire"), visibility="private", instead="pour moi")
        start_ms, turns = note.start_ms, len(desk.call.current_analysis.turns)  # type: ignore[union-attr]
    browser = sign_in(desk.ids["agent"])
    notes = webvtt.from_string(browser.get(f"/calls/{desk.call_id}/notes.vtt").text)
    [caption] = notes.captions
    assert caption.voice == "Claire M."
    assert "Et vous, comment faites-vous ?" in caption.text
    assert round(caption.start_in_seconds) == start_ms // 1000
    words = webvtt.from_string(browser.get(f"/calls/{desk.call_id}/transcript.vtt").text)
    assert len(words.captions) == turns
    assert "Hanta R." in {caption.voice for caption in words.captions}


def test_who_takes_a_call_out_is_written_down(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    answer = sign_in(desk.ids["claire"]).get(f"/calls/{desk.call_id}/notes.vtt")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    with app.app_context():
        event = db.session.scalars(
            select(AccessEvent).where(AccessEvent.action == "call.exported")
        ).one()
        assert (event.actor_id, event.subject_id) == (desk.ids["claire"], desk.call_id)
    assert sign_in(desk.ids["stranger"]).get(f"/calls/{desk.call_id}/notes.pdf").status_code == 404


def test_what_is_said_aloud_and_the_line_of_the_script_go_along(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        script = create_script(desk.call.campaign)
        words = line("Je vous propose une démonstration, mardi ou jeudi ?")
        create_version(script, document(words), in_force_for=[desk.call.team])
        note = spoken_note(desk.call, desk.user("claire"), instead="Et vous ?")
        note.script_line_id = line_row(script, words.key).id
        db.session.commit()
    browser = sign_in(desk.ids["agent"])
    [caption] = webvtt.from_string(browser.get(f"/calls/{desk.call_id}/notes.vtt").text).captions
    paper = _paper(browser.get(f"/calls/{desk.call_id}/notes.pdf").data)
    for said in ("Vous êtes équipé.", "Je vous propose une démonstration, mardi ou jeudi"):
        assert said in caption.text
        assert said in paper
