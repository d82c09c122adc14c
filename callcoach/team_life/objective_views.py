"""Writing what a team aims at: each answer leads back to the page, with a way to undo."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.extensions import db
from callcoach.progress.forms import read_aim
from callcoach.team_life.blueprint import bp
from callcoach.team_life.operations import objectives
from callcoach.team_life.queries import pages
from callcoach.web.toasts import notify


@bp.post("/teams/<int:team_id>/objectives")
def propose_objective(team_id: int) -> ResponseReturnValue:
    """Give the team something to aim at."""
    viewer = current_viewer()
    team = pages.get_kept_team(viewer, team_id)
    campaign_id = pages.require_campaign(team, request.form.get("campaign_id", type=int))
    objective = objectives.propose(viewer, team, campaign_id, read_aim())
    objective_id = objective.id
    db.session.commit()
    notify(
        _("The team is told."),
        undo=url_for("team_life.withdraw_objective", objective_id=objective_id),
    )
    return _back(team_id)


@bp.post("/team-objectives/<int:objective_id>/withdraw")
def withdraw_objective(objective_id: int) -> ResponseReturnValue:
    """Undo proposing it."""
    viewer = current_viewer()
    objective = pages.get_objective(viewer, objective_id)
    team_id = objective.team_id
    objectives.withdraw(viewer, objective)
    db.session.commit()
    notify(_("Taken back."))
    return _back(team_id)


@bp.post("/team-objectives/<int:objective_id>/adjust")
def adjust_objective(objective_id: int) -> ResponseReturnValue:
    """Change it."""
    viewer = current_viewer()
    objective = pages.get_objective(viewer, objective_id)
    campaign_id = request.form.get("campaign_id", type=int)
    if campaign_id != objective.campaign_id:  # one that is archived by now may stay
        campaign_id = pages.require_campaign(objective.team, campaign_id)
    objectives.adjust(viewer, objective, campaign_id, read_aim(), based_on=_version())
    team_id = objective.team_id
    db.session.commit()
    notify(_("Adjusted. The team is told."))
    return _back(team_id)


@bp.post("/team-objectives/<int:objective_id>/close")
def close_objective(objective_id: int) -> ResponseReturnValue:
    """End it, with words for the team."""
    viewer = current_viewer()
    objective = pages.get_objective(viewer, objective_id)
    form = request.form
    objectives.close(
        viewer,
        objective,
        form.get("closing", ""),
        form.get("closing_text", ""),
        based_on=_version(),
    )
    team_id = objective.team_id
    db.session.commit()
    notify(_("Closed."), undo=url_for("team_life.reopen_objective", objective_id=objective_id))
    return _back(team_id)


@bp.post("/team-objectives/<int:objective_id>/reopen")
def reopen_objective(objective_id: int) -> ResponseReturnValue:
    """Undo closing it."""
    viewer = current_viewer()
    objective = objectives.reopen(viewer, pages.get_objective(viewer, objective_id))
    team_id = objective.team_id
    db.session.commit()
    return _back(team_id)


def _back(team_id: int) -> ResponseReturnValue:
    return redirect(url_for("team_life.show_team", team_id=team_id, _anchor="objectives"))


def _version() -> int:
    return request.form.get("based_on", 0, type=int)
