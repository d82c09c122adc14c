"""Who may draw audits and judge their calls. Pure predicates: no database, no request."""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer, can_edit_campaigns
from callcoach.campaigns.access import can_edit_campaign


def sees_audits(viewer: Viewer) -> bool:
    """Administrators and supervisors: what a sample says of a call is not the floor's to read."""
    return can_edit_campaigns(viewer)


def can_read_audits_of(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """Of a campaign that these teams call for: administrators, and supervisors of one of them."""
    return can_edit_campaign(viewer, team_ids)


def can_change_draft(state: str) -> bool:
    """Only while nothing is drawn: a frame never changes under its sample."""
    return state == "draft"


def can_judge(state: str) -> bool:
    """From the draw until it is closed or given up."""
    return state == "drawn"
