"""Home: what waits for each role, nothing of others, and what comes next when nothing waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team, User
from callcoach.calls.models import Call, CallState
from callcoach.calls.subjects import PROCESS, subject_of
from callcoach.coaching.models import NoteReply, RequestAnswer, Visibility
from callcoach.coaching.queries import home
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.operations import enqueue
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.coaching import create_note, create_request, give_sound
from tests.statements import counting

from .conftest import Desk

SignIn = Callable[[User | int], FlaskClient]


def part(page: str, name: str) -> str:
    """What a list of the page holds, without tags; "" when the page has no such list."""
    found = re.search(rf'aria-labelledby="home-{name}">(.*?)</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[1])).strip() if found else ""


def next_step(page: str) -> str:
    """What the page offers first."""
    return part(page, "next")


def another_call(desk: Desk, who: str = "agent", **values: object) -> Call:
    """One more call of the desk's team."""
    team = db.session.get_one(Team, desk.team_id)
    return create_call(team=team, agent=desk.user(who), campaign=desk.call.campaign, **values)  # type: ignore[arg-type]


@pytest.fixture
def elsewhere(app: Flask) -> str:
    """Everything that can wait, in another team; the company that would give it away."""
    with app.app_context():
        team = create_team(name="Équipe Cotonou")
        agent = create_user(Role.AGENT, teams=[team], name="Yasmine Ailleurs")
        author = create_user(Role.SUPERVISOR, teams=[team], name="Paul Ailleurs")
        campaign = create_campaign(teams=[team])
        call = create_call(team=team, agent=agent, campaign=campaign, company="Ailleurs SA")
        give_sound(call)
        create_request(call, agent)
        create_request(call, agent, moment=False, **_answered(author))
        note = create_note(call, author)
        create_note(call, author, sent=False)
        note.replies.append(NoteReply(author_id=agent.id, text="Ailleurs, je vois."))
        for state in (CallState.FAILED, CallState.TRANSCRIBING):
            create_call(state, team=team, agent=agent, campaign=campaign, company="Ailleurs SA")
        db.session.commit()
        return "Ailleurs"


def _answered(author: User) -> dict[str, Any]:
    return {
        "answer": RequestAnswer.TURNS_HERE,
        "answer_text": "Oui, c’est exactement là.",
        "answered_at": utc_now(),
        "answered_by_id": author.id,
    }


# --------------------------------------------------------------------------------- supervisors


def test_a_supervisor_finds_the_feed_first(
    app: Flask, desk: Desk, sign_in: SignIn, elsewhere: str
) -> None:
    with app.app_context():
        give_sound(desk.call)
        create_request(desk.call, desk.user("agent"))
    page = sign_in(desk.ids["claire"]).get("/home").text
    assert "2 " in next_step(page), "the flag and the request"
    assert 'href="/feed"' in page
    assert "environ 1 min d’écoute" in next_step(page)
    assert "Hanta R." in part(page, "requests")
    assert f'href="/calls/{desk.call_id}?t=9.6"' in page, "at the moment that the agent marked"
    assert elsewhere not in page


def test_a_supervisor_finds_what_is_left_of_their_own_work(
    app: Flask, desk: Desk, sign_in: SignIn, elsewhere: str
) -> None:
    with app.app_context():
        draft = create_note(desk.call, desk.user("claire"), sent=False, instead="Je vous écoute.")
        theirs = create_note(desk.call, desk.user("thomas"), sent=False, instead="Un brouillon")
        note = create_note(desk.call, desk.user("claire"))
        note.replies.append(NoteReply(author_id=desk.ids["agent"], text="Et s’il insiste ?"))
        seen = NoteReply(author_id=desk.ids["agent"], text="Déjà lu.", seen_at=utc_now())
        own = NoteReply(author_id=desk.ids["claire"], text="Ma réponse.")
        note.replies += [seen, own]
        db.session.commit()
        draft_id, note_id = draft.id, note.id
        assert theirs.id
    page = sign_in(desk.ids["claire"]).get("/home").text
    assert "Je vous écoute." in part(page, "drafts")
    assert "Un brouillon" not in page, "another’s draft"
    assert f"#note-{draft_id}" in page
    assert "Et s’il insiste ?" in part(page, "answers")
    assert "Déjà lu." not in page
    assert "Ma réponse." not in page
    assert f"#note-{note_id}" in page
    assert elsewhere not in page


