"""Commands on people: `users list`, `add`, `teams`, `set-password`, `disable`, `enable`,
`sign-ins`, `log`.

Whoever can run them owns the installation, so they act as the system; this is also how the first
administrator comes in.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from callcoach.commands.calls import app_context, refusals_end_it

if TYPE_CHECKING:
    from callcoach.accounts.models import User

#: Roles by name; written out so that `--help` loads no database.
_ROLES = ("admin", "supervisor", "team_lead", "agent", "sponsor")


@click.group()
def users() -> None:
    """People: list, add, passwords, accounts, and what was looked at."""


@users.command("list")
@click.option("--role", type=click.Choice(_ROLES), help="Only this role.")
@click.option("--all", "with_closed", is_flag=True, help="Closed accounts too.")
def list_users(role: str | None, with_closed: bool) -> None:
    """One line a person: login, role, name, teams, telephony ids."""
    from callcoach.accounts.access import Viewer
    from callcoach.accounts.models import Role
    from callcoach.accounts.people_queries import PeopleFilters, list_people

    with app_context(), refusals_end_it():
        filters = PeopleFilters(
            role=Role(role) if role else None, is_enabled=None if with_closed else True
        )
        people = list_people(Viewer.system(), filters)
        for user in people:
            click.echo(_line(user))
        if not people:
            click.echo("Nobody yet. Add an administrator: callcoach users add LOGIN --role admin")


@users.command("add")
@click.argument("login")
@click.option("--name", required=True, help="As colleagues read it.")
@click.option("--role", type=click.Choice(_ROLES), required=True)
@click.option("--email", default="", help="Also opens the sign-in; agents need none.")
@click.option("--team", "teams", multiple=True, help="Name of a team; may be repeated.")
@click.option(
    "--telephony-id", "telephony_ids", multiple=True, help="As exports write it; may be repeated."
)
@click.option("--pseudonym", default="", help="As sponsors read an agent; proposed when left out.")
@click.option("--locale", type=click.Choice(("fr", "en")), default="fr", show_default=True)
@click.option("--native-market", help="Country (FR) whose manners are theirs; FR for supervisors.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_user(
    *,
    login: str,
    name: str,
    role: str,
    email: str,
    teams: tuple[str, ...],
    telephony_ids: tuple[str, ...],
    pseudonym: str,
    locale: str,
    native_market: str | None,
    password_stdin: bool,
) -> None:
    """Add a person; without --password-stdin a temporary password is made and shown once."""
    from callcoach.accounts.access import Viewer
    from callcoach.accounts.models import Role
    from callcoach.accounts.people_operations import PersonValues, create_person
    from callcoach.extensions import db, write_transaction

    with app_context(), refusals_end_it(), write_transaction():
        values = PersonValues(
            name=name,
            login=login,
            role=Role(role),
            email=email,
            team_ids=tuple(_team_id(team) for team in teams),
            telephony_ids=telephony_ids,
            locale=locale,
            pseudonym=pseudonym,
            native_market=native_market.upper() if native_market else None,
        )
        user, secret = create_person(Viewer.system(), values, secret=_typed(password_stdin))
        db.session.commit()
        click.echo(f"added: {_line(user)}")
        if not password_stdin:
            click.echo(f"temporary password, shown only now: {secret}")


@users.command("teams")
@click.argument("login", required=False)
@click.option("--set", "names", multiple=True, help="Put LOGIN in this team; may be repeated.")
@click.option("--none", "leaves_all", is_flag=True, help="Take LOGIN out of every team.")
def teams(login: str | None, names: tuple[str, ...], leaves_all: bool) -> None:
    """Teams and who is in them; with LOGIN, that person's, which --set and --none change."""
    from callcoach.accounts.access import Viewer
    from callcoach.accounts.people_operations import set_teams
    from callcoach.accounts.people_queries import find_by_login, list_teams, members_of
    from callcoach.extensions import db, write_transaction

    if (names or leaves_all) and not login:
        raise click.UsageError("--set and --none need a LOGIN.")
    if names and leaves_all:
        raise click.UsageError("Either --set or --none.")
    with app_context(), refusals_end_it(), write_transaction():
        if login:
            user = find_by_login(login)
            if names or leaves_all:
                set_teams(Viewer.system(), user, [_team_id(name) for name in names])
                db.session.commit()
            click.echo(_line(user))
            return
        found = list_teams(Viewer.system())
        for team in found:
            members = ", ".join(user.login for user in members_of(team) if user.is_enabled)
            click.echo("  ".join(part for part in (team.name, team.timezone, members) if part))
        if not found:
            click.echo("No team yet. Add one in the pages: Teams, Add a team.")


