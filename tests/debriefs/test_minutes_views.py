"""Pages of minutes and decisions: written, edited, sent, read, printed."""

from __future__ import annotations

import html
import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from callcoach.accounts.models import Role, Team, User
from callcoach.debriefs import events
from callcoach.debriefs.models import AgendaItem, Debrief, Decision, ItemAnswer, Remark
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.progress.models import SharingConsent
from tests.debriefs.conftest import Floor
from tests.factories.accounts import create_user
from tests.factories.calls import create_call
from tests.factories.coaching import create_note
from tests.factories.debriefs import (
    consent_to,
    create_answer,
    create_debrief,
    create_decision,
    create_item,
    create_moment,
)
from tests.factories.drills import create_drill

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def held(app: Flask, floor: Floor) -> int:
    """One that is over: a difficult moment of Hanta, asked and answered; a theme was not reached."""
    with app.app_context():
        debrief = create_debrief([floor.team], floor.user("claire"), "done")
        item = create_moment(
            debrief, floor.call, title="Hanta déroule", opened_at=utc_now(), spent_s=240
        )
        answer = create_answer(item, floor.user("colleague"), "Vous clôturez comment ?")
        answer.is_named = True
        create_answer(item, floor.user("agent"), "Je ne sais pas")
        create_item(debrief, title="Les prix")
        create_decision(
            debrief, floor.user("agent"), text="On reformule.", item_id=item.id, due_on=None
        )
        db.session.add(
            Remark(client_id=str(uuid.uuid4()), debrief_id=debrief.id, item_id=item.id, text="Vu")
        )
        db.session.commit()
        return debrief.id


def _json(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200
    return dict(answer.json or {})


def _pages(client: FlaskClient, debrief_id: int) -> str:
    answer = client.get(f"/debriefs/{debrief_id}/minutes.pdf")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    found = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text() for page in found).split())


def test_minutes_are_sent_to_the_agents_who_then_read_and_print_them(
    app: Flask, floor: Floor, held: int, sign_in: SignIn
) -> None:
    with app.app_context():
        claire, agent = sign_in(floor.user("claire")), sign_in(floor.user("agent"))
        colleague = sign_in(floor.user("colleague"))
    address = f"/debriefs/{held}/minutes"
    assert agent.get(address).status_code == 404
    page = claire.get(address).get_data(as_text=True)
    assert "Les prix" in page
    assert claire.post(f"{address}/send").status_code == 302
    with app.app_context():
        told = {row.user_id for row in db.session.query(Notice).filter_by(kind="debrief.minutes")}
        assert told == {floor.ids["agent"], floor.ids["colleague"]}
    for reader in (agent, colleague):
        page = reader.get(address).get_data(as_text=True)
        for words in ("On reformule.", "Vous clôturez comment", "Les prix", "Claire M."):
            assert words in page
        printed = _pages(reader, held)
        for words in ("On reformule.", "Vous clôturez comment", "Les prix", "Claire M."):
            assert words in printed
        # who would have said what, and whose moment it was, is nobody's business
        assert "Je ne sais pas" not in page
        assert "Hanta déroule" not in page
        assert "Hanta déroule" not in printed
        assert "Patrice" not in printed
    with app.app_context():
        unseen = db.session.query(Notice).filter_by(kind="debrief.minutes", seen_at=None)
        assert unseen.count() == 0


def _tell(app: Flask, happened: Callable[[Debrief], None], debrief_id: int) -> None:
    """That a debrief has ended, or goes on."""
    with app.app_context():
        happened(db.session.get_one(Debrief, debrief_id))
        db.session.commit()


