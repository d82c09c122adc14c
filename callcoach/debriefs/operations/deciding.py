"""What is made from a decision: a request to change the script, an objective, a drill given, and a
sign by which one hears whether it had an effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import Campaign
from callcoach.debriefs.effect_models import Effect
from callcoach.debriefs.models import Decision
from callcoach.debriefs.operations import effects
from callcoach.debriefs.operations.decisions import lock_open
from callcoach.debriefs.queries.decision_links import agents_of, campaigns_of
from callcoach.drills.operations import assigning
from callcoach.drills.operations.assigning import Given
from callcoach.drills.queries.library import get_drill
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db
from callcoach.progress.access import follows
from callcoach.progress.models import Objective
from callcoach.progress.operations import objectives
from callcoach.progress.operations.objectives import Aim
from callcoach.progress.queries.people import get_agent
from callcoach.progress.signs import Sign
from callcoach.script_fit.line_access import works_on
from callcoach.script_fit.models import ChangeRequest
from callcoach.script_fit.operations import requests
from callcoach.script_fit.operations.requests import Wish
from callcoach.script_library.models import ScriptLine
from callcoach.script_library.queries import script_of


def ask_change(
    viewer: Viewer, decision: Decision, campaign_id: int | None, wish: Wish
) -> ChangeRequest:
    """Ask for a change of the script that the decision needs.

    Raises:
        NotFound: the decision, or the campaign's script, is not the viewer's.
        InvalidInput: no campaign of its teams, or as `script_fit.operations.requests.ask`.
        Conflict: it is closed, a request is linked already, or the campaign has no script.
    """
    lock_open(viewer, decision)
    if decision.request_id is not None:
        raise Conflict("A request is linked already.")
    if wish.line_id is not None:  # a line says which script it belongs to
        line = db.session.get(ScriptLine, wish.line_id)
        campaign_id = line.script.campaign_id if line is not None else None
    campaign = _campaign(decision, campaign_id)
    if not works_on(viewer, campaign):
        raise NotFound("There is no such script.")
    script = script_of(campaign)
    if script is None:
        raise Conflict("This campaign has no script yet. Write one first.")
    request = requests.ask(viewer, script, wish)
    decision.request_id = request.id
    _changed(decision)
    return request


def propose(
    viewer: Viewer, decision: Decision, agent_id: int | None, campaign_id: int | None, aim: Aim
) -> Objective:
    """Propose an objective to one of the agents.

    Raises:
        NotFound: the decision, or the agent, is not the viewer's.
        InvalidInput: nobody of the debrief, no campaign of its teams, or as
            `progress.operations.objectives.propose`.
        Conflict: it is closed, or an objective is linked already.
    """
    lock_open(viewer, decision)
    if decision.objective_id is not None:
        raise Conflict("An objective is linked already.")
    if agent_id not in {agent.id for agent in agents_of(decision.debrief)}:
        raise InvalidInput("Choose one of the agents of this debrief.", field="agent_id")
    agent = get_agent(viewer, agent_id)
    campaign = _campaign(decision, campaign_id)
    objective = objectives.propose(viewer, agent, campaign.id, aim)
    decision.objective_id = objective.id
    _changed(decision)
    return objective


def give_drill(
    viewer: Viewer,
    decision: Decision,
    drill_id: int | None,
    agent_ids: Iterable[int],
    due_on: date | None,
) -> Given:
    """Give a drill to agents of the debrief.

    Raises:
        NotFound: the decision, or the drill, is not the viewer's.
        InvalidInput: nobody of the debrief, or as `drills.operations.assigning.assign_drill`.
        Conflict: it is closed.
    """
    lock_open(viewer, decision)
    drill = get_drill(viewer, drill_id or 0)
    wanted = [agent.id for agent in agents_of(decision.debrief) if agent.id in set(agent_ids)]
    if not wanted:
        raise InvalidInput("Choose one of the agents of this debrief.", field="agents")
    given = assigning.assign_drill(viewer, drill, wanted, due_on)
    decision.drill_id = drill.id
    _changed(decision)
    return given


def watch(
    viewer: Viewer, decision: Decision, team_id: int | None, sign: Sign, *, is_wanted: bool
) -> Effect:
    """Look in calls drawn by lot for whether it had an effect, from when it was taken on.

    Raises:
        NotFound: the decision is not the viewer's.
        NotAllowed: the viewer does not judge calls.
        InvalidInput: no team of the debrief, or as `effects.start`.
        Conflict: it is closed, something is looked for already, or it is a one-to-one's: calls are
            drawn for teams, never for one agent.
    """
    lock_open(viewer, decision)
    if not follows(viewer):
        raise NotAllowed("Supervisors say what is listened for.")
    if decision.effect is not None:
        raise Conflict("Something is listened for already.")
    debrief = decision.debrief
    if debrief.agent_id is not None:
        raise Conflict("What is agreed with one agent is followed by an objective.")
    wanted = team_id if team_id is not None else min(debrief.team_ids, default=None)
    if wanted not in debrief.team_ids:
        raise InvalidInput("Choose a team of this debrief.", field="team_id")
    effect = effects.start(
        viewer, wanted, sign, is_wanted=is_wanted, started_at=decision.created_at
    )
    decision.effect_id = effect.id
    _changed(decision)
    return effect


def _campaign(decision: Decision, campaign_id: int | None) -> Campaign:
    found = campaigns_of(decision.debrief)
    for campaign in found:
        if campaign.id == campaign_id:
            return campaign
    raise InvalidInput("Choose a campaign.", field="campaign_id")


def _changed(decision: Decision) -> None:
    decision.row_version += 1
    db.session.flush()
    db.session.expire(decision, ["request", "objective", "drill", "effect"])
