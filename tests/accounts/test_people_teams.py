"""Pages of teams, and what operations on people promise whoever calls them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from callcoach.accounts import people_operations as operations
from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role, Team, TelephonyId, User
from callcoach.accounts.people_operations import PersonValues
from callcoach.errors import CallCoachError, Conflict, InvalidInput, NotAllowed
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user

SYSTEM = Viewer.system()


@pytest.fixture
def admin(app, sign_in):
    with app.app_context():
        user_id = create_user(Role.ADMIN, login="admin").id
    return sign_in(user_id)


def _team(app, name) -> Team | None:
    with app.app_context():
        return db.session.scalars(select(Team).where(Team.name == name)).one_or_none()


def test_an_administrator_adds_renames_and_moves_a_team(app, admin):
    values = {"name": " Équipe  Lomé ", "timezone": "Africa/Lome"}
    answer = admin.post("/teams/new", data=values)
    team = _team(app, "Équipe Lomé")
    assert answer.location == f"/teams/{team.id}"
    changed = {"name": "Équipe Dakar", "timezone": "Africa/Dakar"}
    assert admin.post(f"/teams/{team.id}/edit", data=changed).status_code == 302
    assert _team(app, "Équipe Dakar").timezone == "Africa/Dakar"
    assert _team(app, "Équipe Lomé") is None


@pytest.mark.parametrize(
    "values",
    [
        {"name": "EQUIPE TANA", "timezone": "Europe/Paris"},  # imports could not tell them apart
        {"name": "", "timezone": "Europe/Paris"},
        {"name": "x" * 121, "timezone": "Europe/Paris"},
        {"name": "Autre", "timezone": "Mars/Olympus"},
    ],
)
def test_a_refused_team_is_not_added(app, admin, values):
    with app.app_context():
        create_team(name="Équipe Tana", is_archived=True)
    answer = admin.post("/teams/new", data=values)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert _team(app, values["name"]) is None


def test_archiving_a_team_can_be_undone_and_keeps_its_people(app, admin):
    with app.app_context():
        team = create_team(name="Équipe Tana")
        hanta_id, team_id = create_user(Role.AGENT, [team], name="Hanta R.").id, team.id
    answer = admin.post(f"/teams/{team_id}/archive", follow_redirects=True)
    assert f'action="/teams/{team_id}/restore"' in answer.text
    assert "Hanta R." not in admin.get("/teams").text
    assert "Équipe Tana" in admin.get("/teams?archived=1").text
    assert "Hanta R." in admin.get(f"/teams/{team_id}").text
    edit = admin.get(f"/people/{hanta_id}/edit").text
    assert "Équipe Tana" in edit, "an archived team stays with its people"
    assert "Équipe Tana" not in admin.get("/people/new").text
    admin.post(f"/teams/{team_id}/restore")
    assert "Hanta R." in admin.get("/teams").text


def test_those_who_lead_teams_see_their_own(app, sign_in):
    with app.app_context():
        tana, tunis = create_team(name="Équipe Tana"), create_team(name="Équipe Tunis")
        miora = create_user(Role.TEAM_LEAD, [tana]).id
        nobody = create_user(Role.SUPERVISOR).id
        tana_id, tunis_id = tana.id, tunis.id
    page = sign_in(miora).get("/teams").text
    assert "Équipe Tana" in page and "Équipe Tunis" not in page and "/teams/new" not in page
    assert sign_in(miora).get(f"/teams/{tana_id}").status_code == 200
    assert sign_in(miora).get(f"/teams/{tunis_id}").status_code == 404
    assert sign_in(miora).post(f"/teams/{tana_id}/archive").status_code == 403
    assert 'class="empty"' in sign_in(nobody).get("/teams").text
    assert 'class="empty"' in sign_in(nobody).get("/people").text


def test_the_last_administrator_can_neither_be_disabled_nor_demoted(app):
    with app.app_context():
        user = create_user(Role.ADMIN, login="admin", name="Admin")
        create_user(Role.ADMIN, login="ancien", is_enabled=False)
        with pytest.raises(NotAllowed):
            operations.disable_person(SYSTEM, user)
        with pytest.raises(NotAllowed):
            values = PersonValues(name="Admin", login="admin", role=Role.AGENT)
            operations.update_person(SYSTEM, user, values)
        assert user.is_enabled
        assert user.role == Role.ADMIN


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.TEAM_LEAD, Role.AGENT, Role.SPONSOR])
def test_operations_refuse_everybody_but_administrators(app, role):
    with app.app_context():
        team = create_team()
        hanta = create_user(Role.AGENT, [team])
        viewer = Viewer(create_user(role, [team]).id, role, frozenset({team.id}))
        values = PersonValues(name="X", login="xx", role=Role.ADMIN)
        with pytest.raises(NotAllowed):
            operations.create_person(viewer, values)
        with pytest.raises(NotAllowed):
            operations.update_person(viewer, hanta, values)
        with pytest.raises(NotAllowed):
            operations.disable_person(viewer, hanta)
        with pytest.raises(NotAllowed):
            operations.enable_person(viewer, hanta)
        if role is not Role.SUPERVISOR:
            with pytest.raises(NotAllowed):
                operations.reset_secret(viewer, hanta)


def test_a_telephony_id_moves_once_it_was_taken_from_its_owner(app):
    with app.app_context():
        owner = create_user(Role.AGENT, login="un", name="Agent Un", pseudonym="A")
        owner.telephony_ids = [TelephonyId(value="1042")]
        other = create_user(Role.AGENT, login="deux", name="Deux", pseudonym="B")
        db.session.commit()
        wanted = PersonValues(
            name="Deux", login="deux", role=Role.AGENT, telephony_ids=(" 1042",), pseudonym="B"
        )
        with pytest.raises(Conflict) as refusal:
            operations.update_person(SYSTEM, other, wanted)
        assert refusal.value.values["name"] == "Agent Un"
        released = PersonValues(name="Un", login="un", role=Role.AGENT, pseudonym="A")
        operations.update_person(SYSTEM, owner, released)
        operations.update_person(SYSTEM, other, wanted)
        db.session.commit()
        assert [item.user_id for item in db.session.scalars(select(TelephonyId))] == [other.id]


def test_what_two_people_save_at_once_is_a_conflict(app, monkeypatch):
    """Both looked before either saved: the database's own rule decides."""
    with app.app_context():
        create_user(Role.AGENT, login="pris")
        monkeypatch.setattr(operations, "_other", lambda *_: None)
        with pytest.raises(Conflict):
            operations.create_person(
                SYSTEM, PersonValues(name="Nouveau", login="pris", role=Role.AGENT)
            )
        assert len(db.session.scalars(select(User)).all()) == 1