def test_what_was_not_reached_waits_again_and_stays_in_the_minutes(
    app: Flask, floor: Floor, held: int, sign_in: SignIn
) -> None:
    with app.app_context():
        claire = sign_in(floor.user("claire"))
        again = {"title": "Ce qui attend déjà", "source": "note:12"}
        create_item(db.session.get_one(Debrief, held), **again)
        create_item(None, team_id=floor.team_id, created_at=utc_now() - timedelta(days=1), **again)
    for _time in range(2):
        _tell(app, events.ended, held)
    claire.post(f"/debriefs/{held}/minutes/send")
    with app.app_context():
        waiting = db.session.query(AgendaItem).filter_by(team_id=floor.team_id, debrief_id=None)
        assert sorted(row.title for row in waiting) == ["Ce qui attend déjà", "Les prix"]
    assert "Les prix" in claire.get(f"/debriefs/{held}/minutes").get_data(as_text=True)
    for _time in range(2):
        claire.post(f"/debriefs/{held}/minutes/unsend")
        _tell(app, events.reopened, held)
    with app.app_context():
        debrief = db.session.get_one(Debrief, held)
        assert debrief.minutes_sent_at is None
        assert db.session.query(Notice).filter_by(kind="debrief.minutes").count() == 0
        assert [row.title for row in debrief.items][1:] == ["Les prix", "Ce qui attend déjà"]
        assert waiting.with_entities(AgendaItem.title).all() == [("Ce qui attend déjà",)]


def test_what_was_taken_up_again_stays_there_when_the_debrief_is_reopened(
    app: Flask, floor: Floor, held: int
) -> None:
    with app.app_context():
        item_id = db.session.query(AgendaItem).filter_by(title="Les prix").one().id
        later = create_debrief([floor.team], floor.user("claire"), "done").id
    _tell(app, events.ended, held)
    with app.app_context():
        item = floor.item(item_id)
        item.debrief_id, item.team_id = later, None
        db.session.commit()
    _tell(app, events.reopened, held)
    with app.app_context():
        assert floor.item(item_id).debrief_id == later
    # there it was not reached either: it waits because of the later one
    _tell(app, events.ended, later)
    _tell(app, events.reopened, held)
    with app.app_context():
        assert floor.item(item_id).team_id == floor.team_id
    _tell(app, events.reopened, later)
    with app.app_context():
        assert floor.item(item_id).debrief_id == later
        assert [row.title for row in db.session.get_one(Debrief, held).items][1:] == ["Les prix"]


def test_what_was_not_reached_waits_for_the_team_that_it_is_about(app: Flask, floor: Floor) -> None:
    with app.app_context():
        other = db.session.get_one(Team, floor.other_team_id)
        assert other.id > floor.team_id
        call = create_call(team=other, agent=create_user(Role.AGENT, teams=[other], name="Sami"))
        debrief = create_debrief([floor.team, other], floor.user("admin"), "done")
        create_moment(debrief, call, title="Un moment")
        create_item(debrief, "drill", title="Un exercice", drill_id=create_drill(call).id)
        create_item(debrief, "progress", title="Un progrès", agent_id=call.agent_id)
        create_item(debrief, title="Un thème")
        debrief_id = debrief.id
        db.session.commit()
    _tell(app, events.ended, debrief_id)
    with app.app_context():
        waiting = db.session.query(AgendaItem).filter_by(debrief_id=None)
        assert {row.title: row.team_id for row in waiting} == {
            "Un moment": floor.other_team_id,
            "Un exercice": floor.other_team_id,
            "Un progrès": floor.other_team_id,
            "Un thème": floor.team_id,
        }


def test_no_remark_and_no_decision_names_whose_moment_it_was_but_owners_are_told(
    app: Flask, floor: Floor, held: int, sign_in: SignIn
) -> None:
    with app.app_context():
        claire, debrief = sign_in(floor.user("claire")), db.session.get_one(Debrief, held)
        other = create_item(debrief, title="Vu aussi", opened_at=utc_now())
        for item_id in (None, other.id):
            db.session.add(
                Remark(
                    client_id=str(uuid.uuid4()),
                    debrief_id=held,
                    item_id=item_id,
                    text="Comme Hanta",
                )
            )
        create_decision(debrief, floor.user("agent"), text="Aider Hanta", due_on=None)
        db.session.commit()
    printed = _pages(claire, held)
    assert printed.count("Comme …") == 2
    assert "Aider … (Hanta Rakoto)" in printed
    assert "Comme Hanta" not in printed


