"""Whether an agent lets colleagues hear a moment of theirs: where the yes is kept, and asked for.

A yes holds for its stretch alone, until it is withdrawn, and as long as the agent is in the team
that made the call.
"""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching.sharing import on_consent_asked
from callcoach.extensions import db
from callcoach.progress.models import SharingConsent


@on_consent_asked
def is_shared(call_id: int, start_ms: int, end_ms: int) -> bool:
    """Whether a yes in force covers all of a stretch of a call."""
    found = db.session.scalar(
        select(SharingConsent.id)
        .join(SharingConsent.call)
        .join(User, User.id == SharingConsent.agent_id)
        .join(
            Membership,
            (Membership.user_id == SharingConsent.agent_id) & (Membership.team_id == Call.team_id),
        )
        .where(
            SharingConsent.call_id == call_id,
            SharingConsent.given_at.is_not(None),
            SharingConsent.withdrawn_at.is_(None),
            SharingConsent.start_ms <= start_ms,
            SharingConsent.end_ms >= end_ms,
            Call.deleted_at.is_(None),
            Call.agent_id == SharingConsent.agent_id,
            User.is_enabled.is_(True),
        )
        .limit(1)
    )
    return found is not None


def may_hear(viewer: Viewer, call: Call, start_ms: int, end_ms: int) -> bool:
    """Whether the viewer may hear a stretch of a call: who hears the call does; colleagues of its
    team with the agent's yes, where the campaign lets telephones play calls.
    """
    if call.deleted_at is not None:
        return False
    if can_read_call(viewer, call):
        return True
    return (
        viewer.role is Role.AGENT
        and call.team_id in viewer.team_ids
        and call.campaign.agent_audio == AgentAudio.YES
        and is_shared(call.id, start_ms, end_ms)
    )
