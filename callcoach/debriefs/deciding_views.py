"""Making something of a decision: a script change, an objective, a drill, a sign to listen for."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.debriefs import outcome_forms as forms
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.decision_views import again
from callcoach.debriefs.operations import deciding as operations
from callcoach.debriefs.queries.decisions import get_decision
from callcoach.drills.library_views import tell_given
from callcoach.errors import Conflict, InvalidInput
from callcoach.extensions import db
from callcoach.progress.forms import read_aim, read_sign
from callcoach.web.toasts import notify


@bp.post("/debriefs/decisions/<int:decision_id>/request")
def ask_from_decision(decision_id: int) -> ResponseReturnValue:
    """Ask for the change of the script that it needs."""
    viewer = current_viewer()
    decision = get_decision(viewer, decision_id)
    try:
        made = operations.ask_change(
            viewer, decision, forms.read_id("campaign_id"), forms.read_wish()
        )
    except (InvalidInput, Conflict) as error:
        return again(viewer, decision_id, error)
    request_id = made.id
    db.session.commit()
    notify(_("Asked."), undo=url_for("script_fit.remove_request", request_id=request_id))
    return _to(decision_id)


@bp.post("/debriefs/decisions/<int:decision_id>/objective")
def propose_from_decision(decision_id: int) -> ResponseReturnValue:
    """Propose an objective to one of the agents."""
    viewer = current_viewer()
    decision = get_decision(viewer, decision_id)
    try:
        made = operations.propose(
            viewer, decision, forms.read_id("agent_id"), forms.read_id("campaign_id"), read_aim()
        )
    except (InvalidInput, Conflict) as error:
        return again(viewer, decision_id, error)
    objective_id = made.id
    db.session.commit()
    notify(
        _("The agent is asked."),
        undo=url_for("progress.withdraw_objective", objective_id=objective_id),
    )
    return _to(decision_id)


@bp.post("/debriefs/decisions/<int:decision_id>/drill")
def give_from_decision(decision_id: int) -> ResponseReturnValue:
    """Give a drill to agents of the debrief."""
    viewer = current_viewer()
    decision = get_decision(viewer, decision_id)
    try:
        given = operations.give_drill(
            viewer,
            decision,
            forms.read_id("drill_id"),
            request.form.getlist("agents", type=int),
            forms.read_day("due_on"),
        )
    except (InvalidInput, Conflict) as error:
        return again(viewer, decision_id, error)
    db.session.commit()
    tell_given(given)
    return _to(decision_id)


@bp.post("/debriefs/decisions/<int:decision_id>/effect")
def watch_decision(decision_id: int) -> ResponseReturnValue:
    """Listen for whether it had an effect, as for a note."""
    viewer = current_viewer()
    decision = get_decision(viewer, decision_id)
    try:
        effect = operations.watch(
            viewer,
            decision,
            forms.read_id("team_id"),
            read_sign(),
            is_wanted=request.form.get("wanted") == "1",
        )
    except (InvalidInput, Conflict) as error:
        return again(viewer, decision_id, error)
    effect_id = effect.id
    db.session.commit()
    notify(
        _("Calls are drawn by lot and looked at."),
        undo=url_for("debriefs.close_effect", effect_id=effect_id),
    )
    return _to(decision_id)


def _to(decision_id: int) -> ResponseReturnValue:
    return redirect(url_for("debriefs.show_decision", decision_id=decision_id))
