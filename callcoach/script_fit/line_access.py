"""What of this room somebody may see. Predicates over who looks and a campaign; no request.

Supervisors and administrators work with lines, requests and examples. The floor's leads see who has
read a briefing; agents read theirs; sponsors see nothing of all this.
"""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.models import Campaign
from callcoach.script_library.access import can_edit_script, can_oversee_script


def works_on(viewer: Viewer, campaign: Campaign) -> bool:
    """See what a campaign's lines do, ask for changes, pin examples."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR) and can_edit_script(viewer, campaign)


def sees_readings(viewer: Viewer, campaign: Campaign) -> bool:
    """See who has read what changed, and remind them."""
    return can_oversee_script(viewer, campaign)
