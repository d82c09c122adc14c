"""The form of a note by its address: what it is filled with, and as a page without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.calls import operations as calls
from callcoach.calls.models import AnalysisRun, Turn
from callcoach.coaching.models import Note
from callcoach.extensions import db
from tests.factories.calls import create_call

from .conftest import Desk
from .note_steps import FRAGMENT, JSON, TEXT, chosen, create, field, new_address, send

SignIn = Callable[[User | int], FlaskClient]


def test_the_form_on_a_flag_says_what_was_said_and_why(desk: Desk, claire: FlaskClient) -> None:
    page = claire.get(new_address(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert page.lstrip().startswith("<form")
    assert field(page, "quote") == "Je vous propose une démonstration mardi ou jeudi."
    assert [field(page, name) for name in ("start_ms", "end_ms", "channel")] == [
        "12200",
        "24000",
        "0",
    ]
    assert chosen(page, "aim") == "change"
    assert '<option selected value="ignored_objection">' in page
    assert '<option selected value="agent">' in page
    assert field(page, "instead") == "", "the suggestion is a hint, not the person's words"
    assert "L’envoi confirme ce moment." in page


def test_the_suggestion_is_shown_as_a_hint(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        desk.point.suggestion = {"key": "cause.open_question", "values": {}}
        db.session.commit()
    page = claire.get(new_address(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert "question ouverte" in page[page.index("Suggéré par l’analyse") :]


def test_a_good_moment_is_one_to_keep(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        desk.point.valence, desk.point.cause = "positive", "open_question"
        db.session.commit()
    page = claire.get(new_address(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert chosen(page, "aim") == "keep"
    assert "Pourquoi ça marche" in page


def test_a_confirmed_flag_needs_no_confirmation(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        calls.judge(desk.thomas, desk.call, desk.point, "confirmed")
        db.session.commit()
    page = claire.get(new_address(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert "L’envoi confirme" not in page


def test_the_quote_is_the_corrected_text(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        analysis = db.session.get_one(AnalysisRun, desk.call.current_analysis_id)
        turn: Turn = analysis.turns[3]
        calls.correct_turn(desk.claire, desk.call, turn, "Je vous propose une démo.", based_on=0)
        db.session.commit()
    page = claire.get(new_address(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert field(page, "quote") == "Je vous propose une démo."


def test_a_selection_is_quoted_on_its_voice(desk: Desk, claire: FlaskClient) -> None:
    page = claire.get(
        new_address(desk, "?start_ms=9600&end_ms=12000&channel=1"), headers=FRAGMENT
    ).text
    assert field(page, "quote") == "On a déjà un outil, depuis l'an dernier."
    without = claire.get(new_address(desk, "?start_ms=9600&end_ms=12000"), headers=FRAGMENT).text
    assert field(without, "channel") == "1", "whose words it holds"


def test_scripts_get_the_words_of_moved_bounds(desk: Desk, claire: FlaskClient) -> None:
    answer = claire.get(
        new_address(desk, "?start_ms=9600&end_ms=10600&channel=1"), headers=JSON
    ).json
    assert answer == {"quote": "On a déjà", "channel": 1, "start_ms": 9600, "end_ms": 10_600}


@pytest.mark.parametrize("query", ["?point=abc", "?start_ms=-4&end_ms=9", "?at_ms=99999999999999"])
def test_what_is_no_moment_is_refused(desk: Desk, claire: FlaskClient, query: str) -> None:
    assert claire.get(new_address(desk, query)).status_code == 400


def test_a_flag_of_another_call_is_not_there(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        other = create_call(team=desk.call.team)
        assert other.current_analysis is not None
        foreign = other.current_analysis.tipping_points[0].id
    assert claire.get(new_address(desk, f"?point={foreign}")).status_code == 404
    assert create(claire, desk, point=foreign).status_code == 404


def test_the_form_opens_the_draft_that_one_has_on_the_moment(
    desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    made = create(claire, desk, instead="À moitié").json["note"]
    page = claire.get(new_address(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert (field(page, "instead"), field(page, "based_on")) == ("À moitié", "1")
    assert made["action"] in page
    thomas = sign_in(desk.ids["thomas"])
    page = thomas.get(new_address(desk, f"?point={desk.point_id}"), headers=FRAGMENT).text
    assert "À moitié" not in page


def test_the_words_of_people_are_escaped(desk: Desk, claire: FlaskClient) -> None:
    evil = "<script>alert(1)</script></textarea><b>"
    note = create(claire, desk, instead=evil, hears=evil, quote=evil).json["note"]
    send(claire, note, instead=evil, hears=evil, quote=evil)
    for address in (f"/calls/{desk.call_id}", f"/notes/{note['id']}/edit"):
        assert "<script>alert" not in claire.get(address).text
    conflict = claire.post(
        note["action"], data={**TEXT, "instead": "Moi", "based_on": 1}, headers=JSON
    )
    assert conflict.status_code == 409
    assert "<script>" not in conflict.json["conflict"]
    assert "&lt;" in conflict.json["conflict"]


# Without script


def test_without_script_the_same_addresses_are_pages(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    page = claire.get(new_address(desk, f"?point={desk.point_id}")).text
    assert "<html" in page
    assert 'name="do" value="keep"' in page
    answer = claire.post(
        f"/calls/{desk.call_id}/notes", data={**TEXT, "point": desk.point_id, "do": "send"}
    )
    assert answer.status_code == 302
    with app.app_context():
        (note,) = db.session.scalars(db.select(Note)).all()
        assert not note.is_draft
        assert note.verdict_id is not None
    assert f"note-{note.id}" in claire.get(f"/calls/{desk.call_id}").text


def test_without_script_what_is_missing_is_said_beside_the_field(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    answer = claire.post(
        f"/calls/{desk.call_id}/notes",
        data={**TEXT, "instead": "", "hears": "Ceci reste.", "do": "send"},
    )
    assert answer.status_code == 400
    assert field(answer.text, "hears") == "Ceci reste."
    assert "field-error" in answer.text
    with app.app_context():
        assert db.session.scalars(db.select(Note)).all() == []


def test_without_script_a_conflict_shows_both_and_saving_again_replaces(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    note = create(claire, desk).json["note"]
    note = send(claire, note).json["note"]
    thomas = sign_in(desk.ids["thomas"])
    mine = {**TEXT, "instead": "Le mien.", "based_on": note["version"]}
    thomas.post(note["action"], data={**mine, "instead": "Celui de Thomas."})
    page = claire.post(note["action"], data=mine)
    assert page.status_code == 409
    assert field(page.text, "instead") == "Le mien."
    assert "Thomas V." in page.text
    assert "Celui" in page.text
    version = int(field(page.text, "based_on"))
    assert claire.post(note["action"], data={**mine, "based_on": version}).status_code == 302
    with app.app_context():
        assert db.session.get_one(Note, note["id"]).instead == "Le mien."
