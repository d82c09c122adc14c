"""Which calls exist for a viewer, as a condition."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, true

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.models import Call


def in_scope(viewer: Viewer) -> ColumnElement[bool]:
    """`access.can_read_call` as a condition on `Call`."""
    if viewer.sees_everything:
        return true()
    if viewer.role in (Role.SUPERVISOR, Role.TEAM_LEAD):
        return Call.team_id.in_(sorted(viewer.team_ids))
    if viewer.role is Role.AGENT:
        return Call.agent_id == viewer.user_id
    return false()
