"""What agents and leads cannot learn from an answer: hidden verdicts, private and deleted notes."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.analysis.model import Valence
from callcoach.calls import operations as calls
from callcoach.calls.models import Decision
from callcoach.coaching.models import Note, RequestAnswer
from callcoach.coaching.operations import notes
from callcoach.coaching.operations.requests import answer_request
from callcoach.extensions import db, utc_now
from tests.factories.coaching import create_note, create_request
from tests.factories.feed import add_point

from .conftest import Desk
from .note_steps import FRAGMENT, JSON, TEXT, create

SignIn = Callable[[User | int], FlaskClient]
HIDDEN = "Pour moi seule, pas pour Hanta."


def _edit(desk: Desk, note: Note, **changes: Any) -> None:
    text = replace(notes.text_of(note), **changes)
    notes.edit_note(desk.claire, desk.call, note, text, based_on=note.row_version)
    db.session.commit()


def _call_data(page: str) -> dict[str, Any]:
    found = re.search(r'<script[^>]*id="call-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return dict(json.loads(found.group(1)))


@pytest.mark.parametrize("who", ["agent", "lead"])
def test_a_hidden_verdict_is_answered_as_one_that_never_was(
    app: Flask, desk: Desk, sign_in: SignIn, who: str
) -> None:
    with app.app_context():
        verdict_id = calls.judge(desk.claire, desk.call, desk.point, Decision.REJECTED).id
        db.session.commit()
    browser = sign_in(desk.ids[who])
    address = f"/calls/{desk.call_id}/verdicts/%s/withdraw"
    answers = {browser.post(address % number).status_code for number in (verdict_id, 987_654)}
    assert answers == {403}


def test_an_agent_s_page_does_not_number_what_it_hides(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        analysis = desk.call.current_analysis
        assert analysis is not None
        for place in range(3):
            point = add_point(
                analysis,
                start_ms=2000 + 3000 * place,
                valence=Valence.NEGATIVE if place == 1 else Valence.POSITIVE,
                cause="long_monologue" if place == 1 else "open_question",
            )
            assert point.id
        db.session.commit()
        numbers = [point.id for point in desk.call.current_analysis.tipping_points]
    page = sign_in(desk.ids["agent"]).get(f"/calls/{desk.call_id}").text
    drawn = _call_data(page)["moments"]
    assert len(drawn) == 2
    assert {(mark["point"], mark["verdict"]) for mark in drawn} == {(0, 0)}
    for number in numbers:
        assert f'"p{number}"' not in page
    for mark in drawn:
        assert f'data-card="{mark["key"]}"' in page
    assert len({mark["key"] for mark in drawn}) == 2


@pytest.mark.parametrize("who", ["agent", "lead", "thomas"])
def test_the_history_keeps_private_versions_to_their_author(
    app: Flask, desk: Desk, sign_in: SignIn, who: str
) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"), instead="Premier mot.")
        _edit(desk, note, visibility="private", instead=HIDDEN)
        _edit(desk, note, visibility="agent", instead="Dernier mot.")
        note_id = note.id
    page = sign_in(desk.ids[who]).get(f"/notes/{note_id}/history").text
    assert "Premier" in page
    assert "Dernier" in page
    assert "pour Hanta" not in page
    assert "Moi seul" not in page
    own = sign_in(desk.ids["claire"]).get(f"/notes/{note_id}/history").text
    assert "pour Hanta" in own


def test_an_agent_is_not_told_that_a_private_note_answers_them(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        request = create_request(desk.call, desk.user("agent"))
        note = create_note(desk.call, desk.user("claire"), visibility="private", instead=HIDDEN)
        answer_request(desk.claire, request, RequestAnswer.NOTED, note=note)
        db.session.commit()
    browser = sign_in(desk.ids["agent"])
    for address in ("/my/requests", f"/calls/{desk.call_id}"):
        page = browser.get(address).text
        assert "Répondu par un retour" not in page
        assert "Écouté" in page


@pytest.mark.parametrize("who", ["agent", "lead"])
@pytest.mark.parametrize("action", ["", "/send"])
def test_who_may_not_change_a_note_gets_no_form_of_it(
    app: Flask, desk: Desk, sign_in: SignIn, who: str, action: str
) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire"), point=desk.point).id
    browser = sign_in(desk.ids[who])
    answer = browser.post(f"/notes/{note_id}{action}", data={"instead": "x"}, headers=FRAGMENT)
    assert answer.status_code == 403
    assert "data-note-form" not in answer.text


def test_a_deleted_note_never_was_for_its_agent(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire"), deleted_at=utc_now()).id
    browser = sign_in(desk.ids["agent"])
    for action in ("delete", "restore"):
        assert browser.post(f"/notes/{note_id}/{action}").status_code == 404


def test_looking_ahead_reads_nothing(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
    browser = sign_in(desk.ids["agent"])
    for address in (f"/calls/{desk.call_id}", "/my/notes", f"/my/notes/{note_id}"):
        assert browser.head(address).status_code == 200
        assert browser.get(address, headers={"Sec-Purpose": "prefetch"}).status_code == 200
    with app.app_context():
        assert db.session.get_one(Note, note_id).read_at is None


def test_what_was_written_is_not_logged(
    app: Flask, desk: Desk, claire: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    too_long = "Motsecret " * 400
    assert create(claire, desk, instead=too_long).status_code == 400
    draft = create(claire, desk).json["note"]
    answer = claire.post(f"/notes/{draft['id']}/reply", data={"text": too_long}, headers=JSON)
    assert answer.status_code in (400, 403)
    views = claire.post("/search/views", data={"name": too_long, "query": "q=x"}, headers=JSON)
    assert views.status_code in (302, 400)
    assert "Motsecret" not in caplog.text
    with app.app_context():
        assert db.engine.hide_parameters, "a failing statement would log the words it stores"
    assert TEXT["instead"] not in caplog.text
