"""Who may see and change a campaign. Pure predicates: no database, no request."""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer, can_edit_campaigns
from callcoach.accounts.models import Role


def can_read_campaign(
    viewer: Viewer, team_ids: Collection[int], seat_user_ids: Collection[int]
) -> bool:
    """Administrators; whoever is in a team that calls for it; the sponsor's own people."""
    if viewer.sees_everything:
        return True
    if viewer.role is Role.SPONSOR:
        return viewer.user_id in seat_user_ids
    return not viewer.team_ids.isdisjoint(team_ids)


def can_edit_campaign(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """Administrators, and supervisors of a team that calls for it."""
    if viewer.sees_everything:
        return True
    return can_edit_campaigns(viewer) and not viewer.team_ids.isdisjoint(team_ids)


def can_create_campaign(viewer: Viewer) -> bool:
    """Administrators, and supervisors, who bind it to their own teams."""
    return can_edit_campaigns(viewer)


def can_manage_sponsors(viewer: Viewer) -> bool:
    """Client companies and who of theirs may sign in: administrators."""
    return viewer.sees_everything
