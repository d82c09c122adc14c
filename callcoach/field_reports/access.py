"""Who reads and writes what rises from the floor. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.access import can_edit_campaign


def can_report(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """Administrators, and supervisors of a team that calls for the campaign."""
    return can_edit_campaign(viewer, team_ids)


def can_read_letter(
    viewer: Viewer,
    team_ids: Collection[int],
    seat_user_ids: Collection[int],
    *,
    is_sent: bool,
) -> bool:
    """Who writes it, always; the sponsor's people once it was sent."""
    if can_report(viewer, team_ids):
        return True
    return is_sent and viewer.role is Role.SPONSOR and viewer.user_id in seat_user_ids
