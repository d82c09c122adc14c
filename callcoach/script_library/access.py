"""Who may read, write and approve scripts. Predicates over what a version belongs to; no request.

A version belongs to a campaign, so its readers are the campaign's: whoever answers for one of its
teams, the agents of those teams for what is or was in force there, and the sponsor's own people.
"""

from __future__ import annotations

from datetime import datetime

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.access import can_edit_campaign, can_read_campaign
from callcoach.campaigns.models import Campaign
from callcoach.extensions import utc_now
from callcoach.script_library.models import Script, ScriptVersion, VersionState


def can_read_script(viewer: Viewer, campaign: Campaign) -> bool:
    """Know that a campaign has a script: whoever reads the campaign. What of it they read, each
    version says.
    """
    return can_read_campaign(
        viewer,
        [link.team_id for link in campaign.teams],
        [seat.user_id for seat in campaign.sponsor.seats],
    )


def can_edit_script(viewer: Viewer, campaign: Campaign) -> bool:
    """Write drafts, submit and put in force: administrators, supervisors of the calling teams."""
    return can_edit_campaign(viewer, [link.team_id for link in campaign.teams])


def can_oversee_script(viewer: Viewer, campaign: Campaign) -> bool:
    """See the list of versions and what is in force where: the editors and the floor's leads."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD) and can_read_script(
        viewer, campaign
    )


def can_read_version(viewer: Viewer, version: ScriptVersion, now: datetime | None = None) -> bool:
    """Read what a version says.

    Its editors read all; team leads what was published; sponsors what was submitted to them or
    published; agents what is, or once was, in force for a team of theirs.

    Args:
        now: present moment when not given.
    """
    campaign = version.script.campaign
    if can_edit_script(viewer, campaign):
        return True
    if not can_read_script(viewer, campaign):
        return False
    state = VersionState(version.state)
    if viewer.role is Role.TEAM_LEAD:
        return state.is_published
    if viewer.role is Role.SPONSOR:
        return state is not VersionState.DRAFT
    if viewer.role is not Role.AGENT or not state.is_published:
        return False
    moment = now or utc_now()
    return any(
        release.team_id in viewer.team_ids
        and release.starts_at <= moment
        # Withdrawn before it began: never said
        and (release.ended_at is None or release.ended_at > release.starts_at)
        for release in version.releases
    )


def can_approve(viewer: Viewer, script: Script) -> bool:
    """Approve or send back what was submitted: the named approver and the deputy; without an
    approver, everybody of the sponsor's. Never the team that wrote it, administrators included.
    """
    seats = {seat.user_id for seat in script.campaign.sponsor.seats}
    if viewer.role is not Role.SPONSOR or viewer.user_id not in seats:
        return False
    return script.approver_id is None or viewer.user_id in (script.approver_id, script.deputy_id)
