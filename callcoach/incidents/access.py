"""Who hears of incidents and deals with them. Predicates; no database, no request."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.calls.access import ScopedCall, can_judge_call


def can_handle(viewer: Viewer, call: ScopedCall) -> bool:
    """See a suspicion, confirm or dismiss it, and deal with the incident: who judges the call.

    Neither its agent nor the floor's leads: a suspicion is about one person until it is confirmed,
    and what follows of it for the team comes in a debrief.
    """
    return can_judge_call(viewer, call)
