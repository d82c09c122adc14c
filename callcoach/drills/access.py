"""Who may do what with drills, tries and their sound. Pure: no database, no request.

A take that was not sent is its agent's alone: no other predicate here lets anybody at it, and the
queries of this room leave it out for everybody else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.access import ScopedCall, can_read_call


class ScopedAssignment(Protocol):
    """What scope looks at."""

    @property
    def agent_id(self) -> int: ...


def makes_drills(viewer: Viewer) -> bool:
    """Make, change and assign drills, and mark tries: native supervisors and administrators."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def can_read_drill(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """The library of a campaign that the teams `team_ids` call for: its supervisors.

    Agents read a drill through what they are to do, never in the library.
    """
    return makes_drills(viewer) and (
        viewer.sees_everything or not viewer.team_ids.isdisjoint(team_ids)
    )


def can_read_words(viewer: Viewer, calls: Iterable[ScopedCall]) -> bool:
    """Read what a drill quotes of `calls`, its title included: whoever may open all of them."""
    return all(can_read_call(viewer, call) for call in calls)


def can_be_given(agent_id: int, team_ids: Collection[int], calls: Iterable[ScopedCall]) -> bool:
    """Words of a call stay in the team that made it: a drill on `calls` is for agents of these teams,
    and for whoever made the calls.
    """
    return all(call.agent_id == agent_id or call.team_id in team_ids for call in calls)


def practises(viewer: Viewer) -> bool:
    """Has drills to do."""
    return viewer.role is Role.AGENT


def can_practise(viewer: Viewer, assignment: ScopedAssignment) -> bool:
    """Do a drill: the agent it was given to, nobody in their place."""
    return practises(viewer) and assignment.agent_id == viewer.user_id


def can_see_attempt(viewer: Viewer, team_ids: Collection[int], *, is_sent: bool) -> bool:
    """Read, hear and mark a try of an agent of the teams `team_ids`: their supervisors, and only
    once it was sent. Not the floor's leads: a try is no business of whoever plans the shift.
    """
    if not (is_sent and makes_drills(viewer)):
        return False
    return viewer.sees_everything or not viewer.team_ids.isdisjoint(team_ids)


def can_hear_step(
    viewer: Viewer,
    call: ScopedCall | None,
    *,
    is_allowed: bool,
    is_shared: bool,
    on_telephones: bool,
) -> bool:
    """Hear the excerpt of a call in a drill that the viewer may read or do.

    Colleagues know a voice: another agent's call is heard only with that agent's yes.

    Args:
        call: none once it is deleted.
        is_allowed: whoever made the drill lets it be heard, and not only read.
        is_shared: the agent heard in it said yes to playing it to colleagues.
        on_telephones: the campaign lets agents hear calls on telephones of their own.
    """
    if call is None:
        return False
    if viewer.role is not Role.AGENT:
        return makes_drills(viewer) and can_read_call(viewer, call)
    if not (is_allowed and on_telephones):
        return False
    return can_read_call(viewer, call) or is_shared