def test_edited_minutes_lose_what_colleagues_are_told_no_longer(
    app: Flask, floor: Floor, held: int, sign_in: SignIn
) -> None:
    with app.app_context():
        floor.user("colleague").locale = "en"  # edited in French, read in English
        debrief = db.session.get_one(Debrief, held)
        good = create_moment(
            debrief, floor.call, title="Bravo Hanta", is_good=True, opened_at=utc_now()
        )
        bad = debrief.items[0]
        bad.agent_id = None
        consent = consent_to(good)
        consent_id, answer_id = consent.id, bad.answers[0].id
        claire, colleague = sign_in(floor.user("claire")), sign_in(floor.user("colleague"))
    address = f"/debriefs/{held}/minutes"
    page = claire.get(address).get_data(as_text=True)
    text = html.unescape(page.split("<textarea", 1)[1].split(">", 1)[1].split("</textarea>")[0])
    base = html.unescape(page.split('name="base" value="', 1)[1].split('"', 1)[0])
    edited = {"text": f"{text}\n- Hanta était claire\n", "base": base, "based_on": 1}
    with app.app_context():  # between reading and saving, too
        db.session.get_one(ItemAnswer, answer_id).hidden_at = utc_now()
        db.session.commit()
    assert claire.post(address, data=edited).status_code == 302
    claire.post(f"{address}/send")

    def read() -> tuple[str, str]:
        return colleague.get(address).get_data(as_text=True), _pages(colleague, held)

    for shown in read():
        assert "Bravo Hanta" in shown
        assert "Hanta était claire" in shown
        assert "On reformule. (Hanta Rakoto)" in shown
        assert "Vous clôturez comment" not in shown
    with app.app_context():
        db.session.delete(db.session.get_one(SharingConsent, consent_id))
        db.session.commit()
    for shown in read():
        assert "Bravo …" in shown
        assert "… était claire" in shown
        assert "On reformule. (Hanta Rakoto)" in shown
    with app.app_context():
        floor.call.deleted_at = utc_now()
        db.session.commit()
    for shown in read():
        assert "Bravo" not in shown
        assert "clôturez" not in shown
        assert "… était claire" in shown
        assert "On reformule. (Hanta Rakoto)" in shown


def test_an_edit_over_somebody_elses_shows_both_and_can_be_thrown_away(
    app: Flask, floor: Floor, held: int, sign_in: SignIn
) -> None:
    with app.app_context():
        claire, lead = sign_in(floor.user("claire")), sign_in(floor.user("lead"))
    address = f"/debriefs/{held}/minutes"
    mine = {"text": "# Retenu\r\n- Hanta a déroulé\r\n", "based_on": 1}
    assert claire.post(address, data=mine).status_code == 302
    page = claire.get(address).get_data(as_text=True)
    assert "<h2>Retenu</h2>" in page
    assert 'role="alert"' in page  # a word of warning: colleagues would read whose moment it was
    refused = lead.post(address, data={"text": "Autre <b>texte</b>", "based_on": 1})
    shown = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "Autre &lt;b&gt;texte" in shown
    assert "# Retenu" in shown
    assert claire.post(f"{address}/anew", data={"based_on": 2}).status_code == 302
    assert "Retenu" not in claire.get(address).get_data(as_text=True)
    assert claire.post(address, data={"text": " ", "based_on": 3}).status_code == 400


