"""Notes by their addresses: drafts, sending, conflicts, answers, deleting, history."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.coaching.models import ListeningRequest, Note, NoteReply
from callcoach.extensions import db, utc_now
from tests.factories.coaching import create_note, create_request

from .conftest import Desk
from .note_steps import FRAGMENT, JSON, TEXT, create, field, new_address, send

SignIn = Callable[[User | int], FlaskClient]


# Drafts and sending


def test_a_draft_is_kept_and_saved_again(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    note = create(claire, desk, instead="").json["note"]
    assert note["sent"] is False
    answer = claire.post(
        note["action"], data={**TEXT, "instead": "Plus loin", "based_on": 1}, headers=JSON
    )
    assert answer.json["note"]["version"] == 2
    with app.app_context():
        assert db.session.get_one(Note, note["id"]).instead == "Plus loin"
        assert desk.point.verdict_id is None


def test_trying_again_after_a_lost_answer_makes_no_second_note(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    first, second = create(claire, desk), create(claire, desk)
    assert first.json["note"]["id"] == second.json["note"]["id"]
    note = first.json["note"]
    assert send(claire, note).status_code == 200
    assert send(claire, note).status_code == 200, "sent once; saying so again is no fault"
    with app.app_context():
        sent = db.session.get_one(Note, note["id"])
        assert len(sent.revisions) == 1


def test_sending_confirms_the_flag_and_answers_in_the_shape_of_the_desk(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note = create(claire, desk).json["note"]
    answer = send(claire, note).json
    assert answer["message"] == "Envoyé à Hanta R."
    assert answer["undo"] == f"/notes/{note['id']}/unsend"
    (key,) = answer["cards"]
    assert f'id="note-{note["id"]}"' in answer["cards"][key]
    assert answer["moments"][0]["decision"] == "confirmed"
    (mark,) = answer["notes"]
    assert (mark["id"], mark["start"], mark["end"]) == (note["id"], 12_200, 24_000)
    assert (mark["aim"], mark["state"]) == ("change", "sent")
    with app.app_context():
        assert desk.point.verdict is not None


def test_a_note_without_what_to_say_instead_is_not_sent(desk: Desk, claire: FlaskClient) -> None:
    note = create(claire, desk, instead="").json["note"]
    answer = send(claire, note, instead="")
    assert answer.status_code == 400
    assert answer.json["field"] == "instead"
    assert answer.json["error"]


def test_too_long_a_text_says_which_field(desk: Desk, claire: FlaskClient) -> None:
    answer = create(claire, desk, hears="x" * 1001)
    assert (answer.status_code, answer.json["field"]) == (400, "hears")


def test_line_ends_of_browsers_do_not_count(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    note = create(claire, desk, instead="Un\r\ndeux").json["note"]
    with app.app_context():
        assert db.session.get_one(Note, note["id"]).instead == "Un\ndeux"


def test_taking_a_note_back_makes_it_a_draft_and_the_flag_open(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    note = create(claire, desk).json["note"]
    undo = send(claire, note).json["undo"]
    answer = claire.post(undo, headers=JSON)
    assert answer.json["note"]["sent"] is False
    assert answer.json["moments"][0]["decision"] == ""
    with app.app_context():
        assert desk.point.verdict_id is None


def test_a_note_that_was_read_is_not_taken_back(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire"), read_at=utc_now()).id
    answer = claire.post(f"/notes/{note_id}/unsend", headers=JSON)
    assert answer.status_code == 409
    assert answer.json["error"]


def test_sending_answers_the_request_that_the_form_was_opened_for(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        request_id = create_request(desk.call, desk.user("agent")).id
    page = claire.get(new_address(desk, f"?request={request_id}"), headers=FRAGMENT).text
    assert field(page, "quote") == "On a déjà un outil, depuis l'an dernier."
    assert field(page, "request") == str(request_id)
    note = create(claire, desk, point="", request=request_id).json["note"]
    with app.app_context():
        assert db.session.get_one(ListeningRequest, request_id).answer is None, "only a draft"
    undo = send(claire, note, request=request_id).json["undo"]
    with app.app_context():
        answered = db.session.get_one(ListeningRequest, request_id)
        assert (answered.answer, answered.note_id) == ("noted", note["id"])
    claire.post(undo, headers=JSON)
    with app.app_context():
        again = db.session.get_one(ListeningRequest, request_id)
        assert again.answered_at is None, "it waits again"


# Two at one note


def test_two_supervisors_collide_and_both_texts_are_shown(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    note = send(claire, create(claire, desk).json["note"]).json["note"]
    thomas = sign_in(desk.ids["thomas"])
    version = note["version"]
    theirs = {**TEXT, "instead": "Vous clôturez en combien de semaines ?", "based_on": version}
    assert thomas.post(note["action"], data=theirs, headers=JSON).status_code == 200
    mine = {**TEXT, "instead": "Vous clôturez comment ?", "based_on": version}
    answer = claire.post(note["action"], data=mine, headers=JSON)
    assert answer.status_code == 409
    html = answer.json["conflict"]
    assert "Thomas V." in html
    assert "<del>" in html
    assert "<ins>" in html
    assert answer.json["theirs"]["instead"] == "Vous clôturez en combien de semaines ?"
    assert answer.json["note"]["version"] == version + 1
    kept = {**mine, "based_on": answer.json["note"]["version"]}
    assert claire.post(note["action"], data=kept, headers=JSON).status_code == 200
    with app.app_context():
        stored = db.session.get_one(Note, note["id"])
        assert stored.instead == "Vous clôturez comment ?"
        assert [item.content["instead"] for item in stored.revisions][1] == theirs["instead"]


def test_ones_own_other_window_is_named_as_such(desk: Desk, claire: FlaskClient) -> None:
    note = create(claire, desk).json["note"]
    for text, status in (("Ici", 200), ("Là", 409)):
        answer = claire.post(
            note["action"], data={**TEXT, "instead": text, "based_on": 1}, headers=JSON
        )
        assert answer.status_code == status
    assert "une autre fenêtre" in answer.json["conflict"]


def test_a_draft_sent_from_another_window_is_not_lost_here(desk: Desk, claire: FlaskClient) -> None:
    note = create(claire, desk).json["note"]
    send(claire, note)
    answer = send(claire, note, instead="Écrit ici")
    assert answer.status_code == 409
    assert "Écrit" in answer.json["conflict"]


# Answers, deleting, history


def test_answers_stand_under_the_note_and_are_seen_by_its_author(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire"), point=desk.point).id
    hanta = sign_in(desk.ids["agent"])
    answer = hanta.post(f"/notes/{note_id}/reply", data={"text": "Je vois."}, headers=JSON)
    assert answer.status_code == 200
    assert answer.json["message"] == ""
    assert answer.json["announce"]
    sign_in(desk.ids["thomas"]).get(f"/calls/{desk.call_id}")
    with app.app_context():
        (reply,) = db.session.scalars(db.select(NoteReply)).all()
        assert reply.seen_at is None, "a colleague's look is not the author's"
    page = claire.get(f"/calls/{desk.call_id}").text
    assert "Je vois." in page
    assert 'class="is-new"' in page
    with app.app_context():
        (reply,) = db.session.scalars(db.select(NoteReply)).all()
        assert reply.seen_at is not None
    assert 'class="is-new"' not in claire.get(f"/calls/{desk.call_id}").text


def test_an_empty_answer_is_refused(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
    assert claire.post(f"/notes/{note_id}/reply", data={"text": "  "}).status_code == 400


def test_the_agents_look_at_the_desk_reads_their_note(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
    claire.get(f"/calls/{desk.call_id}")
    with app.app_context():
        assert db.session.get_one(Note, note_id).read_at is None
    sign_in(desk.ids["agent"]).get(f"/calls/{desk.call_id}")
    with app.app_context():
        assert db.session.get_one(Note, note_id).read_at is not None


def test_a_deleted_note_comes_back(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
    answer = claire.post(f"/notes/{note_id}/delete", headers=JSON).json
    assert answer["notes"] == []
    assert f"note-{note_id}" not in answer["loose_notes"]
    assert claire.get(f"/notes/{note_id}/edit").status_code == 404
    back = claire.post(answer["undo"], headers=JSON).json
    assert [mark["id"] for mark in back["notes"]] == [note_id]
    assert f"note-{note_id}" in back["loose_notes"]


def test_the_history_says_who_saved_when_and_which_words_changed(
    desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    note = send(claire, create(claire, desk).json["note"]).json["note"]
    changed = {
        **TEXT,
        "instead": "Vous clôturez en combien de semaines ?",
        "cause": "",
        "end_ms": 20_000,
        "based_on": note["version"],
    }
    thomas = sign_in(desk.ids["thomas"])
    assert thomas.post(note["action"], data=changed, headers=JSON).status_code == 200
    page = claire.get(f"/notes/{note['id']}/history").text
    assert "<html" in page
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    assert "Thomas V." in text
    assert "Claire M." in text
    assert re.search(r"<del>.*?jours</del>", page, re.DOTALL)
    assert re.search(r"<ins>.*?semaines</ins>", page, re.DOTALL)
    assert "0:24,0" in page
    assert "0:20,0" in page
    assert "objection laissée sans réponse" in page
    fragment = claire.get(f"/notes/{note['id']}/history", headers=FRAGMENT).text
    assert fragment.lstrip().startswith("<dialog")
    shown = claire.get(f"/calls/{desk.call_id}").text
    assert "Modifié" in shown[shown.index(f'id="note-{note["id"]}"') :]
