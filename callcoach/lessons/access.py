"""Who may read, share and take up lessons. Pure: no database, no request.

A lesson is a campaign's: whoever answers for a team that calls for it reads it, and how far each of
these teams has come with it.
"""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role


def reads(viewer: Viewer) -> bool:
    """Opens lessons at all: administrators, supervisors, the floor's leads."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)


def decides(viewer: Viewer) -> bool:
    """Writes, proposes and takes up lessons at all: administrators and supervisors."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def can_read(viewer: Viewer, campaign_team_ids: Collection[int]) -> bool:
    """A lesson of a campaign that these teams call for."""
    if not reads(viewer):
        return False
    return viewer.sees_everything or not viewer.team_ids.isdisjoint(campaign_team_ids)


def can_decide(viewer: Viewer, team_id: int) -> bool:
    """Take up, or decline, a lesson for a team: its supervisors."""
    return decides(viewer) and (viewer.sees_everything or team_id in viewer.team_ids)


def can_share(viewer: Viewer, taken_by: Collection[int]) -> bool:
    """Change a lesson, and propose it to others: supervisors of a team that has it."""
    if not decides(viewer):
        return False
    return viewer.sees_everything or not viewer.team_ids.isdisjoint(taken_by)
