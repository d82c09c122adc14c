"""Who reads a team's page, and who writes on it. Pure: no database, no request."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.debriefs.access import attends, leads_teams


def can_keep(viewer: Viewer, team_id: int) -> bool:
    """Write standards and objectives of a team: who leads its debriefs."""
    return leads_teams(viewer, {team_id})


def can_read(viewer: Viewer, team_id: int) -> bool:
    """Read a team's page: its agents too."""
    return can_keep(viewer, team_id) or (attends(viewer) and team_id in viewer.team_ids)
