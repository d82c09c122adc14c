"""Who may do what with a call. Pure: no database, no request.

Scope comes first: a call outside a viewer's scope does not exist for them (404). The other
predicates say what a viewer may do with a call they can see (403 when not).
"""

from __future__ import annotations

from typing import Protocol

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role


class ScopedCall(Protocol):
    """What scope looks at."""

    @property
    def team_id(self) -> int: ...

    @property
    def agent_id(self) -> int | None: ...


def can_read_call(viewer: Viewer, call: ScopedCall) -> bool:
    """In scope: everything for administrators and the system, the own teams' calls for supervisors
    and team leads, the own calls for agents, and nothing yet for sponsors (nothing is shared).
    """
    if viewer.sees_everything:
        return True
    if viewer.role in (Role.SUPERVISOR, Role.TEAM_LEAD):
        return call.team_id in viewer.team_ids
    if viewer.role is Role.AGENT:
        return call.agent_id is not None and call.agent_id == viewer.user_id
    return False


def can_edit_call(viewer: Viewer, call: ScopedCall) -> bool:
    """Change metadata, kind, outcome and channels, correct turns, retry and cancel."""
    return can_read_call(viewer, call) and viewer.has_role(
        Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD
    )


def can_delete_call(viewer: Viewer, call: ScopedCall) -> bool:
    """Put a call aside and bring it back."""
    return can_read_call(viewer, call) and viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def can_judge_call(viewer: Viewer, call: ScopedCall) -> bool:
    """Confirm and reject flags: native supervisors and administrators, not the floor's leads."""
    return can_read_call(viewer, call) and viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def can_tag_calls(viewer: Viewer) -> bool:
    """Put tags on calls at all."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def can_tag_call(viewer: Viewer, call: ScopedCall) -> bool:
    """Put tags on a call and take them off."""
    return can_read_call(viewer, call) and can_tag_calls(viewer)


def sees_tags(viewer: Viewer) -> bool:
    """Tags are the supervisors' words for finding calls, and may be remarks about who made them:
    agents and sponsors see none.
    """
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)


def can_import_into(viewer: Viewer, team_id: int) -> bool:
    """Bring a recording into a team: administrators everywhere, others in their own teams."""
    if viewer.sees_everything:
        return True
    return viewer.has_role(Role.SUPERVISOR, Role.TEAM_LEAD) and team_id in viewer.team_ids


def sees_unconfirmed_flags(viewer: Viewer) -> bool:
    """Negative tipping points that nobody confirmed are the supervisors' to judge, not the agent's
    to be confronted with; they are never shown to agents or sponsors.
    """
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)