def test_pseudonyms_are_proposed_one_after_another(app):
    with app.app_context():
        create_user(Role.AGENT, pseudonym="Agent 41")
        create_user(Role.AGENT, pseudonym="Le commercial")
        made = [
            operations.create_person(SYSTEM, PersonValues(f"Nom {n}", f"login{n}", Role.AGENT))[0]
            for n in range(2)
        ]
        assert [user.pseudonym for user in made] == ["Agent 42", "Agent 43"]
        boss, _secret = operations.create_person(
            SYSTEM, PersonValues("Chef", "chef", Role.SUPERVISOR)
        )
        assert boss.pseudonym == ""


def test_a_chosen_secret_must_be_hard_to_guess_and_nothing_is_logged_of_it(app):
    with app.app_context():
        values = PersonValues("Hanta Rakoto", "hanta", Role.AGENT)
        with pytest.raises(InvalidInput):
            operations.create_person(SYSTEM, values, secret="hanta2026")
        operations.create_person(SYSTEM, values, secret="quatre mots de travers")
        db.session.commit()
        details = [event.detail for event in db.session.scalars(select(AccessEvent))]
        assert details == [{"role": "agent"}]


def test_a_refused_change_leaves_the_person_as_they_were(app):
    with app.app_context():
        team = create_team()
        hanta = create_user(Role.AGENT, [team], login="hanta", name="Hanta", pseudonym="Agent 1")
        create_user(Role.AGENT, login="pris")
        for login, role in (("pris", Role.AGENT), ("hanta", Role.SPONSOR)):
            values = PersonValues("Autre", login, role, team_ids=(team.id,))
            with pytest.raises(CallCoachError):
                operations.update_person(SYSTEM, hanta, values)
        db.session.commit()
        db.session.refresh(hanta)
        assert (hanta.name, hanta.login, hanta.role) == ("Hanta", "hanta", Role.AGENT)
