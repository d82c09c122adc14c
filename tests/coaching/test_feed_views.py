"""The feed's page and what its script asks of the server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent, Role, User
from callcoach.calls.models import Call, CallState, Turn, Verdict
from callcoach.calls.operations import judge
from callcoach.coaching.models import FeedClaim, FeedOutcome, ListeningRequest
from callcoach.extensions import db, utc_now
from tests.coaching.conftest import Desk
from tests.factories.calls import create_call
from tests.factories.coaching import create_note, create_request
from tests.factories.feed import make_playable

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def claire(app: Flask, desk: Desk, sign_in: SignIn) -> FlaskClient:
    """A supervisor's browser; the call of the desk can be played."""
    with app.app_context():
        make_playable(desk.call)
    return sign_in(desk.ids["claire"])


def take(browser: FlaskClient, count: int = 1) -> dict[str, Any]:
    return dict(browser.post("/feed/claims", data={"count": count}).json or {})


def test_the_page_says_how_much_waits_and_claims_nothing(app: Flask, claire: FlaskClient) -> None:
    page = claire.get("/feed").text
    assert 'data-act="start"' in page
    with app.app_context():
        assert db.session.scalars(select(FeedClaim)).all() == []


def test_a_moment_comes_with_its_words_its_cause_and_what_to_play(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    [item] = take(claire)["items"]
    assert (item["from"], item["to"]) == (4200, 24_200)
    assert "On a déjà un outil" in item["html"]
    assert (
        '<mark class="is-negative">Je vous propose une démonstration mardi ou jeudi.</mark>'
        in (item["html"])
    )
    assert "Hanta R." in item["announcement"]
    assert item["deskUrl"] == f"/calls/{desk.call_id}?t=4.2"
    assert item["noteUrl"] == f"/calls/{desk.call_id}/notes/new?point={desk.point_id}"
    with app.app_context():
        served = db.session.scalars(
            select(AccessEvent).where(AccessEvent.action == "moment.served")
        ).all()
        assert [event.subject_id for event in served] == [desk.call_id]


def test_a_turn_that_goes_on_outside_of_what_is_played_is_cut(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    html = take(claire)["items"][0]["html"]
    assert "… Hanta Rakoto, de la société Comptaclair." in html, "its start was before"
    assert "Bonjour madame" not in html
    assert "Non merci" not in html, "said after the end"


def test_a_word_in_doubt_does_not_cut_the_line_under_the_cause(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        turn = db.session.scalars(select(Turn).where(Turn.index == 3)).one()
        turn.words = [
            [word, start, end, 0.1 if "propose" in word else sure]
            for word, start, end, sure in turn.words
        ]
        db.session.commit()
    html = take(claire)["items"][0]["html"]
    assert '<mark class="is-negative">Je vous propose une démonstration mardi ou jeudi.</mark>' in (
        html
    )


def test_what_is_held_is_not_served_to_a_colleague(
    desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    thomas = sign_in(desk.ids["thomas"])
    [item] = take(claire)["items"]
    assert take(thomas) == {"items": [], "waiting": 0}
    assert thomas.post(item["finishUrl"], data={"outcome": "passed"}).status_code == 404
    claire.post("/feed/claims/release", data={"ids": item["claim"]})
    assert len(take(thomas)["items"]) == 1
    kept = claire.post("/feed/claims/renew", data={"ids": item["claim"]})
    assert kept.json == {"held": []}


def test_keeping_a_moment_while_its_call_is_open_lasts_ten_minutes(
    app: Flask, claire: FlaskClient
) -> None:
    [item] = take(claire)["items"]
    answer = claire.post("/feed/claims/renew", data={"ids": item["claim"], "keep": "1"})
    assert answer.json == {"held": [item["claim"]]}
    with app.app_context():
        claim = db.session.get_one(FeedClaim, item["claim"])
        assert claim.lease_until > utc_now() + timedelta(minutes=9)


def test_one_key_judges_and_undo_takes_it_back(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    [item] = take(claire)["items"]
    told = claire.post(item["finishUrl"], data={"outcome": "confirmed"}).json
    assert told == {"outcome": "confirmed", "conflict": ""}
    with app.app_context():
        assert desk.point.verdict is not None
        assert desk.point.verdict.decision == "confirmed"
    [again] = claire.post(item["undoUrl"]).json["items"]
    assert again["claim"] == item["claim"]
    with app.app_context():
        assert desk.point.verdict is None


def test_who_judged_on_the_desk_in_between_is_named(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    [item] = take(claire)["items"]
    with app.app_context():
        judge(desk.thomas, desk.call, desk.point, "rejected")
        db.session.commit()
    told = claire.post(item["finishUrl"], data={"outcome": "confirmed"}).json
    assert told["outcome"] == "passed"
    assert "Thomas V." in told["conflict"]
    with app.app_context():
        assert [verdict.decision for verdict in db.session.scalars(select(Verdict))] == ["rejected"]


def test_a_note_that_was_sent_finishes_its_moment(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    [item] = take(claire)["items"]
    form = claire.get(item["noteUrl"])
    assert form.status_code == 200
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"), point=desk.point).id
    told = claire.post(item["finishUrl"], data={"outcome": "noted", "note": note}).json
    assert told["outcome"] == "noted"
    refused = claire.post(item["finishUrl"], data={"outcome": "noted", "note": "987654"})
    assert refused.status_code == 404


def test_what_is_no_outcome_is_refused(claire: FlaskClient) -> None:
    [item] = take(claire)["items"]
    for wanted in ("", "liked", "noted"):
        assert claire.post(item["finishUrl"], data={"outcome": wanted}).status_code in (400, 404)
    assert claire.post("/feed/claims", data={"count": "40"}).status_code == 400


def test_a_request_shows_its_question_and_is_answered_with_a_word(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        request_id = create_request(desk.call, desk.user("agent"), text="Trop vite ?").id
    [item] = take(claire)["items"]
    assert item["request"] == request_id
    assert "Trop vite ?" in item["html"]
    assert "data-answer" in item["html"]
    assert f"request={request_id}" in item["noteUrl"]
    told = claire.post(
        item["finishUrl"], data={"outcome": "confirmed", "text": "Oui, respirez."}
    ).json
    assert told["outcome"] == "confirmed"
    with app.app_context():
        request = db.session.get_one(ListeningRequest, request_id)
        assert (request.answer, request.answer_text) == ("turns_here", "Oui, respirez.")
    claire.post(item["undoUrl"])
    with app.app_context():
        assert db.session.get_one(ListeningRequest, request_id).answered_at is None


def test_a_whole_call_is_played_from_where_the_conversation_starts(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    with app.app_context():
        create_request(desk.call, desk.user("agent"), moment=False)
    [item] = take(claire)["items"]
    assert item["wholeCall"]
    assert item["to"] == 30_000
    assert item["from"] >= 1000, "nobody speaks before, and ringing is skipped"
    assert 'data-act="answered"' in item["html"]
    assert 'data-act="rejected"' not in item["html"]
    told = claire.post(item["finishUrl"], data={"outcome": "answered"}).json
    assert told["outcome"] == FeedOutcome.ANSWERED


def test_filters_in_the_address_narrow_the_run(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        campaign = desk.call.campaign_id
    assert take(claire, 1)["items"], "something waits"
    with app.app_context():
        db.session.delete(db.session.scalars(select(FeedClaim)).one())
        db.session.commit()
    elsewhere = claire.post(f"/feed/claims?campaign={campaign + 1}", data={"count": 1})
    assert elsewhere.json["items"] == []
    assert 'data-act="start"' not in claire.get("/feed?team=987").text
    assert '/feed"' in claire.get("/feed?team=987").text, "the way back to everything"
    assert 'data-act="start"' in claire.get(f"/feed?campaign={campaign}&team={desk.team_id}").text
    assert 'data-act="start"' in claire.get("/feed?campaign=no-number").text


def test_nothing_waiting_says_what_comes_next(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    stranger = sign_in(desk.ids["stranger"])
    empty = stranger.get("/feed").text
    assert 'data-act="start"' not in empty
    assert "/calls/import" in empty
    with app.app_context():
        call = db.session.get_one(Call, desk.call_id)
        judge(desk.claire, call, desk.point, "rejected")
        create_call(CallState.TRANSCRIBING, team=call.team, campaign=call.campaign)
        db.session.commit()
    processing = claire.get("/feed").text
    assert 'data-act="start"' not in processing
    assert "1 call" in processing or "1 appel" in processing


@pytest.mark.parametrize("who", ["lead", "agent", "sponsor"])
def test_who_does_not_judge_has_no_feed(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn, who: str
) -> None:
    browser = sign_in(desk.ids[who])
    assert browser.get("/feed").status_code == 403
    assert browser.post("/feed/claims", data={"count": 1}).status_code == 403
    with app.app_context():
        role = db.session.get_one(User, desk.ids[who]).role
    assert role not in (Role.ADMIN, Role.SUPERVISOR)
    assert 'href="/feed"' not in browser.get("/settings").text
