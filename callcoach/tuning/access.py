"""Who may see and change what a campaign changes in the engine. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role


def can_tune(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """Administrators, the system, and supervisors of a team that calls for the campaign.

    The floor's leads, agents and sponsors neither change the engine nor look into it: they would
    read there which kinds of flag are probably wrong, and whose words it was taught with.

    Args:
        team_ids: teams that call for the campaign.
    """
    if viewer.sees_everything:
        return True
    return viewer.role is Role.SUPERVISOR and not viewer.team_ids.isdisjoint(team_ids)
