"""The page of one call: what it shows, and to whom."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent, Role, User
from callcoach.calls.models import AnalysisRun, Call, Turn
from callcoach.extensions import db, utc_now
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import add_open_question, create_call

SignIn = Callable[[User | int], FlaskClient]


@pytest.fixture
def floor(app: Flask) -> dict[str, int]:
    """A ready call with one break and one opening, and people around it."""
    with app.app_context():
        team, other = create_team(), create_team()
        agent = create_user(Role.AGENT, teams=[team], name="Hanta R.")
        call = create_call(team=team, agent=agent, persona="DAF")
        analysis = db.session.get_one(AnalysisRun, call.current_analysis_id)
        analysis.figures = {
            "agent_talk_share": {"value": 0.66, "unit": "ratio", "reason": None},
            "overlap_share": {"value": None, "unit": "ratio", "reason": "mono"},
        }
        add_open_question(analysis)
        db.session.commit()
        return {
            "call": call.id,
            "supervisor": create_user(Role.SUPERVISOR, teams=[team]).id,
            "colleague": create_user(Role.SUPERVISOR, teams=[team]).id,
            "lead": create_user(Role.TEAM_LEAD, teams=[team]).id,
            "agent": agent.id,
            "other_agent": create_user(Role.AGENT, teams=[team]).id,
            "other_supervisor": create_user(Role.SUPERVISOR, teams=[other]).id,
            "sponsor": create_user(Role.SPONSOR).id,
        }


def _player(page: str) -> dict[str, object]:
    found = re.search(r'id="call-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("supervisor", 200),
        ("lead", 200),
        ("agent", 200),
        ("other_agent", 404),
        ("other_supervisor", 404),
        ("sponsor", 404),
    ],
)
def test_who_may_read_a_call(floor: dict[str, int], sign_in: SignIn, who: str, status: int) -> None:
    assert sign_in(floor[who]).get(f"/calls/{floor['call']}").status_code == status


def test_supervisor_reads_turns_moments_and_figures(floor: dict[str, int], sign_in: SignIn) -> None:
    page = sign_in(floor["supervisor"]).get(f"/calls/{floor['call']}").text
    assert "Mme Delattre, DAF · Ardenne Emballage" in page
    assert "On a déjà un outil, depuis l&#39;an dernier." in page
    assert "objection laissée sans réponse" in page
    assert "▲" in page
    assert "66\xa0%" in page
    assert "mono" in page, "a missing figure says why"
    assert [moment["number"] for moment in _player(page)["moments"]] == [1, 2]  # type: ignore[attr-defined]


def test_agent_is_not_confronted_with_an_unconfirmed_break(
    floor: dict[str, int], sign_in: SignIn
) -> None:
    page = sign_in(floor["agent"]).get(f"/calls/{floor['call']}").text
    assert "objection laissée sans réponse" not in page
    assert "▼" not in page
    assert [moment["valence"] for moment in _player(page)["moments"]] == ["positive"]  # type: ignore[attr-defined]
    assert "data-correct" not in page, "agents do not correct turns"


def test_reading_a_call_is_logged(app: Flask, floor: dict[str, int], sign_in: SignIn) -> None:
    sign_in(floor["agent"]).get(f"/calls/{floor['call']}")
    with app.app_context():
        (event,) = db.session.scalars(select(AccessEvent).where(AccessEvent.action == "call.read"))
        assert (event.actor_id, event.subject_id) == (floor["agent"], floor["call"])


def test_word_offsets_rebuild_the_text(floor: dict[str, int], sign_in: SignIn) -> None:
    page = sign_in(floor["supervisor"]).get(f"/calls/{floor['call']}").text
    turn = _player(page)["turns"][2]  # type: ignore[index]
    words = ["On", "a", "déjà", "un", "outil,", "depuis", "l'an", "dernier."]
    lengths = [len(words[0]), *(len(word) + 1 for word in words[1:])]
    assert turn["words"][1::2] == lengths
    assert turn["words"][0] == turn["start"]


def test_previous_and_next_follow_the_filters(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        team = create_team()
        supervisor = create_user(Role.SUPERVISOR, teams=[team]).id
        older, middle, _other, newest = (
            create_call(
                team=team,
                outcome=outcome,
                started_at=datetime(2026, 9, 14, hour, tzinfo=UTC),
            ).id
            for hour, outcome in ((8, "meeting"), (9, "meeting"), (10, "refusal"), (11, "meeting"))
        )
    page = sign_in(supervisor).get(f"/calls/{middle}?outcome=meeting").text
    assert f'rel="prev" href="/calls/{newest}?outcome=meeting"' in page
    assert f'rel="next" href="/calls/{older}?outcome=meeting"' in page


@pytest.mark.parametrize(
    ("state", "said"),
    [("transcribing", "data-reload"), ("failed", "La ligne était coupée."), ("cancelled", "retry")],
)
def test_a_call_that_is_not_ready_says_so(
    app: Flask, sign_in: SignIn, state: str, said: str
) -> None:
    with app.app_context():
        team = create_team()
        supervisor = create_user(Role.SUPERVISOR, teams=[team]).id
        call = create_call(state, team=team, failure="La ligne était coupée.").id
    page = sign_in(supervisor).get(f"/calls/{call}")
    assert page.status_code == 200
    assert said in page.text


def test_a_call_without_words_says_no_speech(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        team = create_team()
        supervisor = create_user(Role.SUPERVISOR, teams=[team]).id
        call = create_call(team=team)
        analysis = db.session.get_one(AnalysisRun, call.current_analysis_id)
        analysis.turns, analysis.tipping_points = [], []
        db.session.commit()
        call_id = call.id
    page = sign_in(supervisor).get(f"/calls/{call_id}").text
    assert "No speech detected" in page or "Aucune parole détectée" in page


def test_unread_speech_says_so(app: Flask, floor: dict[str, int], sign_in: SignIn) -> None:
    with app.app_context():
        turn = db.session.scalar(select(Turn).where(Turn.index == 4))
        assert turn is not None
        turn.text, turn.words = "", []
        db.session.commit()
    assert 'class="turn-unread"' in sign_in(floor["supervisor"]).get(f"/calls/{floor['call']}").text


def test_deleted_audio_leaves_the_words(app: Flask, floor: dict[str, int], sign_in: SignIn) -> None:
    with app.app_context():
        call = db.session.get_one(Call, floor["call"])
        assert call.recording is not None
        call.recording.audio_deleted_at = utc_now()
        db.session.commit()
    page = sign_in(floor["supervisor"]).get(f"/calls/{floor['call']}").text
    assert "On a déjà un outil" in page
    assert "<audio" not in page


def test_words_of_people_are_escaped(app: Flask, floor: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(floor["supervisor"])
    evil = "</script><script>alert(1)</script>"
    browser.post(f"/calls/{floor['call']}/turns/2/correction", data={"text": evil, "based_on": "0"})
    with app.app_context():
        db.session.get_one(Call, floor["call"]).prospect_name = evil
        db.session.commit()
    assert "<script>alert" not in browser.get(f"/calls/{floor['call']}").text
