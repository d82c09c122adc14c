"""Putting something on the next debrief from wherever it is seen, and suggestions put aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.debriefs.candidates import Candidate
from callcoach.debriefs.models import AgendaItem, Debrief, Dismissal, ItemKind
from callcoach.debriefs.operations import agenda
from callcoach.debriefs.queries.planned import next_planned
from callcoach.debriefs.queries.waiting import next_with
from callcoach.errors import Conflict, NotAllowed
from callcoach.extensions import db


class AlreadyThere(Conflict):
    """It is on the agenda, or waits, already; `item` is what it is there as."""

    def __init__(self, item: AgendaItem) -> None:
        super().__init__(
            "This is on the agenda already."
            if item.debrief_id is not None
            else "This waits for the debrief already."
        )
        self.item = item


class BetweenTheTwo(Conflict):
    """It is for the next one-to-one with `agent_id`, and none is planned."""

    def __init__(self, agent_id: int) -> None:
        super().__init__("This is between the two of you. Plan a one-to-one with the agent first.")
        self.agent_id = agent_id


def add_to_next(viewer: Viewer, candidate: Candidate) -> AgendaItem:
    """Put something on the next debrief that the viewer leads of the teams it is for, the first of
    which has not got it; where none is planned it waits for the first team's.

    What is between the host and one agent goes to their next one-to-one.

    Raises:
        AlreadyThere: every one of them has it.
        BetweenTheTwo: a one-to-one is to be planned first.
        Conflict: as `agenda.add_item`.
        NotAllowed: it is for none of the viewer's teams.
    """
    if candidate.only_with is not None:
        debrief = next_with(viewer, candidate.only_with)
        if debrief is None:
            raise BetweenTheTwo(candidate.only_with)
        return put_on(viewer, debrief, candidate)
    if not candidate.team_ids:
        raise NotAllowed("This is for none of your teams.")
    there: AgendaItem | None = None
    for team_id in candidate.team_ids:
        debrief = next_planned(viewer, team_id)
        found = find_item(debrief, team_id, candidate.source)
        if found is None:
            if debrief is not None:
                return put_on(viewer, debrief, candidate)
            return _add(viewer, None, candidate, team_id=team_id)
        there = there or found
    assert there is not None
    raise AlreadyThere(there)


def put_on(
    viewer: Viewer,
    debrief: Debrief,
    candidate: Candidate,
    *,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
) -> AgendaItem:
    """Put something at the end of an agenda.

    Args:
        reason: why it was suggested, a key of `suggestions.REASONS`, with its `values`.

    Raises:
        AlreadyThere: it is on it.
        BetweenTheTwo: it is between the host and an agent whom the debrief is not with.
        Conflict: it is about somebody else; or as `agenda.add_item`.
    """
    found = find_item(debrief, None, candidate.source)
    if found is not None:
        raise AlreadyThere(found)
    if candidate.only_with is not None and candidate.only_with != debrief.agent_id:
        raise BetweenTheTwo(candidate.only_with)
    if candidate.only_with is None and not is_for(candidate, debrief):
        raise Conflict("This is not for the teams of this debrief.")
    agent_id = candidate.facts.get("agent_id")
    if debrief.agent_id is not None and agent_id not in (None, debrief.agent_id):
        raise Conflict("This is about somebody else; a one-to-one is about one agent.")
    return _add(viewer, debrief, candidate, reason=reason, reason_values=dict(values or {}))


def is_for(candidate: Candidate, debrief: Debrief) -> bool:
    """Whether it makes sense for the teams of a debrief. Words of calls stay in the team that made
    them: a drill on them is for no other's ears.
    """
    if candidate.kind == ItemKind.DRILL:
        return debrief.team_ids <= set(candidate.team_ids)
    return not debrief.team_ids.isdisjoint(candidate.team_ids)


def find_item(debrief: Debrief | None, team_id: int | None, source: str) -> AgendaItem | None:
    """What a source is on an agenda as; without a debrief, on what waits for a team."""
    if debrief is not None:
        place = AgendaItem.debrief_id == debrief.id
    else:
        place = AgendaItem.debrief_id.is_(None) & (AgendaItem.team_id == team_id)
    return db.session.scalar(select(AgendaItem).where(place, AgendaItem.source == source).limit(1))


def dismiss(viewer: Viewer, debrief: Debrief, source: str) -> None:
    """Not this time: it is not suggested for this debrief again. Twice is once.

    Raises:
        NotFound, Conflict: as `agenda.require_open`.
    """
    agenda.require_open(viewer, debrief)
    if db.session.get(Dismissal, (debrief.id, source)) is None:
        db.session.add(Dismissal(debrief_id=debrief.id, source=source, user_id=viewer.user_id))
    db.session.flush()


def undismiss(viewer: Viewer, debrief: Debrief, source: str) -> None:
    """Suggest it again; raises as `dismiss`."""
    agenda.require_open(viewer, debrief)
    found = db.session.get(Dismissal, (debrief.id, source))
    if found is not None:
        db.session.delete(found)
    db.session.flush()


def _add(
    viewer: Viewer,
    debrief: Debrief | None,
    candidate: Candidate,
    *,
    team_id: int | None = None,
    **origin: Any,
) -> AgendaItem:
    facts = {
        "minutes": candidate.minutes,
        "source": candidate.source,
        "is_good": candidate.is_good,
        "title": candidate.title,
        **candidate.facts,
        **origin,
    }
    moment = candidate.moment
    if moment is None:
        return agenda.add_item(viewer, debrief, team_id=team_id, kind=candidate.kind, **facts)
    if debrief is None:
        facts["team_id"] = team_id
    return agenda.add_moment(
        viewer, debrief, moment.call, moment.start_ms, moment.end_ms, ask_ms=moment.ask_ms, **facts
    )
