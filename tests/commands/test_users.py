"""`callcoach users`: the first administrator, and people without a browser."""

from __future__ import annotations

import re

import pytest

from callcoach.accounts.models import Role, User
from callcoach.cli import cli
from callcoach.extensions import db
from tests.accounts.test_sign_in import _sign_in
from tests.factories.accounts import PASSWORD, create_team, create_user


@pytest.fixture
def users(app):
    """Run `callcoach users …` inside the test's application."""
    from click.testing import CliRunner

    def _run(*arguments, stdin=None):
        with app.app_context():
            return CliRunner().invoke(cli, ["users", *arguments], input=stdin)

    return _run


def test_the_first_administrator_comes_in_and_signs_in(client, users):
    assert "users add" in users("list").output
    answer = users("add", "Claire", "--name", "Claire Morel", "--role", "admin")
    assert answer.exit_code == 0, answer.output
    secret = re.search(r"shown only now: (\S+)", answer.output)[1]
    assert _sign_in(client, "claire", secret).status_code == 302
    assert users("list").output == "claire  admin  Claire Morel\n"


def test_an_agent_comes_with_team_and_telephony_ids(app, users):
    with app.app_context():
        create_team(name="Équipe Tunis")
    answer = users(
        "add", "yassine", "--name", "Yassine B.", "--role", "agent", "--team", "equipe tunis",
        "--telephony-id", "YASSINE", "--telephony-id", "1042", "--password-stdin",
        stdin="quatre mots de travers\n",
    )  # fmt: skip
    assert answer.output == "added: yassine  agent  Yassine B.  Équipe Tunis  1042, yassine\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "x y", "--name", "X", "--role", "agent"), "Write a login"),
        (("add", "pris", "--name", "X", "--role", "agent"), "is Personne prise’s"),
        (("add", "xx", "--name", "X", "--role", "agent", "--team", "Rien"), "no team “Rien”"),
        (("set-password", "personne"), "Nobody has the login “personne”"),
        (("disable", "pris"), "last administrator"),
    ],
)
def test_refusals_are_one_line_and_exit_code_2(app, users, arguments, said):
    with app.app_context():
        create_user(Role.ADMIN, login="pris", name="Personne prise")
    answer = users(*arguments)
    assert answer.exit_code == 2
    assert said in answer.output
    assert len(answer.output.splitlines()) == 1


def test_a_weak_password_is_refused(users):
    answer = users(
        "add", "hanta", "--name", "Hanta R.", "--role", "agent", "--password-stdin", stdin="hanta\n"
    )
    assert answer.exit_code == 2
    assert users("list").output.startswith("Nobody yet")


def test_a_password_is_changed_and_an_account_closed_and_opened(app, client, users):
    with app.app_context():
        create_user(Role.AGENT, login="hanta")
    assert (
        users("set-password", "hanta", "--password-stdin", stdin="un mot nouveau 42\n").exit_code
        == 0
    )
    assert _sign_in(client, "hanta", PASSWORD).status_code == 422
    assert users("disable", "hanta").exit_code == 0
    assert "hanta" not in users("list").output
    assert "closed" in users("list", "--all").output
    assert _sign_in(client, "hanta", "un mot nouveau 42").status_code == 422
    assert users("enable", "hanta").exit_code == 0
    assert _sign_in(client, "hanta", "un mot nouveau 42").status_code == 302
    with app.app_context():
        assert db.session.scalars(db.select(User)).one().session_epoch == 2


def test_the_log_says_who_did_what(app, client, users):
    with app.app_context():
        hanta_id = create_user(Role.AGENT, login="hanta").id
        create_user(Role.AGENT, login="autre")
    assert _sign_in(client, "hanta", PASSWORD).status_code == 302
    assert users("disable", "autre").exit_code == 0
    lines = users("log").output.splitlines()
    assert re.fullmatch(r"\S+ \S+  -  user.disabled  user \d+", lines[0])
    assert lines[1].endswith(f"hanta  user.signed_in  user {hanta_id}")
    assert users("log", "--user", "hanta").output.splitlines() == lines[1:]
    assert users("log", "--action", "user.dis", "--limit", "1").output.splitlines() == lines[:1]


def test_teams_are_listed_with_their_people_and_changed_for_one(app, users):
    assert users("teams").output.startswith("No team yet")
    with app.app_context():
        tana, tunis = create_team(name="Tana", timezone="Indian/Antananarivo"), create_team()
        create_team(name="Tunis")
        create_user(Role.AGENT, [tana], login="hanta", name="Hanta R.")
        create_user(Role.AGENT, [tana], login="parti", is_enabled=False)
        db.session.delete(tunis)
        db.session.commit()
    assert users("teams").output.splitlines() == [
        "Tana  Indian/Antananarivo  hanta",
        "Tunis  Europe/Paris",
    ]
    assert users("teams", "hanta").output == "hanta  agent  Hanta R.  Tana\n"
    moved = users("teams", "hanta", "--set", "tunis", "--set", "TANA")
    assert moved.output == "hanta  agent  Hanta R.  Tana, Tunis\n"
    assert users("teams", "hanta", "--none").output == "hanta  agent  Hanta R.\n"
    assert users("teams", "--none").exit_code == 2
    assert users("teams", "hanta", "--none", "--set", "Tana").exit_code == 2
    assert users("teams", "hanta", "--set", "Lyon").exit_code == 2


def test_sign_ins_name_whose_login_was_tried(app, client, users):
    with app.app_context():
        hanta_id = create_user(Role.AGENT, login="hanta").id
        create_user(Role.AGENT, login="autre")
    _sign_in(client, "hanta", "pas le bon secret")
    _sign_in(client, "hanta", PASSWORD)
    client.post("/preferences", data={"theme": "dark"})
    _sign_in(app.test_client(), "autre", PASSWORD)
    lines = [line.split("  ", 1)[1] for line in users("sign-ins", "hanta").output.splitlines()]
    assert lines == [
        f"hanta  user.signed_in  user {hanta_id}",
        f"-  user.sign_in_failed  user {hanta_id}",
    ]
    assert len(users("sign-ins").output.splitlines()) == 3
    assert users("sign-ins", "personne").exit_code == 2
