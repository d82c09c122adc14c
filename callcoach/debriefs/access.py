"""Who may prepare, run, attend and read a debrief. Pure: no database, no request.

A debrief of several teams shows calls of each of them, and so is led by whoever answers for all.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role


class ScopedDebrief(Protocol):
    """What scope looks at."""

    @property
    def team_ids(self) -> Collection[int]: ...

    @property
    def agent_id(self) -> int | None: ...

    @property
    def host_id(self) -> int | None: ...


def prepares(viewer: Viewer) -> bool:
    """Prepares and runs debriefs at all: supervisors, the floor's leads, administrators."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)


def attends(viewer: Viewer) -> bool:
    """Takes part in debriefs that others lead: agents."""
    return viewer.role is Role.AGENT


def leads_teams(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """Prepare and run a debrief of these teams: who answers for every one of them."""
    if not prepares(viewer):
        return False
    return viewer.sees_everything or (bool(team_ids) and set(team_ids) <= viewer.team_ids)


def leads_one_to_ones(viewer: Viewer) -> bool:
    """Meet an agent alone: who coaches. Not the floor's leads, who see no evaluation."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def can_lead(viewer: Viewer, debrief: ScopedDebrief) -> bool:
    """Prepare, run and conclude a debrief. A one-to-one is its host's alone, and administrators'."""
    if not leads_teams(viewer, debrief.team_ids):
        return False
    if debrief.agent_id is None:
        return True
    return viewer.sees_everything or debrief.host_id == viewer.user_id


def can_attend(viewer: Viewer, debrief: ScopedDebrief) -> bool:
    """Take part: the agents of its teams; in a one-to-one, the agent it is with."""
    if not attends(viewer):
        return False
    if debrief.agent_id is not None:
        return debrief.agent_id == viewer.user_id
    return not viewer.team_ids.isdisjoint(debrief.team_ids)


def can_read(viewer: Viewer, debrief: ScopedDebrief) -> bool:
    """Know of a debrief at all. What an agent sees of it depends on how far it has come: the agenda
    as it is opened before everybody, the minutes once they are sent.
    """
    return can_lead(viewer, debrief) or can_attend(viewer, debrief)
