"""Verdicts given on the desk: by whom, in which collision, undone, and after a new analysis."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.calls import operations
from callcoach.calls.models import AnalysisRun, Call, TippingPoint, Verdict
from callcoach.calls.operations.judging import attach_verdicts
from callcoach.extensions import db
from tests.coaching.conftest import Desk
from tests.factories.calls import create_call

SignIn = Callable[[User | int], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def claire(desk: Desk, sign_in: SignIn) -> FlaskClient:
    return sign_in(desk.ids["claire"])


def _judge(
    browser: FlaskClient, desk: Desk, decision: str, seen: str | int = 0, **options: Any
) -> Any:
    return browser.post(
        f"/calls/{desk.call_id}/moments/{desk.point_id}/verdict",
        data={"decision": decision, "seen": str(seen)},
        headers=JSON if options.get("script", True) else {},
    )


def _decision(app: Flask, desk: Desk) -> str:
    with app.app_context():
        verdict = desk.point.verdict
        return str(verdict.decision) if verdict else ""


def test_a_confirmed_moment_says_who_and_when(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    answer = _judge(claire, desk, "confirmed").json
    assert _decision(app, desk) == "confirmed"
    card = answer["cards"][f"p{desk.point_id}"]
    assert re.search(r"✓</span>\s+[^<]*Claire M\., \d", card)
    assert list(answer["cards"]) == [f"p{desk.point_id}"]
    assert [moment["decision"] for moment in answer["moments"]] == ["confirmed"]
    assert answer["message"] == "", "sixty verdicts are not sixty messages"
    assert answer["announce"]


def test_counts_follow_a_rejection(desk: Desk, claire: FlaskClient) -> None:
    before = claire.get(f"/calls/{desk.call_id}").text
    assert "1 rupture" in before
    answer = _judge(claire, desk, "rejected").json
    assert "▼" not in answer["counts"], "a rejected moment is counted no more"
    page = claire.get(f"/calls/{desk.call_id}").text
    assert page.index("is-rejected") > page.index("folded-moments"), "folded, and still there"


def test_undo_goes_back_one_verdict_at_a_time(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    first = _judge(claire, desk, "confirmed").json
    seen = first["moments"][0]["verdict"]
    second = _judge(claire, desk, "rejected", seen).json
    assert _decision(app, desk) == "rejected"
    back = claire.post(second["undo"], headers=JSON).json
    assert _decision(app, desk) == "confirmed"
    assert [moment["decision"] for moment in back["moments"]] == ["confirmed"]
    claire.post(first["undo"], headers=JSON)
    assert _decision(app, desk) == ""


def test_the_same_decision_again_has_nothing_to_undo(desk: Desk, claire: FlaskClient) -> None:
    first = _judge(claire, desk, "confirmed").json
    again = _judge(claire, desk, "confirmed", first["moments"][0]["verdict"]).json
    assert first["undo"]
    assert again["undo"] is None


def test_without_script_a_verdict_leads_back_to_its_moment(desk: Desk, claire: FlaskClient) -> None:
    answer = _judge(claire, desk, "confirmed", script=False)
    assert answer.location == f"/calls/{desk.call_id}?t=12.2"
    page = claire.get(answer.location).text
    undo = re.search(r'action="(/calls/\d+/verdicts/\d+/withdraw)"', page)
    assert undo is not None
    back = claire.post(undo[1], follow_redirects=True).text
    assert 'data-card="p' in back
    assert "is-confirmed" not in back


def test_who_judged_in_between_is_named_with_both_ways_on(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    _judge(sign_in(desk.ids["thomas"]), desk, "rejected")
    answer = _judge(claire, desk, "confirmed")
    assert answer.status_code == 409
    card = answer.json["cards"][f"p{desk.point_id}"]
    assert "Thomas V." in card
    assert "data-keep-theirs" in card
    assert _decision(app, desk) == "rejected", "nothing was written over"
    clash = card[card.index("data-clash") :]
    seen = re.search(r'name="seen" value="(\d+)"', clash)
    assert seen is not None
    assert _judge(claire, desk, "confirmed", seen[1]).status_code == 200
    assert _decision(app, desk) == "confirmed"


def test_without_script_a_collision_is_shown_on_the_page(
    desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    _judge(sign_in(desk.ids["thomas"]), desk, "rejected")
    answer = _judge(claire, desk, "confirmed", script=False)
    assert answer.status_code == 409
    assert "data-keep-theirs" in answer.text
    assert "<h1>" in answer.text


def test_two_who_agree_do_not_collide(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    _judge(sign_in(desk.ids["thomas"]), desk, "confirmed")
    answer = _judge(claire, desk, "confirmed")
    assert answer.status_code == 200
    assert "Thomas V." in answer.json["cards"][f"p{desk.point_id}"], "his stays his"
    assert answer.json["undo"] is None


def test_the_agent_sees_a_break_only_once_it_is_confirmed(
    desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    agent = sign_in(desk.ids["agent"])
    assert "data-card=" not in agent.get(f"/calls/{desk.call_id}").text
    _judge(claire, desk, "confirmed")
    page = agent.get(f"/calls/{desk.call_id}").text
    assert page.count("data-card=") == 1
    assert "data-verdict " not in page
    assert "data-withdraw" not in page
    assert 'name="decision"' not in page


def test_a_team_lead_sees_moments_and_judges_none(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    lead = sign_in(desk.ids["lead"])
    page = lead.get(f"/calls/{desk.call_id}").text
    assert f'data-card="p{desk.point_id}"' in page
    assert 'name="decision"' not in page
    assert _judge(lead, desk, "confirmed").status_code == 403
    assert _decision(app, desk) == ""


@pytest.mark.parametrize("decision", ["", "perhaps"])
def test_what_is_no_decision_is_refused(
    app: Flask, desk: Desk, claire: FlaskClient, decision: str
) -> None:
    assert _judge(claire, desk, decision).status_code == 400
    assert _decision(app, desk) == ""


def _analyse_again(desk: Desk, flags: list[dict[str, Any]]) -> None:
    """Publish a new analysis with the same turns and these flags, as the job does."""
    call = desk.call
    old = call.current_analysis
    assert old is not None
    run = AnalysisRun(
        call_id=call.id,
        transcript_id=old.transcript_id,
        number=old.number + 1,
        agent_channel=0,
        channels="stereo",
        engine={},
        figures={},
        engagement=[],
    )
    for kind, rows in (("turns", old.turns), ("tipping_points", old.tipping_points)):
        for place, row in enumerate(rows):
            if kind == "tipping_points" and place >= len(flags):
                break
            changes = flags[place] if kind == "tipping_points" else {}
            columns = {
                column.key: getattr(row, column.key)
                for column in type(row).__table__.columns
                if column.key not in ("id", "analysis_id", "verdict_id")
            }
            getattr(run, kind).append(type(row)(**{**columns, **changes}))
    db.session.add(run)
    db.session.flush()
    attach_verdicts(call.id, run)
    call.current_analysis_id = run.id
    db.session.commit()


def test_a_verdict_is_on_its_moment_again_after_a_new_analysis(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    _judge(claire, desk, "confirmed")
    with app.app_context():
        _analyse_again(desk, [{"start_ms": 12_500, "end_ms": 23_000}])
        new = db.session.scalar(
            select(TippingPoint.id).where(TippingPoint.analysis_id == desk.call.current_analysis_id)
        )
    page = claire.get(f"/calls/{desk.call_id}").text
    card = page[page.index(f'data-card="p{new}"') :]
    assert "Claire M." in card[: card.index("</article>")]


def test_a_confirmed_moment_outlives_its_flag_and_says_why(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    undo = _judge(claire, desk, "confirmed").json["undo"]
    with app.app_context():
        _analyse_again(desk, [])
        verdict = db.session.scalar(select(Verdict.id))
    page = claire.get(f"/calls/{desk.call_id}").text
    assert f'data-card="v{verdict}"' in page
    assert 'class="moment-kept' in page
    answer = claire.post(undo, headers=JSON).json
    assert answer["moments"] == [], "taken back, nothing holds it"


def test_moments_of_another_call_are_not_found(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        team = db.session.get_one(Call, desk.call_id).team
        other = create_call(team=team).id
    url = f"/calls/{other}/moments/{desk.point_id}/verdict"
    assert claire.post(url, data={"decision": "confirmed"}).status_code == 404


def test_a_card_says_how_often_its_kind_was_confirmed_here(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    def cards(who: FlaskClient) -> str:
        return who.get(f"/calls/{desk.call_id}").text

    with app.app_context():
        call = desk.call
        for number in range(5):
            other = create_call(team=call.team, campaign=call.campaign)
            assert other.current_analysis is not None
            (point,) = other.current_analysis.tipping_points
            if number == 4:
                db.session.commit()
                assert not re.search(r"\(4 \w+\)", cards(claire)), "four say nothing"
            operations.judge(desk.claire, other, point, "rejected" if number else "confirmed")
            db.session.commit()
    told = r"\b2 [^<]* 10[^<]*, 5 \w+"
    assert re.search(told, cards(claire)), "one of five is two of ten"
    assert not re.search(told, cards(sign_in(desk.ids["agent"])))
