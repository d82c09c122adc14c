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
