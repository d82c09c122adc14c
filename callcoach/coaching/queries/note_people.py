"""Who can be named as a reader of a note, or with @ in it, and which calls can be put beside one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.calls import queries as calls
from callcoach.calls.models import Call
from callcoach.coaching.models import NoteAim
from callcoach.coaching.note_mentions import Nameable
from callcoach.extensions import db

#: Calls offered beside the one a note is written on: the newest that match.
OFFERED_CALLS = 12


def nameable(call: Call, aim: str) -> list[User]:
    """Whom a note on the call can name: the team's supervisors and leads, and for something to keep
    its agents too. By role, then by name.

    Colleagues are not shown what somebody else is to change.
    """
    roles = [Role.SUPERVISOR, Role.TEAM_LEAD]
    if aim == NoteAim.KEEP:
        roles.append(Role.AGENT)
    found = db.session.scalars(
        select(User)
        .join(User.memberships)
        .where(Membership.team_id == call.team_id, User.role.in_(roles), User.is_enabled)
        .order_by(User.name, User.id)
    )
    return sorted(found.unique(), key=lambda user: roles.index(Role(user.role)))


def mentionable(call: Call, aim: str) -> list[Nameable]:
    """Whom an @ can name: as `nameable`, and the agent whom the note is for."""
    people = nameable(call, aim)
    if call.agent is not None and call.agent not in people:
        people.append(call.agent)
    return [Nameable(user.id, user.name, user.login) for user in people]


def names_of(user_ids: Collection[int]) -> Mapping[int, str]:
    """The names of people, by id."""
    if not user_ids:
        return {}
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


def calls_beside(viewer: Viewer, call: Call, text: str = "") -> list[Call]:
    """The newest calls of the same agent and team that the viewer reads, without the call itself.

    Args:
        text: words that must occur in the prospect, company, campaign or file name.
    """
    if call.agent_id is None:
        return []
    filters = calls.CallFilters(text=text, agent_id=call.agent_id, team_id=call.team_id)
    numbers = db.session.scalars(
        calls.call_ids(viewer, filters)
        .where(Call.id != call.id)
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(OFFERED_CALLS)
    )
    return calls.calls_by_id(viewer, list(numbers))


def same_agents_calls(viewer: Viewer, call: Call, call_ids: Collection[int]) -> list[Call]:
    """Those of `call_ids` that can stand beside the call in one note, newest first."""
    if call.agent_id is None:
        return []
    return [
        other
        for other in calls.calls_by_id(viewer, call_ids)
        if other.id != call.id and (other.agent_id, other.team_id) == (call.agent_id, call.team_id)
    ]
