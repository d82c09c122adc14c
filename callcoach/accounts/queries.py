"""Reads of this room."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.extensions import db


def name_of(user_id: int | None) -> str:
    """How a sentence names who did something; what the machine did, it did in its own name."""
    user = db.session.get(User, user_id) if user_id is not None else None
    return user.name if user else "CallCoach"


def supervisors_of(team_id: int) -> Sequence[int]:
    """Ids of those who answer for a team and may sign in."""
    return db.session.scalars(
        select(User.id)
        .join(User.memberships)
        .where(Membership.team_id == team_id, User.role == Role.SUPERVISOR, User.is_enabled)
        .order_by(User.id)
    ).all()


def viewer_of(user: User) -> Viewer:
    """The viewer a person is, with their teams."""
    team_ids = db.session.scalars(select(Membership.team_id).where(Membership.user_id == user.id))
    return Viewer(user_id=user.id, role=Role(user.role), team_ids=frozenset(team_ids))
