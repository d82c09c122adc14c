"""Agents, as who coaches them sees them: their own page, and the objectives of the two."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls.presenters import cause_choices
from callcoach.drills.queries.library import campaigns_of
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.progress import forms
from callcoach.progress import own_presenters as presenters
from callcoach.progress.blueprint import bp
from callcoach.progress.models import Objective, Recheck, SignKind
from callcoach.progress.operations import objectives
from callcoach.progress.presenters import figure_choices
from callcoach.progress.queries import people as queries
from callcoach.progress.queries import rechecks
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify

#: Days an objective is for, unless they say otherwise.
_DAYS = 28


@bp.get("/progress/agents")
def list_agents() -> ResponseReturnValue:
    """Agents, by name."""
    viewer = queries.require_follower(current_viewer())
    return render_template("progress/agents.html", agents=queries.agents_of(viewer))


@bp.get("/progress/agents/<int:agent_id>")
def show_agent(agent_id: int) -> ResponseReturnValue:
    """An agent's page as they have it, and what to agree on."""
    viewer = queries.require_follower(current_viewer())
    own = queries.page_of(viewer, agent_id)
    html = _agent_page(viewer, own, None)
    if is_seen():
        _seen(viewer, own.objectives)
    return html


@bp.get("/progress/rechecks/<int:recheck_id>/objective")
def objectives_from(recheck_id: int) -> ResponseReturnValue:
    """An objective that a note suggests, to be proposed."""
    viewer = queries.require_follower(current_viewer())
    recheck = rechecks.get_recheck(viewer, recheck_id)
    if recheck.agent_id is None:
        raise NotFound("There is no such person.")
    return _agent_page(viewer, queries.page_of(viewer, recheck.agent_id), recheck)


@bp.post("/progress/agents/<int:agent_id>/objectives")
def propose_objective(agent_id: int) -> ResponseReturnValue:
    """Propose an objective."""
    viewer = queries.require_follower(current_viewer())
    agent = queries.get_agent(viewer, agent_id)
    campaign_id = request.form.get("campaign_id", 0, type=int)
    if campaign_id not in {campaign.id for campaign in campaigns_of(viewer)}:
        raise InvalidInput("Choose a campaign.", field="campaign_id")
    objective = objectives.propose(
        viewer, agent, campaign_id, forms.read_aim(), note_id=_suggested_by(viewer, agent_id)
    )
    objective_id, name = objective.id, agent.name
    db.session.commit()
    notify(
        _("%(name)s is asked.", name=name),
        undo=url_for("progress.withdraw_objective", objective_id=objective_id),
    )
    return _back(agent_id)


@bp.post("/progress/objectives/<int:objective_id>/withdraw")
def withdraw_objective(objective_id: int) -> ResponseReturnValue:
    """Take a proposal back that nobody has answered."""
    viewer = queries.require_follower(current_viewer())
    objective = queries.get_objective(viewer, objective_id)
    agent_id = objective.agent_id
    objectives.withdraw(viewer, objective)
    db.session.commit()
    notify(_("Taken back."))
    return _back(agent_id)


@bp.post("/progress/objectives/<int:objective_id>/adjust")
def adjust_objective(objective_id: int) -> ResponseReturnValue:
    """Change it; the agent agrees anew."""
    viewer = queries.require_follower(current_viewer())
    objective = queries.get_objective(viewer, objective_id)
    objectives.adjust(viewer, objective, forms.read_aim(), based_on=_version())
    agent_id = objective.agent_id
    db.session.commit()
    notify(_("Adjusted. The agent agrees anew."))
    return _back(agent_id)


@bp.post("/progress/objectives/<int:objective_id>/close")
def close_objective(objective_id: int) -> ResponseReturnValue:
    """End it, with words for it."""
    viewer = queries.require_follower(current_viewer())
    objective = queries.get_objective(viewer, objective_id)
    form = request.form
    objectives.close(
        viewer,
        objective,
        form.get("closing", ""),
        form.get("closing_text", ""),
        based_on=_version(),
    )
    agent_id = objective.agent_id
    db.session.commit()
    notify(_("Closed."), undo=url_for("progress.reopen_objective", objective_id=objective_id))
    return _back(agent_id)


@bp.post("/progress/objectives/<int:objective_id>/reopen")
def reopen_objective(objective_id: int) -> ResponseReturnValue:
    """Undo closing it."""
    viewer = queries.require_follower(current_viewer())
    objective = queries.get_objective(viewer, objective_id)
    agent_id = objective.agent_id
    objectives.reopen(viewer, objective)
    db.session.commit()
    return _back(agent_id)


def _agent_page(viewer: Viewer, own: queries.Own, suggested: Recheck | None) -> str:
    today = utc_now().date()
    return render_template(
        "progress/agent.html",
        own=presenters.own_view(viewer, own),
        campaigns=campaigns_of(viewer),
        measures=presenters.measure_choices(),
        causes=[item[:2] for item in cause_choices()],
        figures=figure_choices(),
        draft=_draft(suggested),
        starts_on=today,
        ends_on=today + timedelta(days=_DAYS),
    )


def _draft(recheck: Recheck | None) -> dict[str, object]:
    """What the form of a new objective holds at first."""
    if recheck is None:
        return {"text": "", "measure": "", "cause": "", "figure": "", "side": "below", "note": 0}
    is_figure, is_cause = recheck.sign == SignKind.FIGURE, recheck.sign == SignKind.CAUSE
    note = recheck.note
    return {
        "text": (note.instead or note.hears)[: objectives.MAX_TEXT],
        "measure": "cause" if is_cause else "figure" if is_figure else "",
        "cause": recheck.subject if is_cause else "",
        "figure": recheck.subject if is_figure else "",
        "side": "above" if is_cause or recheck.is_upper else "below",
        "note": recheck.id,
        "campaign": recheck.campaign_id,
    }


def _suggested_by(viewer: Viewer, agent_id: int) -> int | None:
    """The note whose recheck suggested it, when it is this agent's."""
    recheck_id = request.form.get("recheck", 0, type=int)
    if not recheck_id:
        return None
    recheck = rechecks.get_recheck(viewer, recheck_id)
    return recheck.note_id if recheck.agent_id == agent_id else None


def _seen(viewer: Viewer, shown: list[Objective]) -> None:
    """Answers to objectives are read; the reading transaction ends first."""
    subjects = [objectives.subject_of(item) for item in shown]
    db.session.rollback()
    with write_transaction():
        for subject in subjects:
            mark_subject_seen(viewer, subject)
        db.session.commit()


def _back(agent_id: int) -> ResponseReturnValue:
    return redirect(url_for("progress.show_agent", agent_id=agent_id, _anchor="objectives"))


def _version() -> int:
    return request.form.get("based_on", 0, type=int)
