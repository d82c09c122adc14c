"""People and teams for tests."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from argon2 import PasswordHasher

from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.extensions import db

#: The secret of every person made here.
PASSWORD = "un secret de test 7"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_numbers = itertools.count(1)


def create_team(**values: Any) -> Team:
    """A team."""
    team = Team(**{"name": f"Équipe {next(_numbers)}", **values})
    db.session.add(team)
    db.session.commit()
    return team


def create_user(
    role: Role | str = Role.SUPERVISOR, teams: Sequence[Team] = (), **values: Any
) -> User:
    """A person with `role`, a member of `teams`."""
    number = next(_numbers)
    defaults = {
        "login": f"{role}{number}",
        "name": f"Personne {number}",
        "pseudonym": f"Agent {number}",
        "password_hash": _HASH,
    }
    user = User(role=Role(role), **{**defaults, **values})
    user.memberships = [Membership(team_id=team.id) for team in teams]
    db.session.add(user)
    db.session.commit()
    return user


def create_people(team: Team, other: Team) -> dict[str, User]:
    """Everybody whom a call of `team` may concern, by what they are to it, and the supervisor of
    another team.
    """
    return {
        "claire": create_user(Role.SUPERVISOR, teams=[team], name="Claire M.", login="claire"),
        "thomas": create_user(Role.SUPERVISOR, teams=[team], name="Thomas V.", login="thomas"),
        "admin": create_user(Role.ADMIN, name="Admin", login="admin"),
        "lead": create_user(Role.TEAM_LEAD, teams=[team], name="Miora A.", login="miora"),
        "agent": create_user(Role.AGENT, teams=[team], name="Hanta R.", login="hanta"),
        "colleague": create_user(Role.AGENT, teams=[team], name="Patrice", login="patrice"),
        "stranger": create_user(Role.SUPERVISOR, teams=[other], login="stranger"),
        "sponsor": create_user(Role.SPONSOR, login="sponsor"),
    }
