"""Reads of this room."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.extensions import db


def name_of(user_id: int | None) -> str:
    """How a sentence names who did something; what the machine did, it did in its own name."""
    user = db.session.get(User, user_id) if user_id is not None else None
    return user.name if user else "CallCoach"


def viewer_of(user: User) -> Viewer:
    """The viewer a person is, with their teams."""
    team_ids = db.session.scalars(select(Membership.team_id).where(Membership.user_id == user.id))
    return Viewer(user_id=user.id, role=Role(user.role), team_ids=frozenset(team_ids))
