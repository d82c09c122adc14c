"""Who may do what with rechecks, periods, pairs and objectives. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.access import ScopedCall, can_judge_call
from callcoach.coaching.access import ScopedNote, can_read_note


def follows(viewer: Viewer) -> bool:
    """Follow notes, propose objectives, announce periods: native supervisors and administrators,
    not the floor's leads, who see no evaluation.
    """
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def is_agent(viewer: Viewer) -> bool:
    """Has progress of their own."""
    return viewer.role is Role.AGENT


def can_follow(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """The recheck of a note: those who judge the call and read the note."""
    return can_judge_call(viewer, call) and can_read_note(viewer, note, call)


def can_coach(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """An agent of the teams `team_ids`: their supervisors, and administrators."""
    return follows(viewer) and (viewer.sees_everything or not viewer.team_ids.isdisjoint(team_ids))


def plans_time(viewer: Viewer) -> bool:
    """See who needs time freed: the floor's leads, supervisors and administrators."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)
