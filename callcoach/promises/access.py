"""Who proposes, decides on and reads promises. Predicates over what a promise belongs to."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.access import can_edit_campaign, can_read_campaign
from callcoach.campaigns.models import Campaign
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.script_library.access import can_approve
from callcoach.script_library.models import Script


def can_propose(viewer: Viewer, campaign: Campaign) -> bool:
    """Propose, change and take back: administrators, supervisors of the calling teams."""
    return can_edit_campaign(viewer, [link.team_id for link in campaign.teams])


def can_decide(viewer: Viewer, campaign: Campaign, script: Script | None) -> bool:
    """Approve or decline: whoever approves the campaign's script; before there is a script,
    everybody of the sponsor's. Never the team that proposes, administrators included.
    """
    if script is not None:
        return can_approve(viewer, script)
    seats = {seat.user_id for seat in campaign.sponsor.seats}
    return viewer.role is Role.SPONSOR and viewer.user_id in seats


def can_record(viewer: Viewer) -> bool:
    """Write down an approval that was given elsewhere: administrators."""
    return viewer.role is Role.ADMIN


def reads_proposals(viewer: Viewer, campaign: Campaign) -> bool:
    """See what is proposed and what was said of it: its authors and the sponsor's own people; the
    floor reads what is, or was, in force.
    """
    if can_propose(viewer, campaign):
        return True
    seats = {seat.user_id for seat in campaign.sponsor.seats}
    return viewer.role is Role.SPONSOR and viewer.user_id in seats


def can_read_version(viewer: Viewer, campaign: Campaign, version: PromiseVersion) -> bool:
    """Read one version of a promise."""
    if reads_proposals(viewer, campaign):
        return True
    was_in_force = (
        version.state == ProposalState.APPROVED
        and version.in_force_from is not None
        and not version.is_removal
    )
    return was_in_force and can_read_campaign(
        viewer,
        [link.team_id for link in campaign.teams],
        [seat.user_id for seat in campaign.sponsor.seats],
    )
