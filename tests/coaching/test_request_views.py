"""Listening requests on the pages: asking, taking back, answering, and who may not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.coaching.models import ListeningRequest, RequestAnswer
from callcoach.coaching.operations import requests
from callcoach.extensions import db, utc_now
from tests.factories.coaching import create_note, create_request

from .conftest import Desk

SignIn = Callable[[User | int], FlaskClient]
AS_SCRIPT = {"Accept": "application/json"}


def _all() -> list[ListeningRequest]:
    db.session.expire_all()
    return list(db.session.scalars(select(ListeningRequest).order_by(ListeningRequest.id)))


def _drawn(page: str) -> list[dict[str, Any]]:
    """The requests that the waveform of a call page draws."""
    found = re.search(r'<script[^>]*id="call-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return list(json.loads(found.group(1))["requests"])


def test_an_agent_marks_the_playhead(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    browser = sign_in(desk.ids["agent"])
    answer = browser.post(
        f"/calls/{desk.call_id}/requests",
        data={"kind": "moment", "at": "0:11.5", "text": "Pourquoi il se ferme ?"},
    )
    assert answer.location == f"/calls/{desk.call_id}"
    with app.app_context():
        (request,) = _all()
        assert (request.channel, request.start_ms, request.end_ms) == (1, 9600, 12_000)
        assert request.text == "Pourquoi il se ferme ?"
        number = request.id
    page = browser.get(answer.location).text
    assert f'action="/requests/{number}/withdraw"' in page
    assert [mark["start"] for mark in _drawn(page)] == [9600]
    assert _drawn(page)[0]["state"] == "waiting"


@pytest.mark.parametrize("at", ["11", "1:", "abc", "0:11:5:3", "-0:05", "9999:00"])
def test_a_moment_that_cannot_be_read_is_refused(
    app: Flask, desk: Desk, sign_in: SignIn, at: str
) -> None:
    browser = sign_in(desk.ids["agent"])
    answer = browser.post(f"/calls/{desk.call_id}/requests", data={"kind": "moment", "at": at})
    assert answer.status_code == 400
    with app.app_context():
        assert _all() == []


def test_a_moment_without_a_place_is_no_request_for_the_whole_call(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    browser = sign_in(desk.ids["agent"])
    answer = browser.post(f"/calls/{desk.call_id}/requests", data={"kind": "moment", "at": " "})
    assert answer.status_code == 400
    with app.app_context():
        assert _all() == []


def test_a_script_gets_the_list_and_the_marks_back(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    browser = sign_in(desk.ids["agent"])
    made = browser.post(
        f"/calls/{desk.call_id}/requests",
        data={"kind": "moment", "at": "0:11", "text": "Là <i>?</i>"},
        headers=AS_SCRIPT,
    ).get_json()
    assert "Là &lt;i&gt;?&lt;/i&gt;" in made["request_list"]
    assert [mark["start"] for mark in made["requests"]] == [9600]
    undone = browser.post(made["undo"], headers=AS_SCRIPT).get_json()
    assert undone["requests"] == []
    back = browser.post(undone["undo"], headers=AS_SCRIPT).get_json()
    assert [mark["start"] for mark in back["requests"]] == [9600]
    twice = browser.post(f"/calls/{desk.call_id}/requests", data={"at": "0:11"}, headers=AS_SCRIPT)
    assert twice.status_code == 409
    assert twice.get_json()["error"]


def test_what_was_asked_anew_is_not_brought_back_twice(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    browser = sign_in(desk.ids["agent"])
    first = browser.post(f"/calls/{desk.call_id}/requests", headers=AS_SCRIPT).get_json()
    undone = browser.post(first["undo"], headers=AS_SCRIPT).get_json()
    browser.post(f"/calls/{desk.call_id}/requests")
    assert browser.post(undone["undo"], headers=AS_SCRIPT).status_code == 409
    with app.app_context():
        assert [request.withdrawn_at is None for request in _all()] == [False, True]


def test_a_mark_some_seconds_after_a_turn_takes_the_whole_turn(app: Flask, desk: Desk) -> None:
    with app.app_context():
        call = desk.call
        call.duration_ms = 60_000
        request = requests.request_listening(desk.agent, call, at_ms=37_500)
        assert (request.start_ms, request.end_ms) == (25_000, 26_000)
        assert request.quote == "Non merci."


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("colleague", 404),
        ("stranger", 404),
        ("sponsor", 404),
        ("claire", 403),
        ("lead", 403),
        ("admin", 403),
    ],
)
def test_only_the_calls_agent_asks(
    app: Flask, desk: Desk, sign_in: SignIn, who: str, status: int
) -> None:
    answer = sign_in(desk.ids[who]).post(f"/calls/{desk.call_id}/requests", data={"at": "0:11"})
    assert answer.status_code == status
    with app.app_context():
        assert _all() == []


@pytest.mark.parametrize("who", ["colleague", "stranger", "sponsor"])
def test_strangers_to_the_call_find_no_request(
    app: Flask, desk: Desk, sign_in: SignIn, who: str
) -> None:
    with app.app_context():
        number = create_request(desk.call, desk.user("agent"), text="Motdelademande").id
    browser = sign_in(desk.ids[who])
    for what in ("withdraw", "restore", "answer", "reopen"):
        answer = browser.post(f"/requests/{number}/{what}", data={"answer": "turns_here"})
        assert answer.status_code == 404
    page = browser.get("/my/requests")
    assert page.status_code == (200 if who == "colleague" else 404)
    assert "Motdelademande" not in page.text
    with app.app_context():
        (request,) = _all()
        assert (request.answer, request.withdrawn_at) == (None, None)


@pytest.mark.parametrize(("who", "status"), [("agent", 403), ("lead", 403), ("claire", 302)])
def test_supervisors_answer_and_take_it_back(
    app: Flask, desk: Desk, sign_in: SignIn, who: str, status: int
) -> None:
    with app.app_context():
        number = create_request(desk.call, desk.user("agent")).id
    browser = sign_in(desk.ids[who])
    answer = browser.post(
        f"/requests/{number}/answer", data={"answer": "not_here", "text": "Plus tôt, à l’accroche."}
    )
    assert answer.status_code == status
    if status != 302:
        with app.app_context():
            assert _all()[0].answer is None
        return
    assert answer.location == f"/calls/{desk.call_id}"
    with app.app_context():
        (request,) = _all()
        assert request.answer == RequestAnswer.NOT_HERE
        assert request.answered_by_id == desk.ids["claire"]
    assert f'action="/requests/{number}/reopen"' in browser.get(answer.location).text
    browser.post(f"/requests/{number}/reopen")
    with app.app_context():
        assert _all()[0].answer is None


@pytest.mark.parametrize("answer", ["noted", "", "perhaps"])
def test_a_note_answers_by_being_sent_and_nothing_else_does(
    app: Flask, desk: Desk, sign_in: SignIn, answer: str
) -> None:
    with app.app_context():
        number = create_request(desk.call, desk.user("agent")).id
    browser = sign_in(desk.ids["claire"])
    refused = browser.post(f"/requests/{number}/answer", data={"answer": answer})
    assert refused.status_code == 400
    with app.app_context():
        assert _all()[0].answered_at is None


def test_the_supervisors_page_lists_what_waits_and_answers_it(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        waiting = create_request(desk.call, desk.user("agent"), text="Un mot ?").id
        done = create_request(
            desk.call,
            desk.user("agent"),
            channel=0,
            start_ms=3000,
            end_ms=5000,
            answer="listened",
            answered_at=utc_now(),
        ).id
    page = sign_in(desk.ids["claire"]).get(f"/calls/{desk.call_id}").text
    assert f'action="/requests/{waiting}/answer"' in page
    assert f'action="/requests/{done}/answer"' not in page
    assert f"/calls/{desk.call_id}/notes/new?request={waiting}" in page
    assert [mark["id"] for mark in _drawn(page)] == [waiting]
    lead = sign_in(desk.ids["lead"]).get(f"/calls/{desk.call_id}").text
    assert "Un mot ?" in lead
    assert "/answer" not in lead
    assert "/requests/" not in lead


def test_the_agent_reads_the_answers_first_and_once_as_new(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"))
        answered: dict[str, Any] = {"answered_at": utc_now(), "answered_by_id": desk.ids["claire"]}
        create_request(
            desk.call,
            desk.user("agent"),
            answer="turns_here",
            answer_text="Oui, à « déjà ».",
            **answered,
        )
        create_request(desk.call, desk.user("agent"), answer="noted", note_id=note.id, **answered)
        create_request(desk.call, desk.user("agent"), moment=False, text="Encore ouverte")
        note_id = note.id
    browser = sign_in(desk.ids["agent"])
    page = browser.get("/my/requests").text
    assert page.index("Oui, à « déjà ».") < page.index("Encore ouverte")
    assert f'href="/my/notes/{note_id}"' in page
    assert page.count("●") == 2
    with app.app_context():
        assert [request.seen_at is not None for request in _all()] == [True, True, False]
    assert browser.get("/my/requests").text.count("●") == 0


def test_a_request_is_taken_back_from_the_list(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        number = create_request(desk.call, desk.user("agent"), text="Encore ouverte").id
    browser = sign_in(desk.ids["agent"])
    assert f'action="/requests/{number}/withdraw"' in browser.get("/my/requests").text
    answer = browser.post(f"/requests/{number}/withdraw", data={"next": "/my/requests"})
    assert answer.location == "/my/requests"
    page = browser.get(answer.location).text
    assert "Encore ouverte" not in page
    assert f'action="/requests/{number}/restore"' in page, "the message offers undo"


def test_a_note_that_was_deleted_leaves_the_answer_without_a_way_to_it(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"), deleted_at=utc_now())
        create_request(
            desk.call,
            desk.user("agent"),
            answer="noted",
            note_id=note.id,
            answered_at=utc_now(),
        )
    page = sign_in(desk.ids["agent"]).get("/my/requests").text
    assert "/my/notes/" not in page


def test_without_requests_the_page_says_what_comes_next(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    page = sign_in(desk.ids["agent"]).get("/my/requests").text
    assert 'class="empty"' in page
    assert 'href="/calls"' in page
