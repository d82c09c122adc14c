"""What the two of a one-to-one do on the spot: a drill, and an objective to agree on."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.debriefs.access import can_attend, can_lead
from callcoach.debriefs.client_ids import checked_client_id
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, Decision
from callcoach.debriefs.operations import decisions
from callcoach.debriefs.operations.live import touch
from callcoach.debriefs.queries.one_to_one import assignment_of, objective_in
from callcoach.drills.models import Drill, DrillKind
from callcoach.drills.operations import assigning, making
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.progress.models import Objective
from callcoach.progress.operations import objectives
from callcoach.progress.operations.objectives import Aim


def give_drill(viewer: Viewer, debrief: Debrief, item: AgendaItem) -> AgendaItem:
    """Have the agent practise an item right there; a drill is made of its moment where it has none.
    Again: the agent keeps the one that is open.

    Raises:
        NotFound: the one-to-one is not the viewer's to lead, or the item is none of it.
        Conflict: it does not run.
        InvalidInput: there is nothing to practise in the item.
    """
    agent_id = _agent_of(viewer, debrief)
    if item.debrief_id != debrief.id:
        raise NotFound("There is no such item.")
    db.session.refresh(item, with_for_update={"of": AgendaItem})
    if item.drill is None:
        item.drill = _drill_of(viewer, debrief, item)
        db.session.flush()
    known = assignment_of(debrief, item)
    if known is None or known.done_at is not None:
        assigning.assign_drill(viewer, item.drill, [agent_id], None)
    touch(debrief)
    return item


def take_drill_back(viewer: Viewer, debrief: Debrief, item: AgendaItem) -> AgendaItem:
    """Undo giving it, as long as the agent has not sent it; twice is once.

    Raises:
        NotFound, Conflict: as `give_drill`.
    """
    _agent_of(viewer, debrief)
    if item.debrief_id != debrief.id:
        raise NotFound("There is no such item.")
    given = assignment_of(debrief, item)
    if given is not None and given.done_at is None:
        assigning.cancel_assignment(viewer, given)
        touch(debrief)
    return item


def propose_objective(
    viewer: Viewer, debrief: Debrief, campaign_id: int, aim: Aim, client_id: str
) -> Decision:
    """Propose an objective to the agent, who agrees on their own screen; it stands among what was
    decided. Sent a second time under its id it is the one that is there already.

    The campaign is one that the viewer coaches in (`drills.queries.library.campaigns_of`).

    Raises:
        NotFound: the one-to-one is not the viewer's to lead.
        Conflict: it does not run.
        InvalidInput: something is missing or out of range.
    """
    agent_id = _agent_of(viewer, debrief)
    client_id = checked_client_id(client_id)
    # Two sends at once: the second waits here, and finds the decision of the first
    db.session.refresh(debrief, with_for_update={"of": Debrief})
    known = db.session.scalar(select(Decision).where(Decision.client_id == client_id))
    if known is not None and known.debrief_id == debrief.id:
        return known
    agent = db.session.get_one(User, agent_id)
    objective = objectives.propose(viewer, agent, campaign_id, aim)
    return decisions.decide(
        viewer,
        debrief,
        client_id=client_id,
        text=objective.text,
        owner_id=agent_id,
        due_on=objective.ends_on,
        links=decisions.Links(objective_id=objective.id),
    )


def agree(viewer: Viewer, debrief: Debrief, objective_id: int, *, based_on: int) -> Objective:
    """The agent agrees to what they have read, on their own screen.

    Raises:
        NotFound: it was not proposed in this one-to-one, or is not the viewer's.
        StaleVersion, Conflict: as `progress.operations.objectives.agree`.
    """
    if not can_attend(viewer, debrief):
        raise NotFound("There is no such debrief.")
    objective = objectives.agree(viewer, objective_in(debrief, objective_id), based_on=based_on)
    touch(debrief)
    return objective


def _agent_of(viewer: Viewer, debrief: Debrief) -> int:
    if debrief.agent_id is None or not can_lead(viewer, debrief):
        raise NotFound("There is no such one-to-one.")
    if debrief.state != DebriefState.RUNNING:
        raise Conflict("This debrief does not take place now.")
    return debrief.agent_id


def _drill_of(viewer: Viewer, debrief: Debrief, item: AgendaItem) -> Drill:
    """On the agent's own call alone: nobody answers a colleague's prospect here."""
    call = item.call
    if (
        call is None
        or call.deleted_at is not None
        or call.agent_id != debrief.agent_id
        or item.start_ms is None
        or item.end_ms is None
    ):
        raise InvalidInput("There is nothing to practise in this item.")
    end_ms = min(item.ask_ms or item.end_ms, call.duration_ms)
    return making.make_from_moment(viewer, call, item.start_ms, end_ms, DrillKind.REFORMULATE)
