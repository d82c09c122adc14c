"""Who is looking, and the pure predicates on it. No database, no request."""

from __future__ import annotations

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
