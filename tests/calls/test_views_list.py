"""The list of calls: scope, filters in the address, live progress, undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import Role, User
from callcoach.calls.models import Call
from callcoach.calls.subjects import PROCESS, subject_of
from callcoach.extensions import db
from callcoach.jobs.models import Job, JobState
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call

SignIn = Callable[[User | int], FlaskClient]


@pytest.fixture
def supervised(app: Flask) -> dict[str, int]:
    """A supervisor with two ready calls, one running, and another team's call."""
    with app.app_context():
        team, other = create_team(), create_team()
        supervisor = create_user(Role.SUPERVISOR, teams=[team])
        lead = create_user(Role.TEAM_LEAD, teams=[team])
        agent = create_user(Role.AGENT, teams=[team], name="Hanta R.")
        sponsor = create_user(Role.SPONSOR)
        first = create_call(team=team, agent=agent, prospect_name="Mme Alpha", outcome="meeting")
        second = create_call(
            team=team, prospect_name="M. Beta", started_at=datetime(2026, 9, 20, 23, 30, tzinfo=UTC)
        )
        running = create_call("transcribing", team=team, prospect_name="Mme Gamma")
        db.session.add(
            Job(
                kind=PROCESS,
                subject=subject_of(running.id),
                state=JobState.RUNNING,
                progress_permille=420,
            )
        )
        db.session.commit()
        foreign = create_call(team=other, prospect_name="M. Ailleurs")
        return {
            "supervisor": supervisor.id,
            "lead": lead.id,
            "agent": agent.id,
            "sponsor": sponsor.id,
            "first": first.id,
            "second": second.id,
            "running": running.id,
            "foreign": foreign.id,
        }


def test_stranger_is_sent_to_sign_in(client: FlaskClient) -> None:
    response = client.get("/calls")
    assert response.status_code == 302
    assert "/sign-in" in response.headers["Location"]


def test_supervisor_sees_their_teams_calls_only(
    supervised: dict[str, int], sign_in: SignIn
) -> None:
    page = sign_in(supervised["supervisor"]).get("/calls").text
    assert "Mme Alpha" in page
    assert "M. Beta" in page
    assert "M. Ailleurs" not in page


def test_agent_sees_their_own_calls_and_no_unconfirmed_break(
    supervised: dict[str, int], sign_in: SignIn
) -> None:
    page = sign_in(supervised["agent"]).get("/calls").text
    assert "Mme Alpha" in page
    assert "M. Beta" not in page
    assert "▼" not in page, "neither a count nor a filter tells of an unconfirmed break"


def test_sponsor_sees_no_call(supervised: dict[str, int], sign_in: SignIn) -> None:
    assert "Mme Alpha" not in sign_in(supervised["sponsor"]).get("/calls").text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("q=alpha", "Mme Alpha", "M. Beta"),
        ("outcome=meeting", "Mme Alpha", "M. Beta"),
        ("state=transcribing", "Mme Gamma", "Mme Alpha"),
        ("moment=ignored_objection", "Mme Alpha", "Mme Gamma"),
        ("moment=negative&state=ready", "M. Beta", "Mme Gamma"),
        # 23:30 UTC is the 21st in Paris
        ("since=2026-09-21&until=2026-09-21", "M. Beta", "Mme Alpha"),
    ],
)
def test_filters_narrow_the_list(
    supervised: dict[str, int], sign_in: SignIn, query: str, shown: str, hidden: str
) -> None:
    page = sign_in(supervised["supervisor"]).get(f"/calls?{query}").text
    assert shown in page
    assert hidden not in page


def test_unreadable_filters_are_no_error(supervised: dict[str, int], sign_in: SignIn) -> None:
    page = sign_in(supervised["supervisor"]).get(
        "/calls?since=hier&agent=tous&state=ok&moment=colere&page=-3"
    )
    assert page.status_code == 200
    assert "Mme Alpha" in page.text


