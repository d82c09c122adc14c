"""Who may do what with "I see it otherwise". Pure: no database, no request.

It stays between the agent and those who judge: team leads see no evaluation, and no answer to one.
"""

from __future__ import annotations

from typing import Protocol

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.access import ScopedCall, can_judge_call, can_read_call


class ScopedDispute(Protocol):
    """What scope looks at."""

    @property
    def agent_id(self) -> int | None: ...


def can_dispute_on(viewer: Viewer, call: ScopedCall) -> bool:
    """The agent whose call it is; what of it they may dispute is what they are shown."""
    return viewer.role is Role.AGENT and can_read_call(viewer, call)


def can_read_dispute(viewer: Viewer, dispute: ScopedDispute, call: ScopedCall) -> bool:
    """Whoever wrote it, and those who judge the call."""
    if can_judge_call(viewer, call):
        return True
    return can_dispute_on(viewer, call) and dispute.agent_id == viewer.user_id


def can_answer_dispute(viewer: Viewer, call: ScopedCall) -> bool:
    """Those who judge the call: any supervisor of the team, so that leave holds nobody up."""
    return can_judge_call(viewer, call)