@users.command("set-password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def set_password(login: str, password_stdin: bool) -> None:
    """Give a person a new password and end their open sessions."""
    from callcoach.accounts.access import Viewer
    from callcoach.accounts.people_operations import reset_secret
    from callcoach.accounts.people_queries import find_by_login
    from callcoach.extensions import db, write_transaction

    with app_context(), refusals_end_it(), write_transaction():
        user = find_by_login(login)
        secret = reset_secret(Viewer.system(), user, secret=_typed(password_stdin))
        db.session.commit()
        click.echo(f"{user.login}: the password is changed, open sessions have ended")
        if not password_stdin:
            click.echo(f"temporary password, shown only now: {secret}")


@users.command("disable")
@click.argument("login")
def disable(login: str) -> None:
    """Close an account and end its open sessions; calls and notes stay."""
    from callcoach.accounts.access import Viewer
    from callcoach.accounts.people_operations import disable_person
    from callcoach.accounts.people_queries import find_by_login
    from callcoach.extensions import db, write_transaction

    with app_context(), refusals_end_it(), write_transaction():
        user = find_by_login(login)
        disable_person(Viewer.system(), user)
        db.session.commit()
        click.echo(f"{user.login}: closed")


@users.command("enable")
@click.argument("login")
def enable(login: str) -> None:
    """Open an account again, with the password it had."""
    from callcoach.accounts.access import Viewer
    from callcoach.accounts.people_operations import enable_person
    from callcoach.accounts.people_queries import find_by_login
    from callcoach.extensions import db, write_transaction

    with app_context(), refusals_end_it(), write_transaction():
        user = find_by_login(login)
        enable_person(Viewer.system(), user)
        db.session.commit()
        click.echo(f"{user.login}: open")


@users.command("log")
@click.option("--user", "login", help="Only what this person did.")
@click.option("--action", default="", help="Only actions that begin so, such as “call.”.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def log(login: str | None, action: str, limit: int) -> None:
    """The access log, newest first: moment (UTC), who, what, to which thing."""
    with app_context(), refusals_end_it():
        _print_events(login, action, limit)


@users.command("sign-ins")
@click.argument("login", required=False)
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def sign_ins(login: str | None, limit: int) -> None:
    """Who signed in, out, or failed to, newest first; a failure names whose login was tried."""
    with app_context(), refusals_end_it():
        _print_events(login, "user.sign", limit)


def _print_events(login: str | None, action: str, limit: int) -> None:
    from callcoach.accounts.access import Viewer
    from callcoach.accounts.models import User
    from callcoach.accounts.people_queries import find_by_login, recent_events
    from callcoach.extensions import db

    user_id = find_by_login(login).id if login else None
    # nobody is signed in while trying to: a failure is found by whose login it was
    about_id = user_id if action == "user.sign" else None
    found = recent_events(
        Viewer.system(),
        actor_id=None if about_id is not None else user_id,
        about_user_id=about_id,
        action=action,
        limit=limit,
    )
    for event in found:
        actor = db.session.get(User, event.actor_id) if event.actor_id is not None else None
        subject = f"{event.subject_kind} {event.subject_id or ''}".strip()
        facts = " ".join(f"{key}={value}" for key, value in sorted(event.detail.items()))
        parts = (f"{event.at:%Y-%m-%d %H:%M:%S}", actor.login if actor else "-", event.action)
        click.echo("  ".join(part for part in (*parts, subject, facts) if part))


def _line(user: User) -> str:
    teams = ", ".join(sorted(membership.team.name for membership in user.memberships))
    ids = ", ".join(sorted(item.value for item in user.telephony_ids))
    closed = "closed" if not user.is_enabled else ""
    return "  ".join(
        part for part in (user.login, user.role, user.name, teams, ids, closed) if part
    )


def _team_id(name: str) -> int:
    """The living team with this name, whatever its case and accents."""
    from callcoach.accounts.access import Viewer
    from callcoach.accounts.folding import fold
    from callcoach.accounts.people_queries import list_teams
    from callcoach.errors import InvalidInput

    teams = list_teams(Viewer.system())
    for team in teams:
        if fold(team.name) == fold(name):
            return team.id
    raise InvalidInput(
        "There is no team “%(name)s”; there are: %(teams)s.",
        name=name,
        teams=", ".join(team.name for team in teams) or "none yet",
    )


def _typed(from_stdin: bool) -> str | None:
    """The password that was piped in; None when one is to be made."""
    return sys.stdin.readline().rstrip("\r\n") if from_stdin else None
