"""Templates of notes: kept, shared, used, put aside; and the quiet word on balance."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import Role, User
from callcoach.coaching.models import NoteTemplate
from callcoach.coaching.queries.balance import imbalance, week_of
from callcoach.coaching.queries.templates import list_templates
from callcoach.extensions import db
from tests.factories.accounts import create_user
from tests.factories.coaching import create_note
from tests.factories.notes import create_template

from .conftest import Desk
from .note_steps import FRAGMENT, JSON

SignIn = Callable[[User | int], FlaskClient]
WORDS = {"aim": "change", "cause": "rushed", "hears": "Trop vite.", "instead": "Respirez."}


def _names(desk: Desk, name: str) -> list[str]:
    return [template.name for template in list_templates(getattr(desk, name))]


def test_what_is_in_the_form_becomes_a_template_and_comes_back(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    saved = claire.post("/notes/templates", data={"name": " Le  débit ", **WORDS}, headers=JSON)
    assert saved.json["template"]["name"] == "Le débit"
    assert claire.post(saved.json["template"]["use"], headers=JSON).json == WORDS
    with app.app_context():
        assert db.session.query(NoteTemplate).one().used == 1
    form = claire.get(f"/calls/{desk.call_id}/notes/new?at_ms=0", headers=FRAGMENT).text
    assert saved.json["template"]["use"] in form


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": " "}, "name"), ({"name": "x" * 81}, "name"), ({"hears": "", "instead": " "}, "")],
)
def test_a_template_needs_a_name_and_words(
    app: Flask, claire: FlaskClient, change: dict[str, str], field: str
) -> None:
    refused = claire.post("/notes/templates", data={"name": "A", **WORDS, **change}, headers=JSON)
    assert refused.status_code == 400
    assert refused.json["error"]
    typed = {"name": "A", **WORDS, **change}
    page = claire.post("/notes/templates", data=typed)
    assert page.status_code == 400
    form = page.text.partition('<details class="card template-new" open>')[2]
    assert f'value="{typed["name"]}"' in form  # nothing typed is lost
    assert typed["instead"] in form
    with app.app_context():
        assert db.session.query(NoteTemplate).count() == 0


def test_those_used_most_come_first(app: Flask, desk: Desk) -> None:
    with app.app_context():
        for name, used in (("Rare", 0), ("Souvent", 9), ("Parfois", 3)):
            create_template(desk.user("claire"), name, used=used)
        assert _names(desk, "claire") == ["Souvent", "Parfois", "Rare"]


def test_a_template_is_its_owners_until_it_is_shared_with_the_team(
    app: Flask, desk: Desk, claire: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        number = create_template(desk.user("claire"), "À moi").id
        for name in ("thomas", "admin", "lead", "agent", "stranger"):
            assert _names(desk, name) == [], name
    claire.post(f"/notes/templates/{number}", data={"name": "À nous", **WORDS, "is_shared": "1"})
    with app.app_context():
        for name in ("thomas", "admin"):
            assert _names(desk, name) == ["À nous"], name
        for name in ("lead", "agent", "stranger", "sponsor"):
            assert _names(desk, name) == [], name
    thomas = sign_in(desk.ids["thomas"])
    assert thomas.post(f"/notes/templates/{number}/use").status_code == 200
    assert "À nous" in thomas.get("/notes/templates").text
    for act in ("", "/delete", "/restore"):
        assert thomas.post(f"/notes/templates/{number}{act}", data=WORDS).status_code == 404
    with app.app_context():
        desk.user("claire").role = Role.TEAM_LEAD
        db.session.commit()
        assert _names(desk, "thomas") == [], "who answers for the team no more shares nothing"


def test_a_deleted_template_is_one_undo_away(app: Flask, desk: Desk, claire: FlaskClient) -> None:
    with app.app_context():
        number = create_template(desk.user("claire"), "À relire").id
    answer = claire.post(f"/notes/templates/{number}/delete", headers=JSON).json
    assert "À relire" not in claire.get("/notes/templates").text
    assert claire.post(f"/notes/templates/{number}/use").status_code == 404
    claire.post(answer["undo"])
    assert "À relire" in claire.get("/notes/templates").text


def test_what_people_wrote_is_escaped(desk: Desk, app: Flask, claire: FlaskClient) -> None:
    evil = "<script>alert(1)</script>"
    claire.post("/notes/templates", data={**WORDS, "name": evil, "instead": evil})
    assert "<script>alert" not in claire.get("/notes/templates").text


# Balance


def test_the_week_begins_on_monday_where_the_agent_works(app: Flask, desk: Desk) -> None:
    with app.app_context():
        agent = desk.user("agent")
        agent.memberships[0].team.timezone = "Indian/Antananarivo"
        db.session.commit()
        # Sunday 22:30 in Paris is Monday 00:30 in Antananarivo
        late = datetime(2026, 9, 13, 21, 30, tzinfo=UTC)
        monday, since = week_of(agent, late)
        assert monday.isoformat() == "2026-09-14"
        assert since.astimezone(UTC) == datetime(2026, 9, 13, 21, 0, tzinfo=UTC)


def test_corrections_without_anything_to_keep_are_said_once_quietly(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    now = datetime(2026, 9, 16, 12, tzinfo=UTC)
    this_week, last_week = datetime(2026, 9, 15, 9, tzinfo=UTC), datetime(2026, 9, 8, tzinfo=UTC)
    with app.app_context():
        call, thomas = desk.call, desk.user("thomas")

        def found() -> int:
            seen = imbalance(desk.claire, call, now=now)
            return seen.corrections if seen else 0

        assert found() == 0
        create_note(call, thomas, sent_at=last_week)
        create_note(call, thomas, sent_at=this_week, visibility="private")
        create_note(call, thomas, sent=False)
        create_note(call, thomas, sent_at=this_week, deleted_at=now)
        assert found() == 0
        create_note(call, thomas, sent_at=this_week)
        assert found() == 1
        create_note(call, thomas, sent_at=last_week, aim="keep")
        assert found() == 1, "last week's is not this week's"
        keep = create_note(call, thomas, sent_at=this_week, aim="keep")
        assert found() == 0
        keep.visibility = "private"  # type: ignore[assignment]
        db.session.commit()
        assert found() == 1, "nobody was told of it"
        call.agent_id = None
        db.session.commit()
        assert found() == 0


def test_the_form_leads_to_good_moments_of_the_week(
    app: Flask, desk: Desk, claire: FlaskClient
) -> None:
    address = f"/calls/{desk.call_id}/notes/new?at_ms=0"
    assert "note-nudge" not in claire.get(address, headers=FRAGMENT).text
    with app.app_context():
        create_note(desk.call, desk.user("thomas"))
        monday, _since = week_of(desk.user("agent"), datetime.now(UTC))
    page = claire.get(address, headers=FRAGMENT).text
    nudge = page[page.index("note-nudge") :]
    assert "Hanta R." in nudge
    link = f"agent={desk.ids['agent']}&amp;since={monday.isoformat()}&amp;moment=positive"
    assert link in nudge
    assert claire.get(f"/calls?{link}".replace("&amp;", "&")).status_code == 200


def test_another_teams_notes_are_not_counted_for_who_cannot_read_them(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        create_note(desk.call, desk.user("thomas"))
        create_user(Role.SUPERVISOR, login="neuve")
        assert imbalance(desk.stranger, desk.call) is None