def test_no_match_offers_to_clear_the_filters(supervised: dict[str, int], sign_in: SignIn) -> None:
    page = sign_in(supervised["supervisor"]).get("/calls?q=personne").text
    empty = page.split('class="empty"')[1].split("</main>")[0]
    assert 'href="/calls"' in empty
    assert 'href="/calls/import"' not in empty


def test_an_empty_floor_is_told_what_to_do(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        supervisor = create_user(Role.SUPERVISOR, teams=[create_team()]).id
    page = sign_in(supervisor).get("/calls").text
    assert 'href="/calls/import"' in page.split('class="empty"')[1].split("</main>")[0]


def test_links_carry_the_filters_to_the_call(supervised: dict[str, int], sign_in: SignIn) -> None:
    page = sign_in(supervised["supervisor"]).get("/calls?q=alpha").text
    assert f"/calls/{supervised['first']}?q=alpha" in page


def test_progress_tells_how_far_a_running_call_is(
    supervised: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(supervised["supervisor"])
    ids = f"{supervised['running']},{supervised['foreign']}"
    (call,) = browser.get(f"/calls/progress?ids={ids}").json["calls"]
    assert (call["id"], call["state"], call["running"], call["progress"]) == (
        supervised["running"],
        "transcribing",
        True,
        42,
    )


def test_progress_brings_the_new_row_of_a_call_that_is_done(
    supervised: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(supervised["supervisor"])
    (call,) = browser.get(f"/calls/progress?rows=1&ids={supervised['first']}").json["calls"]
    assert call["running"] is False
    assert "Mme Alpha" in call["html"]
    assert f'data-call="{supervised["first"]}"' in call["html"]


def test_a_deleted_call_leaves_the_list_and_comes_back(
    app: Flask, supervised: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(supervised["supervisor"])
    response = browser.post(f"/calls/{supervised['first']}/delete", follow_redirects=True)
    assert f'action="/calls/{supervised["first"]}/restore"' in response.text, "undo is offered"
    assert browser.get(f"/calls/{supervised['first']}").status_code == 404
    browser.post(f"/calls/{supervised['first']}/restore")
    assert browser.get(f"/calls/{supervised['first']}").status_code == 200


def test_htmx_delete_empties_the_row_and_offers_undo(
    supervised: dict[str, int], sign_in: SignIn
) -> None:
    response = sign_in(supervised["supervisor"]).post(
        f"/calls/{supervised['first']}/delete", headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    assert response.text == ""
    assert f"/calls/{supervised['first']}/restore" in response.headers["HX-Trigger"]


def test_stopping_and_retrying_a_call(
    app: Flask, supervised: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(supervised["lead"])
    response = browser.post(
        f"/calls/{supervised['running']}/cancel", headers={"HX-Request": "true"}
    )
    assert 'data-state="cancelled"' in response.text
    response = browser.post(f"/calls/{supervised['running']}/retry", headers={"HX-Request": "true"})
    assert 'data-state="queued"' in response.text
    with app.app_context():
        assert db.session.get_one(Call, supervised["running"]).state == "queued"


@pytest.mark.parametrize("action", ["cancel", "retry", "delete", "swap", "result", "transcribe"])
@pytest.mark.parametrize(
    ("role", "subject", "status"),
    [
        ("agent", "first", 403),
        ("agent", "foreign", 404),
        ("supervisor", "foreign", 404),
        ("sponsor", "first", 404),
    ],
)
def test_who_may_not_change_a_call(
    supervised: dict[str, int],
    sign_in: SignIn,
    action: str,
    role: str,
    subject: str,
    status: int,
) -> None:
    response = sign_in(supervised[role]).post(f"/calls/{supervised[subject]}/{action}")
    assert response.status_code == status


def test_team_lead_cannot_delete(supervised: dict[str, int], sign_in: SignIn) -> None:
    response = sign_in(supervised["lead"]).post(f"/calls/{supervised['first']}/delete")
    assert response.status_code == 403