def test_calls_are_followed_while_they_are_processed_and_retried_when_they_failed(
    app: Flask, desk: Desk, sign_in: SignIn, elsewhere: str
) -> None:
    with app.app_context():
        running = another_call(desk, company="En cours SA", state=CallState.TRANSCRIBING)
        job = enqueue(PROCESS, subject_of(running.id), viewer=Viewer.system())
        job.state, job.progress_permille, job.lease_token = JobState.RUNNING, 430, "x"
        job.lease_until = utc_now() + timedelta(minutes=5)
        failed = another_call(
            desk, company="Ratée SA", state=CallState.FAILED, failure="This file is empty."
        )
        db.session.commit()
        running_id, failed_id = running.id, failed.id
    browser = sign_in(desk.ids["claire"])
    page = browser.get("/home").text
    assert "En cours SA" in part(page, "running")
    assert "43 %" in part(page, "running")
    assert f'data-call="{running_id}"' in page
    assert "Ratée SA" in part(page, "failed")
    assert elsewhere not in page
    assert f'action="/calls/{failed_id}/retry"' in page
    answer = browser.post(f"/calls/{failed_id}/retry", data={"next": "/home"})
    assert answer.location == "/home"
    page = browser.get("/home").text
    assert "Ratée SA" not in part(page, "failed")
    assert "Ratée SA" in part(page, "running")


