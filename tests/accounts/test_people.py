"""Pages of people: list, create, edit, temporary passwords, closing accounts, and who may."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from callcoach.accounts import passwords
from callcoach.accounts.folding import fold
from callcoach.accounts.models import AccessEvent, Membership, Role, TelephonyId, User
from callcoach.accounts.people_operations import generate_secret
from callcoach.calls import metadata
from callcoach.extensions import db
from tests.accounts.test_sign_in import _sign_in
from tests.factories.accounts import PASSWORD, create_team, create_user


@pytest.fixture
def floor(app):
    """Ids of a floor: two teams, an administrator, and people of the first team."""
    with app.app_context():
        tana, tunis = create_team(name="Équipe Tana"), create_team(name="Équipe Tunis")
        hanta = create_user(Role.AGENT, [tana], login="hanta", name="Hanta R.", pseudonym="Agent 1")
        hanta.telephony_ids = [TelephonyId(value="hanta")]
        ids = {
            "tana": tana.id,
            "tunis": tunis.id,
            "hanta": hanta.id,
            "admin": create_user(Role.ADMIN, login="admin", name="Administration").id,
            "claire": create_user(
                Role.SUPERVISOR,
                [tana],
                login="claire",
                name="Claire Morel",
                email="claire@comptaclair.fr",
            ).id,
            "thomas": create_user(Role.SUPERVISOR, [tunis], login="thomas", name="Thomas K.").id,
            "miora": create_user(Role.TEAM_LEAD, [tana], login="miora", name="Miora R.").id,
            "sophie": create_user(Role.SPONSOR, login="sophie", name="Sophie L.").id,
        }
        db.session.commit()
        return ids


def _person(app, user_id) -> User:
    with app.app_context():
        return db.session.get(User, user_id)


def _by_login(app, login) -> User:
    with app.app_context():
        return db.session.scalars(
            select(User)
            .where(User.login == login)
            .options(db.selectinload(User.telephony_ids), db.selectinload(User.memberships))
        ).one()


def _values(**changes):
    """What the form sends for a new agent."""
    return {
        "name": "Yassine B.",
        "login": "Yassine",
        "email": "",
        "role": "agent",
        "telephony_ids": "",
        "pseudonym": "",
        "locale": "fr",
    } | changes


def _shown_secret(page) -> str:
    return re.search(r"data-secret>([^<]+)<", page.text)[1]


def test_an_administrator_adds_an_agent_who_signs_in_with_the_secret_shown_once(
    app, client, sign_in, floor
):
    admin = sign_in(floor["admin"])
    answer = admin.post(
        "/people/new",
        data=_values(team_ids=[floor["tunis"]], telephony_ids="YASSINÉ, 1042; yassine"),
    )
    secret = _shown_secret(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    user = _by_login(app, "yassine")
    assert {item.value for item in user.telephony_ids} == {"yassine", "1042"}
    assert [m.team_id for m in user.memberships] == [floor["tunis"]]
    assert user.pseudonym.startswith("Agent ") and user.pseudonym != "Agent 1"
    assert secret not in admin.get(f"/people/{user.id}").text
    assert _sign_in(client, "yassine", secret).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"telephony_ids": "HÄNTA"}, "telephony_ids", "Hanta R."),
        ({"login": "HANTA"}, "login", "Hanta R."),
        ({"login": "é"}, "login", "80"),
        ({"login": "a@b.fr"}, "login", "80"),
        ({"email": "nobody"}, "email", "@"),
        ({"email": "Claire@comptaclair.fr"}, "email", "Claire Morel"),
        ({"name": " "}, "name", ""),
        ({"pseudonym": "agent 1"}, "pseudonym", "Hanta R."),
        ({"pseudonym": "Le bon Yassine"}, "pseudonym", ""),
        ({"team_ids": "99"}, "team_ids", ""),
        ({"role": "boss"}, "role", ""),
    ],
)
def test_a_refused_person_is_explained_at_the_field_and_not_added(
    app, sign_in, floor, changes, field, said
):
    answer = sign_in(floor["admin"]).post("/people/new", data=_values(**changes))
    assert answer.status_code == 422
    assert said in re.search(rf'id="{field}-error">([^<]+)<', answer.text)[1]
    focused = re.findall(r"<input[^>]*\bautofocus\b[^>]*>", answer.text)
    expected = [] if field in ("team_ids", "role") else [field]
    assert [re.search(r'name="(\w+)"', tag)[1] for tag in focused] == expected
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(User.name == "Yassine B.")) == 0


def test_a_sponsors_person_belongs_to_no_team(sign_in, floor):
    values = _values(role="sponsor", team_ids=[floor["tana"]])
    assert sign_in(floor["admin"]).post("/people/new", data=values).status_code == 422


def test_the_list_is_narrowed_by_the_address(sign_in, floor):
    admin = sign_in(floor["admin"])

    def names(query: str) -> set[str]:
        page = admin.get(f"/people?{query}").text
        return set(re.findall(r'table-link" href="/people/\d+">([^<]+)<', page))

    assert names("q=HÄNT") == {"Hanta R."}
    assert names("role=supervisor") == {"Claire Morel", "Thomas K."}
    assert names(f"team={floor['tana']}") == {"Hanta R.", "Claire Morel", "Miora R."}
    admin.post(f"/people/{floor['thomas']}/disable")
    assert names("account=closed") == {"Thomas K."}
    assert "Thomas K." not in names("account=open")
    assert len(names("role=pirate&team=x&account=maybe&page=77")) == 6
    assert names("q=personne+de+ce+nom") == set()


def test_an_edit_keeps_what_was_not_touched_and_logs_what_was(app, sign_in, floor):
    admin = sign_in(floor["admin"])
    page = admin.get(f"/people/{floor['hanta']}/edit").text
    assert 'value="hanta"' in page
    values = _values(
        name="Hanta Rakoto",
        login="hanta",
        team_ids=[floor["tana"], floor["tunis"]],
        telephony_ids="hanta, 77",
        pseudonym="Agent 1",
    )
    assert admin.post(f"/people/{floor['hanta']}/edit", data=values).status_code == 302
    user = _by_login(app, "hanta")
    assert (user.name, user.pseudonym) == ("Hanta Rakoto", "Agent 1")
    assert {item.value for item in user.telephony_ids} == {"hanta", "77"}
    assert passwords.verify_password(user.password_hash, PASSWORD)
    with app.app_context():
        event = db.session.scalars(
            select(AccessEvent).where(AccessEvent.action == "user.changed")
        ).one()
    assert event.actor_id == floor["admin"]
    assert event.detail == {"changed": ["name", "teams", "telephony_ids"]}


def test_closing_an_account_ends_its_sessions_and_can_be_undone(app, client, sign_in, floor):
    hanta, admin = sign_in(floor["hanta"]), sign_in(floor["admin"])
    assert hanta.get("/settings").status_code == 200
    answer = admin.post(f"/people/{floor['hanta']}/disable", follow_redirects=True)
    assert f'action="/people/{floor["hanta"]}/enable"' in answer.text
    assert hanta.get("/settings").status_code == 302
    assert _sign_in(client, "hanta", PASSWORD).status_code == 422
    admin.post(f"/people/{floor['hanta']}/enable")
    assert _sign_in(client, "hanta", PASSWORD).status_code == 302
    assert hanta.get("/settings").status_code == 302, "the session before stays ended"


def test_nobody_closes_or_demotes_themselves(app, sign_in, floor):
    admin = sign_in(floor["admin"])
    assert admin.post(f"/people/{floor['admin']}/disable").status_code == 403
    values = _values(name="Administration", login="admin", role="agent")
    answer = admin.post(f"/people/{floor['admin']}/edit", data=values)
    assert answer.status_code == 422
    assert _person(app, floor["admin"]).role == Role.ADMIN
    assert _person(app, floor["admin"]).is_enabled
    assert f"/people/{floor['admin']}/disable" not in admin.get(f"/people/{floor['admin']}").text


def test_an_administrator_is_demoted_by_another_one(app, sign_in, floor):
    with app.app_context():
        other = create_user(Role.ADMIN, login="autre", name="Autre").id
    values = _values(name="Administration", login="admin", role="supervisor")
    answer = sign_in(other).post(f"/people/{floor['admin']}/edit", data=values)
    assert answer.status_code == 302
    assert _person(app, floor["admin"]).role == Role.SUPERVISOR


def test_a_supervisor_gives_an_agent_of_theirs_a_secret_and_ends_open_sessions(
    app, client, sign_in, floor
):
    hanta = sign_in(floor["hanta"])
    claire = sign_in(floor["claire"])
    assert f"/people/{floor['hanta']}/secret" in claire.get(f"/people/{floor['hanta']}").text
    secret = _shown_secret(claire.post(f"/people/{floor['hanta']}/secret"))
    assert hanta.get("/settings").status_code == 302
    assert _sign_in(client, "hanta", PASSWORD).status_code == 422
    assert _sign_in(client, "hanta", secret).status_code == 302


@pytest.mark.parametrize(
    ("who", "whose", "status"),
    [
        ("claire", "miora", 403),  # only agents
        ("claire", "claire", 403),  # one's own goes through the settings
        ("admin", "admin", 403),
        ("thomas", "hanta", 404),  # another team
        ("claire", "admin", 404),
        ("miora", "hanta", 403),
        ("hanta", "hanta", 404),
        ("sophie", "hanta", 404),
    ],
)
def test_nobody_else_gives_out_secrets(app, sign_in, floor, who, whose, status):
    before = _person(app, floor[whose]).password_hash
    assert sign_in(floor[who]).post(f"/people/{floor[whose]}/secret").status_code == status
    assert _person(app, floor[whose]).password_hash == before


def test_those_who_lead_teams_read_their_people_only(sign_in, floor):
    for who in ("claire", "miora"):
        page = sign_in(floor[who]).get("/people").text
        assert "Hanta R." in page and "Thomas K." not in page and "/people/new" not in page
        assert sign_in(floor[who]).get(f"/people/{floor['hanta']}/edit").status_code == 403
        assert sign_in(floor[who]).get(f"/people/{floor['thomas']}").status_code == 404


def test_a_supervisor_learns_nothing_of_a_persons_other_teams(app, sign_in, floor):
    with app.app_context():
        db.session.add(Membership(user_id=floor["hanta"], team_id=floor["tunis"]))
        db.session.commit()
    claire = sign_in(floor["claire"])
    assert "Équipe Tunis" not in claire.get("/people").text
    assert "Équipe Tunis" not in claire.get(f"/people/{floor['hanta']}").text


def test_a_secret_holds_nothing_that_is_hard_to_read_out():
    made = {generate_secret() for _ in range(50)}
    assert len(made) == 50
    for secret in made:
        passwords.check_new_password(secret)
        assert re.fullmatch(r"([a-z]{4}-){4}\d\d", secret)


def test_telephony_ids_are_folded_as_imports_fold_them():
    for text in ("  YASSINÉ  b ", "Équipe\tAntananarivo", "Straße", "ﬁn", "1042", "İ"):
        assert fold(text) == metadata.fold(text)
