"""Whether an item of an agenda is for the agents of a team: words of calls stay with the teams that
they were prepared for, also when a debrief is given to other teams.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from callcoach.accounts.models import Membership
from callcoach.calls.models import Call
from callcoach.debriefs.models import AgendaItem, ItemKind
from callcoach.extensions import db


def misfits(
    items: Iterable[AgendaItem], before: Collection[int], team_ids: Collection[int]
) -> list[AgendaItem]:
    """Those of a debrief's items that the agents of other teams are not to see.

    Args:
        before: the teams that it is for; empty where nobody knows any more.
        team_ids: the teams that it would be for.
    """
    if set(before) == set(team_ids):
        return []
    return [item for item in items if not _fits(item, set(before), set(team_ids))]


def _fits(item: AgendaItem, before: set[int], team_ids: set[int]) -> bool:
    quoted = _quoted(item)
    if not {call.team_id for call in quoted} <= team_ids:
        return False
    # as when it is put on an agenda: a drill on calls of a team is for no other's ears
    if item.kind == ItemKind.DRILL and quoted and not team_ids <= {call.team_id for call in quoted}:
        return False
    people = _people(item) if not quoted else set()
    if people and not (before and before <= team_ids):
        return not _teams_of(people).isdisjoint(team_ids)
    # words whose call is gone, and nobody knows whose they are: of one of the teams that it was for
    is_unknown = bool(item.said) and not quoted
    if item.drill is not None:
        is_unknown |= any(step.call is None for step in item.drill.steps)
    return not is_unknown or before <= team_ids


def _quoted(item: AgendaItem) -> list[Call]:
    """The calls whose words it brings before everybody, as long as they are there."""
    found: list[Call | None] = [item.call, item.note.call if item.note else None]
    if item.drill is not None:
        found += item.drill.calls
    for recheck in (item.recheck, item.pair.recheck if item.pair else None):
        found.append(recheck.note.call if recheck else None)
    found.append(item.pair.after_call if item.pair else None)
    return [call for call in found if call is not None]


def _people(item: AgendaItem) -> set[int]:
    """Whose moment, progress or objective it is."""
    named = {item.agent_id, item.objective.agent_id if item.objective else None}
    return {user_id for user_id in named if user_id is not None}


def _teams_of(user_ids: set[int]) -> set[int]:
    return set(
        db.session.scalars(
            select(Membership.team_id).where(Membership.user_id.in_(sorted(user_ids)))
        )
    )
