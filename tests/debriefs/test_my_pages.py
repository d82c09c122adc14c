"""An agent's pages of debriefs: what is there, in whose time, and what must not be there yet."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import Team, User
from callcoach.debriefs.models import Attendance, Debrief, ItemAnswer, LiveState, Phase, Presence
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.notices.operations import notify
from tests.factories.debriefs import (
    consent_to,
    create_answer,
    create_debrief,
    create_decision,
    create_item,
    create_moment,
)
from tests.factories.drills import create_drill

from .conftest import Floor

SignIn = Callable[[User | int], FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def hanta(floor: Floor, sign_in: SignIn) -> FlaskClient:
    return sign_in(floor.ids["agent"])


@pytest.fixture
def running(app: Flask, floor: Floor) -> tuple[int, int]:
    """A debrief that takes place, with a moment that asks; ids of both."""
    with app.app_context():
        debrief = create_debrief([floor.team], floor.user("claire"), "running")
        item = create_moment(debrief, floor.call, remark="Hanta coupe la parole")
        create_item(debrief, title="Ce qui vient ensuite")
        _show(debrief.id, item.id, Phase.ASKING)
        return debrief.id, item.id


def _show(debrief_id: int, item_id: int, phase: Phase) -> None:
    state = db.session.get_one(LiveState, debrief_id)
    state.item_id, state.phase, state.revision = item_id, phase, state.revision + 1
    db.session.commit()
    assert state.item is not None
    state.item.opened_at = state.item.opened_at or utc_now()
    db.session.commit()


def _text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.text.replace("&#39;", "'").replace("\u202f", " ").replace("\u00a0", " ")


def test_the_list_has_now_to_come_and_past_in_the_agents_own_time(
    app: Flask, floor: Floor, hanta: FlaskClient
) -> None:
    with app.app_context():
        team = db.session.get_one(Team, floor.team_id)
        team.timezone = "Indian/Antananarivo"
        day = (utc_now() + timedelta(days=1)).replace(hour=14, minute=0)
        planned = floor.debrief
        planned.starts_at, planned.place = day, "https://visio.example/plateau"
        create_item(planned, title="Titre-Secret", remark="Remarque-Secrete")
        create_debrief([team], title="En ce moment", state="running")
        create_debrief([team], title="Reporté", state="skipped")
        past = create_debrief([team], title="Déjà tenu", state="done", minutes_sent_at=utc_now())
        create_decision(past, floor.user("agent"), text="Je laisse deux secondes.")
        create_decision(past, floor.user("colleague"), text="Pas-a-elle")
        elsewhere = db.session.get_one(Team, floor.other_team_id)
        create_debrief([elsewhere], title="Autre-equipe")
        other = floor.ids["colleague"]
        create_debrief([team], title="Tete-a-tete-dautrui", agent_id=other)
    text = _text(hanta, "/my/debriefs")
    assert "17 h 00" in text, "14:00 UTC is 17:00 there"
    assert "17 h 30" in text
    assert 'href="https://visio.example/plateau"' in text
    assert f"/debriefs/{floor.debrief_id}/invitation.ics" in text
    order = [text.rindex(title) for title in ("En ce moment", "Débrief de la semaine", "Déjà tenu")]
    assert order == sorted(order)
    assert "Reporté" in text
    assert "Je laisse deux secondes." in text
    for hidden in ("Titre-Secret", "Remarque-Secrete", "Autre-equipe", "autrui", "Pas-a-elle"):
        assert hidden not in text
    assert "Titre-Secret" not in _text(hanta, f"/my/debriefs/{floor.debrief_id}")


def test_nothing_of_what_comes_next_is_in_the_page_until_it_is_revealed(
    app: Flask, floor: Floor, hanta: FlaskClient, running: tuple[int, int]
) -> None:
    debrief_id, item_id = running
    with app.app_context():
        item = floor.item(item_id)
        create_answer(item, floor.user("colleague"), "La réponse de Patrice")
    path = f"/my/debriefs/{debrief_id}"
    for place in (path, f"{path}/now"):
        text = _text(hanta, place)
        assert "On a déjà un outil" in text
        assert "Que diriez-vous ici ?" in text
        for hidden in ("démonstration", "vous êtes équipé", "Patrice", "ensuite", "coupe", "Hanta"):
            assert hidden not in text.split("<main", 1)[-1], (place, hidden)
    with app.app_context():
        _show(debrief_id, item_id, Phase.REVEALED)
    text = _text(hanta, f"{path}/now")
    assert "démonstration" in text
    assert "vous êtes équipé" in text
    assert "La réponse de Patrice" in text
    assert "Patrice</span>" not in text, "the answer was not signed"
    assert "coupe" not in text
    assert "Hanta" not in text


def test_a_drill_together_shows_what_one_could_say_once_it_is_revealed(
    app: Flask, floor: Floor, hanta: FlaskClient, running: tuple[int, int]
) -> None:
    with app.app_context():
        drill = create_drill(floor.call, instructions="À voix haute, chacun son tour.")
        debrief = db.session.get_one(Debrief, running[0])
        item_id = create_item(debrief, "drill", title="Ensemble", drill_id=drill.id).id
        _show(running[0], item_id, Phase.ASKING)
    path = f"/my/debriefs/{running[0]}/now"
    text = _text(hanta, path)
    assert "On a déjà un outil" in text
    assert "À voix haute" in text
    assert "data-answer=" in text
    assert "vous êtes équipé" not in text
    with app.app_context():
        _show(running[0], item_id, Phase.REVEALED)
    assert "vous êtes équipé" in _text(hanta, path)


def test_the_same_answer_sent_twice_is_one_and_another_text_changes_it(
    app: Flask, hanta: FlaskClient, running: tuple[int, int]
) -> None:
    path = f"/my/debriefs/{running[0]}/items/{running[1]}/answers"
    body = {"client_id": str(uuid.uuid4()), "text": " Depuis quand ? ", "is_named": False}
    for _turn in range(2):
        sent = hanta.post(path, json={**body, "edition": 1}, headers=JSON)
        assert sent.json is not None
        assert sent.json["text"] == "Depuis quand ?"
    changed = {**body, "text": "Depuis combien de temps ?", "is_named": True, "edition": 2}
    assert hanta.post(path, json=changed, headers=JSON).status_code == 200
    late = hanta.post(path, json={**body, "edition": 1}, headers=JSON)
    assert late.json is not None
    assert late.json["text"] == "Depuis combien de temps ?", "the server says what it holds"
    refused = hanta.post(path, json={**body, "text": "x" * 501, "edition": 3}, headers=JSON)
    assert refused.status_code == 400
    with app.app_context():
        (answer,) = db.session.scalars(db.select(ItemAnswer)).all()
        assert (answer.text, answer.is_named) == ("Depuis combien de temps ?", True)
        assert not answer.is_catching_up
    text = _text(hanta, f"/my/debriefs/{running[0]}")
    assert "Depuis combien de temps ?" in text, "it can be changed as long as nothing is revealed"


def test_joining_says_where_one_is(
    app: Flask, floor: Floor, hanta: FlaskClient, running: tuple[int, int]
) -> None:
    path = f"/my/debriefs/{running[0]}/join"
    for wanted in ("remote", "present"):
        assert hanta.post(path, json={"presence": wanted}, headers=JSON).json == {
            "presence": wanted
        }
    assert hanta.post(path, data={"presence": "absent"}).status_code == 400
    with app.app_context():
        (row,) = db.session.scalars(db.select(Attendance)).all()
        assert (row.user_id, row.presence) == (floor.ids["agent"], Presence.PRESENT)


def test_a_call_that_is_put_aside_is_gone_at_once_and_a_yes_names_only_what_is_good(
    app: Flask, floor: Floor, sign_in: SignIn, running: tuple[int, int]
) -> None:
    patrice = sign_in(floor.ids["colleague"])
    path = f"/my/debriefs/{running[0]}/now"
    with app.app_context():
        item = floor.item(running[1])
        item.is_good = True
        consent = consent_to(item)
        assert item.agent is not None
    assert "Hanta Rakoto" not in _text(patrice, path), "not before what happened is shown"
    with app.app_context():
        _show(*running, Phase.REVEALED)
    assert "Hanta Rakoto" in _text(patrice, path)
    with app.app_context():
        db.session.merge(consent).withdrawn_at = utc_now()
        db.session.commit()
    assert "Hanta Rakoto" not in _text(patrice, path)
    with app.app_context():
        floor.call.deleted_at = utc_now()
        db.session.commit()
    text = _text(patrice, path)
    assert "On a déjà un outil" not in text
    assert "data-answer=" not in text


def test_a_debrief_that_does_not_run_has_no_now_and_opening_its_page_is_seeing_its_notice(
    app: Flask, floor: Floor, hanta: FlaskClient
) -> None:
    assert hanta.get(f"/my/debriefs/{floor.debrief_id}/now").status_code == 204
    with app.app_context():
        notify(
            floor.ids["agent"],
            "debrief.started",
            f"debrief:{floor.debrief_id}",
            f"/my/debriefs/{floor.debrief_id}",
            title="Débrief",
        )
        db.session.commit()
    hanta.get(f"/my/debriefs/{floor.debrief_id}")
    with app.app_context():
        (notice,) = db.session.scalars(db.select(Notice)).all()
        assert isinstance(notice.seen_at, datetime)