def test_a_call_whose_note_was_not_heard_is_named_once_and_no_number_stands_by_the_agent(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        for hours in (2, 30):
            create_note(desk.call, desk.user("claire"), sent_at=utc_now() - timedelta(hours=hours))
        create_note(desk.call, desk.user("claire"), visibility=Visibility.PRIVATE)
        heard = another_call(desk, "colleague", company="Entendue SA")
        create_note(heard, desk.user("claire"), heard_at=utc_now())
        understood = another_call(desk, "colleague", company="Comprise SA")
        create_note(understood, desk.user("claire"), acknowledged_at=utc_now())
        by_thomas = another_call(desk, "colleague", company="De Thomas SA")
        create_note(by_thomas, desk.user("thomas"))
    claire = part(sign_in(desk.ids["claire"]).get("/home").text, "unheard")
    assert claire.count("Ardenne Emballage") == 1
    assert "1 " in claire or "day" in claire, "since the oldest"
    assert "Entendue SA" not in claire
    assert "Comprise SA" not in claire
    assert "De Thomas SA" not in claire, "it is Thomas’s to follow"
    lead = part(sign_in(desk.ids["lead"]).get("/home").text, "unheard")
    assert "Ardenne Emballage" in lead
    assert "De Thomas SA" in lead, "a lead gives time for all of them"
    assert "Hanta R. ·" in lead


def test_a_lead_sees_requests_and_calls_but_judges_and_writes_nothing(
    app: Flask, desk: Desk, sign_in: SignIn, elsewhere: str
) -> None:
    with app.app_context():
        give_sound(desk.call)
        create_request(desk.call, desk.user("agent"))
        create_note(desk.call, desk.user("claire"), sent=False)
    page = sign_in(desk.ids["lead"]).get("/home").text
    assert "Hanta R." in part(page, "requests")
    assert 'href="/feed"' not in page
    assert part(page, "drafts") == ""
    assert elsewhere not in page


def test_long_lists_say_how_many_more_there_are(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        for hour in range(home.LINES + 3):
            create_request(
                desk.call, desk.user("agent"), created_at=utc_now() - timedelta(hours=hour)
            )
            another_call(desk, state=CallState.FAILED)
    page = sign_in(desk.ids["lead"]).get("/home").text
    requests = part(page, "requests")
    assert requests.count("Hanta R.") == home.LINES
    assert f" {home.LINES + 3} " in requests
    assert " 3 " in requests, "and three more"
    assert 'href="/calls?state=failed"' in page


# -------------------------------------------------------------------------------------- agents


def test_an_agent_finds_the_newest_note_first_and_then_the_others(
    app: Flask, desk: Desk, sign_in: SignIn, elsewhere: str
) -> None:
    with app.app_context():
        by = desk.user("claire")
        older = create_note(
            desk.call, by, instead="Plus ancien", sent_at=utc_now() - timedelta(days=1)
        )
        newest = create_note(desk.call, by, instead="Le plus récent", aim="keep")
        create_note(desk.call, by, instead="Entendu", heard_at=utc_now(), read_at=utc_now())
        create_note(desk.call, by, instead="En privé", visibility=Visibility.PRIVATE)
        create_note(desk.call, by, instead="Brouillon", sent=False)
        create_note(desk.call, by, instead="Retiré", deleted_at=utc_now())
        create_note(another_call(desk, "colleague"), by, instead="Pour un collègue")
        older_id, newest_id = older.id, newest.id
    page = sign_in(desk.ids["agent"]).get("/home").text
    assert "Le plus récent" in next_step(page)
    assert "2 " in next_step(page)
    assert f'href="/my/notes/{newest_id}"' in page
    assert "Plus ancien" in part(page, "hear")
    assert f'href="/my/notes/{older_id}"' in page
    for hidden in ("Entendu", "En privé", "Brouillon", "Retiré", "Pour un collègue", elsewhere):
        assert hidden not in page


def test_a_note_that_was_answered_since_waits_again(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note = create_note(
            desk.call, desk.user("claire"), heard_at=utc_now(), instead="Répondez court."
        )
        note.replies.append(NoteReply(author_id=desk.ids["claire"], text="Oui."))
        db.session.commit()
    assert "Répondez court." in next_step(sign_in(desk.ids["agent"]).get("/home").text)


def test_an_agent_finds_answers_to_their_requests_and_their_latest_calls(
    app: Flask, desk: Desk, sign_in: SignIn, elsewhere: str
) -> None:
    with app.app_context():
        claire = desk.user("claire")
        create_request(desk.call, desk.user("agent"), **_answered(claire))
        create_request(
            desk.call,
            desk.user("agent"),
            **{**_answered(claire), "answer_text": "Déjà lu.", "seen_at": utc_now()},
        )
        another_call(desk, "colleague", company="Au collègue SA")
    page = sign_in(desk.ids["agent"]).get("/home").text
    assert "Oui, c’est exactement là." in part(page, "answers")
    assert "Déjà lu." not in page
    assert "Ardenne Emballage" in part(page, "latest")
    assert f'href="/calls/{desk.call_id}"' in page
    assert "Au collègue SA" not in page
    assert elsewhere not in page


def test_an_agents_home_tells_nothing_of_flags_nobody_confirmed(
    desk: Desk, sign_in: SignIn
) -> None:
    page = sign_in(desk.ids["agent"]).get("/home").text
    assert "▼" not in page
    assert "feed" not in page


# ------------------------------------------------------------------------------- nothing waits


@pytest.mark.parametrize("who", ["claire", "lead", "agent"])
def test_nothing_to_do_says_so_and_what_comes_next(
    app: Flask, desk: Desk, sign_in: SignIn, who: str
) -> None:
    page = sign_in(desk.ids[who]).get("/home").text
    assert next_step(page)
    wanted = f'href="/calls/{desk.call_id}"' if who == "agent" else 'href="/calls/import"'
    assert wanted in page.partition("home-next")[2]
    for name in ("requests", "answers", "drafts", "failed", "running", "unheard", "hear"):
        assert part(page, name) == ""


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD, Role.AGENT])
def test_a_floor_without_calls_says_how_they_come(app: Flask, sign_in: SignIn, role: Role) -> None:
    with app.app_context():
        person = create_user(role, teams=[] if role is Role.ADMIN else [create_team()]).id
    page = sign_in(person).get("/home").text
    assert next_step(page)
    assert ('href="/calls/import"' in page.partition("home-next")[2]) == (role is not Role.AGENT)


def test_calls_on_their_way_are_what_comes_next(app: Flask, desk: Desk, sign_in: SignIn) -> None:
    with app.app_context():
        another_call(desk, state=CallState.QUEUED)
    page = sign_in(desk.ids["claire"]).get("/home").text
    assert "1 " in next_step(page)
    assert part(page, "running")


# ------------------------------------------------------------------------------- whose home


@pytest.mark.parametrize("who", ["claire", "admin", "lead", "agent"])
def test_the_floors_people_start_at_home(desk: Desk, sign_in: SignIn, who: str) -> None:
    browser = sign_in(desk.ids[who])
    assert browser.get("/").location == "/home"
    assert re.search(r'<a href="/home" aria-current="page">', browser.get("/home").text)


def test_a_sponsor_keeps_their_own_start(desk: Desk, sign_in: SignIn) -> None:
    browser = sign_in(desk.ids["sponsor"])
    assert browser.get("/").location == "/portal"
    assert browser.get("/home").status_code == 404


def test_the_agents_other_pages_belong_to_their_notes_and_not_to_home(
    desk: Desk, sign_in: SignIn
) -> None:
    page = sign_in(desk.ids["agent"]).get("/my/requests").text
    assert re.search(r'<a href="/my/notes" aria-current="page">', page)


# ------------------------------------------------------------------------------------ its cost


def _fill(desk: Desk, times: int) -> None:
    claire = desk.user("claire")
    for _ in range(times):
        call = another_call(desk)
        give_sound(call)
        create_request(call, desk.user("agent"))
        create_request(call, desk.user("agent"), moment=False, **_answered(claire))
        create_note(call, claire, sent=False)
        note = create_note(call, claire)
        note.replies.append(NoteReply(author_id=desk.ids["agent"], text="Je vois."))
        for state in (CallState.FAILED, CallState.TRANSCRIBING):
            waiting = another_call(desk, state=state)
            if state is CallState.TRANSCRIBING:
                db.session.add(Job(kind=PROCESS, subject=subject_of(waiting.id)))
    db.session.commit()


@pytest.mark.parametrize("who", ["claire", "lead", "agent"])
def test_more_lines_send_no_more_statements(
    app: Flask, desk: Desk, sign_in: SignIn, who: str
) -> None:
    with app.app_context():
        _fill(desk, home.LINES + 1)
    browser = sign_in(desk.ids[who])
    browser.get("/home")
    with counting(app) as few:
        assert browser.get("/home").status_code == 200
    with app.app_context():
        _fill(desk, home.LINES)
    browser.get("/home")  # what is new is drawn into the daily check
    with counting(app) as many:
        assert browser.get("/home").status_code == 200
    # 51, and on Mondays and Tuesdays one for the campaigns with calls in the last week
    assert len(many) <= len(few) <= 52
