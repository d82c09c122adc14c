"""What people change on a call: words, voices, outcome, metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role, User
from callcoach.calls.models import Call, CallState, Turn, TurnCorrection
from callcoach.calls.subjects import ANALYSE, subject_of
from callcoach.extensions import db
from callcoach.jobs.operations import enqueue
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call

SignIn = Callable[[User | int], FlaskClient]


@pytest.fixture
def desk(app: Flask) -> dict[str, int]:
    """A ready call, and people around it."""
    with app.app_context():
        team, other = create_team(), create_team()
        agent = create_user(Role.AGENT, teams=[team], name="Hanta R.")
        return {
            "call": create_call(team=team, agent=agent, persona="DAF").id,
            "supervisor": create_user(Role.SUPERVISOR, teams=[team]).id,
            "colleague": create_user(Role.SUPERVISOR, teams=[team]).id,
            "lead": create_user(Role.TEAM_LEAD, teams=[team]).id,
            "agent": agent.id,
            "other_supervisor": create_user(Role.SUPERVISOR, teams=[other]).id,
        }


def _player(page: str) -> dict[str, object]:
    found = re.search(r'id="call-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


def test_correcting_a_turn_in_place(app: Flask, desk: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(desk["supervisor"])
    url = f"/calls/{desk['call']}/turns/2/correction"
    form = browser.get(url, headers={"X-Fragment": "turn"}).text
    assert "On a déjà un outil" in form
    assert "<html" not in form
    answer = browser.post(
        url,
        data={"text": "On a déjà notre outil.", "based_on": "0"},
        headers={"X-Fragment": "turn"},
    )
    assert answer.status_code == 200
    assert "On a déjà notre outil." in answer.text
    page = browser.get(f"/calls/{desk['call']}").text
    assert "On a déjà notre outil." in page
    assert _player(page)["turns"][2]["words"] == []  # type: ignore[index]
    with app.app_context():
        turn = db.session.scalar(select(Turn).where(Turn.index == 2))
        assert turn is not None
        assert turn.text == "On a déjà un outil, depuis l'an dernier.", "what was heard stays"


def test_leaving_the_form_gives_the_turn_back(desk: dict[str, int], sign_in: SignIn) -> None:
    url = f"/calls/{desk['call']}/turns/3/correction?view=read"
    answer = sign_in(desk["supervisor"]).get(url, headers={"X-Fragment": "turn"}).text
    assert "data-said" in answer
    assert "<textarea" not in answer
    assert "data-hear" in answer, "its pin is still there"


def test_a_conflict_shows_both_texts(desk: dict[str, int], sign_in: SignIn) -> None:
    url = f"/calls/{desk['call']}/turns/2/correction"
    sign_in(desk["colleague"]).post(url, data={"text": "Texte de Claire.", "based_on": "0"})
    answer = sign_in(desk["supervisor"]).post(
        url, data={"text": "Mon texte.", "based_on": "0"}, headers={"X-Fragment": "turn"}
    )
    assert answer.status_code == 409
    assert "Texte de Claire." in answer.text
    assert "Mon texte." in answer.text
    based_on = re.search(r'name="based_on"[^>]*value="(\d+)"', answer.text)
    assert based_on is not None
    saved = sign_in(desk["supervisor"]).post(
        url, data={"text": "Mon texte.", "based_on": based_on[1]}, headers={"X-Fragment": "turn"}
    )
    assert saved.status_code == 200, "after reading theirs, mine can be saved"


def test_agent_cannot_correct(app: Flask, desk: dict[str, int], sign_in: SignIn) -> None:
    url = f"/calls/{desk['call']}/turns/2/correction"
    assert sign_in(desk["agent"]).get(url).status_code == 403
    answer = sign_in(desk["agent"]).post(url, data={"text": "x", "based_on": "0"})
    assert answer.status_code == 403
    assert sign_in(desk["other_supervisor"]).get(url).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(TurnCorrection)) is None


def test_swapping_and_swapping_back(app: Flask, desk: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(desk["lead"])
    page = browser.post(f"/calls/{desk['call']}/swap", follow_redirects=True).text
    assert f'action="/calls/{desk["call"]}/swap"' in page
    with app.app_context():
        assert db.session.get_one(Call, desk["call"]).agent_channel == "right"
    browser.post(f"/calls/{desk['call']}/swap")
    with app.app_context():
        assert db.session.get_one(Call, desk["call"]).agent_channel == "left"


def test_outcome_in_one_click_and_back(app: Flask, desk: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(desk["lead"])
    url = f"/calls/{desk['call']}/result"
    with app.app_context():
        before = db.session.get_one(Call, desk["call"]).outcome
    page = browser.post(url, data={"outcome": "callback"}, follow_redirects=True).text
    with app.app_context():
        assert db.session.get_one(Call, desk["call"]).outcome == "callback"
    assert f'action="{url}?outcome={before}&amp;back=1"' in page
    page = browser.post(f"{url}?outcome={before}&back=1", follow_redirects=True).text
    with app.app_context():
        assert db.session.get_one(Call, desk["call"]).outcome == before != "callback"
    assert "outcome=callback" not in page  # the undo offers no undo


def _fields(browser: FlaskClient, call_id: int) -> dict[str, str]:
    """What the form would send when nothing is changed."""
    page = browser.get(f"/calls/{call_id}/edit").text
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'selected value="([^"]*)"', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


def test_metadata_form_saves_and_keeps_the_zone(
    app: Flask, desk: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(desk["supervisor"])
    fields = _fields(browser, desk["call"])
    fields |= {"company": "Nouvelle Société", "started_at": "2026-09-14T11:41"}
    answer = browser.post(f"/calls/{desk['call']}/edit", data=fields)
    assert answer.status_code == 302, answer.text
    with app.app_context():
        call = db.session.get_one(Call, desk["call"])
        assert call.company == "Nouvelle Société"
        assert call.started_at == datetime(2026, 9, 14, 9, 41, tzinfo=UTC), "11:41 in Paris"
        assert call.prospect_name == "Mme Delattre"


def test_metadata_form_saved_unchanged_changes_nothing(
    app: Flask, desk: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(desk["supervisor"])
    with app.app_context():
        before = db.session.get_one(Call, desk["call"]).started_at
    browser.post(f"/calls/{desk['call']}/edit", data=_fields(browser, desk["call"]))
    with app.app_context():
        call = db.session.get_one(Call, desk["call"])
        assert call.started_at == before
        edited = select(AccessEvent).where(AccessEvent.action == "call.edited")
        assert db.session.scalar(edited) is None


def test_metadata_form_says_what_is_wrong(desk: dict[str, int], sign_in: SignIn) -> None:
    answer = sign_in(desk["supervisor"]).post(
        f"/calls/{desk['call']}/edit", data={"company": "x" * 200}
    )
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.text


def test_deleting_the_recording_asks_first_and_leaves_the_words(
    app: Flask, desk: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(desk["supervisor"])
    url = f"/calls/{desk['call']}"
    page = browser.get(url).text
    assert 'data-open-dialog="delete-audio"' in page
    assert f'action="{url}/audio/delete"' in page
    answer = browser.post(f"{url}/audio/delete")
    assert (answer.status_code, answer.location) == (302, url)
    page = browser.get(url).text
    assert "Comptaclair" in page, "the words are there"
    assert "delete-audio" not in page, "there is nothing left to delete"
    with app.app_context():
        call = db.session.get_one(Call, desk["call"])
        assert call.recording is not None
        assert call.recording.audio_deleted_at is not None
        events = select(AccessEvent.action).where(AccessEvent.action == "call.audio_deleted")
        assert len(db.session.scalars(events).all()) == 1


@pytest.mark.parametrize("who", ["lead", "agent"])
def test_who_may_not_delete_a_recording_is_not_offered_to(
    desk: dict[str, int], sign_in: SignIn, who: str
) -> None:
    browser = sign_in(desk[who])
    assert "delete-audio" not in browser.get(f"/calls/{desk['call']}").text
    assert browser.post(f"/calls/{desk['call']}/audio/delete").status_code == 403


def test_a_recording_in_work_is_not_deleted(
    app: Flask, desk: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context():
        call = db.session.get_one(Call, desk["call"])
        enqueue(ANALYSE, subject_of(call.id), viewer=Viewer.system())
        call.state = CallState.ANALYSING
        db.session.commit()
    browser = sign_in(desk["supervisor"])
    assert "delete-audio" not in browser.get(f"/calls/{desk['call']}").text
    assert browser.post(f"/calls/{desk['call']}/audio/delete").status_code == 409