def test_the_page_of_a_decision_links_the_note_of_an_item(
    app: Flask, floor: Floor, held: int, sign_in: SignIn
) -> None:
    with app.app_context():
        debrief = db.session.get_one(Debrief, held)
        note = create_note(floor.call, floor.user("claire"), visibility="private")
        create_item(debrief, title="La note", note_id=note.id, opened_at=utc_now())
        decision, note_id = debrief.decisions[0], note.id
        address = f"/debriefs/decisions/{decision.id}"
        claire, lead = sign_in(floor.user("claire")), sign_in(floor.user("lead"))
    facts = {"text": "On reformule.", "note_id": note_id, "based_on": 1}
    assert f'<option value="{note_id}">' in claire.get(address).get_data(as_text=True)
    assert claire.post(address, data=facts).status_code == 302
    assert f"#note-{note_id}" in claire.get(address).get_data(as_text=True)
    assert f"#note-{note_id}" not in lead.get(address).get_data(as_text=True)
    refused = lead.post(address, data={"text": "Autrement dit", "based_on": 1})
    assert refused.status_code == 409
    assert "Autrement dit" in refused.get_data(as_text=True)


def test_minutes_follow_the_readers_language(
    app: Flask, floor: Floor, held: int, sign_in: SignIn
) -> None:
    with app.app_context():
        floor.user("claire").locale = "en"
        db.session.commit()
        claire = sign_in(floor.user("claire"))
    printed = _pages(claire, held)
    assert "What was decided" in printed
    assert "4 minutes" in printed
    assert "2 answers" in printed


def test_decisions_and_remarks_arrive_once_and_are_taken_back(
    app: Flask, floor: Floor, sign_in: SignIn
) -> None:
    with app.app_context():
        running = create_debrief([floor.team], floor.user("claire"), "running").id
        claire = sign_in(floor.user("claire"))
    body = {"text": "On laisse deux secondes", "owner_id": floor.ids["agent"], "due_on": ""}
    address = f"/debriefs/{running}/decisions/{uuid.uuid4()}"
    first, again = (_json(claire.put(address, json=body)) for _ in range(2))
    assert first == again
    assert first["owner"] == "Hanta Rakoto"
    remark = f"/debriefs/{running}/remarks/{uuid.uuid4()}"
    assert (
        claire.put(remark, json={"text": "Vu"}).json == claire.put(remark, json={"text": "Vu"}).json
    )
    refused = claire.put(address.replace("decisions/", "decisions/x-"), json={"text": ""})
    assert (refused.status_code, refused.is_json) == (400, True)
    with app.app_context():
        assert db.session.query(Decision).count() == db.session.query(Remark).count() == 1
    removed = _json(claire.post(first["remove_url"], json={}))
    assert removed["is_removed"] is True
    assert _json(claire.post(first["restore_url"], json={}))["is_removed"] is False


def test_the_list_filters_and_an_agent_finishes_their_own(
    app: Flask, floor: Floor, held: int, sign_in: SignIn
) -> None:
    with app.app_context():
        claire, agent = sign_in(floor.user("claire")), sign_in(floor.user("agent"))
        past = utc_now().date() - timedelta(days=4)
        create_decision(
            db.session.get_one(Debrief, held), floor.user("claire"), text="À moi", due_on=past
        )
    page = claire.get("/debriefs/decisions?state=overdue&owner=me").get_data(as_text=True)
    assert "À moi" in page
    assert "On reformule." not in page
    assert "On reformule." in claire.get("/debriefs/decisions").get_data(as_text=True)
    assert agent.get("/debriefs/decisions").status_code == 404
    mine = agent.get("/my/debriefs").get_data(as_text=True)
    assert "On reformule." in mine
    assert "À moi" not in mine
    with app.app_context():
        decision_id = db.session.query(Decision).filter_by(text="On reformule.").one().id
    agent.post(
        f"/debriefs/decisions/{decision_id}/close", data={"state": "done", "next": "/my/debriefs"}
    )
    assert "On reformule." not in agent.get("/my/debriefs").get_data(as_text=True)
    assert "On reformule." in claire.get("/debriefs/decisions?state=closed").get_data(as_text=True)
