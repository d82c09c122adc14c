"""Who is looking, and the pure predicates on it. No database, no request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from callcoach.accounts.models import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person, or the system, on whose behalf a query runs.

    Args:
        user_id: None for the system.
        role: None for the system.
        team_ids: teams the person belongs to or answers for.
    """

    user_id: int | None
    role: Role | None
    team_ids: frozenset[int] = frozenset()

    @classmethod
    def system(cls) -> Self:
        """The viewer of background work and of the command line: sees everything."""
        return cls(user_id=None, role=None)

    @property
    def is_system(self) -> bool:
        return self.role is None

    @property
    def sees_everything(self) -> bool:
        """The system and administrators."""
        return self.role is None or self.role is Role.ADMIN

    def has_role(self, *roles: Role) -> bool:
        """One of `roles`, or the system."""
        return self.role is None or self.role in roles


def can_manage_people(viewer: Viewer) -> bool:
    """Create, change and disable people and teams."""
    return viewer.sees_everything


def can_import_calls(viewer: Viewer) -> bool:
    """Bring recordings in: administrators everywhere, supervisors and team leads in their teams."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)


def can_edit_campaigns(viewer: Viewer) -> bool:
    """Change campaigns, personas, promises and vocabulary."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def sees_people(viewer: Viewer) -> bool:
    """Open the pages of people and teams: everybody who answers for others."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)


def can_read_team(viewer: Viewer, team_id: int) -> bool:
    """Administrators all teams, supervisors and team leads their own."""
    return sees_people(viewer) and (viewer.sees_everything or team_id in viewer.team_ids)


def can_read_person(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """Somebody who is in `team_ids`: administrators everybody, others the people of their teams."""
    if viewer.sees_everything:
        return True
    return sees_people(viewer) and not viewer.team_ids.isdisjoint(team_ids)


def can_reset_secret(
    viewer: Viewer, user_id: int, role: Role | str, team_ids: Collection[int]
) -> bool:
    """Give somebody a temporary secret: administrators everybody, supervisors their own agents.

    Nobody does so for themselves: the settings ask the present secret first.
    """
    if viewer.user_id == user_id or not can_read_person(viewer, team_ids):
        return False
    if viewer.sees_everything:
        return True
    return viewer.role is Role.SUPERVISOR and role == Role.AGENT


def can_disable(viewer: Viewer, user_id: int) -> bool:
    """Close and open accounts: administrators, but never their own."""
    return can_manage_people(viewer) and viewer.user_id != user_id
