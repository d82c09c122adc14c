"""Writing standards: each answer leads back to the page, with a way to undo."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.extensions import db
from callcoach.team_life.blueprint import bp
from callcoach.team_life.operations import standards
from callcoach.team_life.queries import pages
from callcoach.web.toasts import notify


@bp.post("/teams/<int:team_id>/standards")
def add_standard(team_id: int) -> ResponseReturnValue:
    """Put a standard in force."""
    viewer = current_viewer()
    team = pages.get_kept_team(viewer, team_id)
    form = request.form
    decision = pages.decision_for(viewer, team, form.get("decision", type=int))
    standard = standards.add_standard(
        viewer, team, form.get("text", ""), form.get("detail", ""), decision
    )
    standard_id = standard.id
    db.session.commit()
    notify(
        _("In force from now on."),
        undo=url_for("team_life.retire_standard", standard_id=standard_id),
    )
    return _back(team_id)


@bp.post("/team-standards/<int:standard_id>/edit")
def edit_standard(standard_id: int) -> ResponseReturnValue:
    """Change its words."""
    viewer = current_viewer()
    form = request.form
    standard = standards.edit_standard(
        viewer,
        pages.get_standard(viewer, standard_id),
        form.get("text", ""),
        form.get("detail", ""),
        based_on=form.get("based_on", 0, type=int),
    )
    team_id = standard.team_id
    db.session.commit()
    notify(_("Saved."))
    return _back(team_id)


@bp.post("/team-standards/<int:standard_id>/move")
def move_standard(standard_id: int) -> ResponseReturnValue:
    """Move it by `places`: below 0 is up."""
    viewer = current_viewer()
    standard = pages.get_standard(viewer, standard_id)
    standards.move_standard(viewer, standard, request.form.get("places", 0, type=int))
    team_id = standard.team_id
    db.session.commit()
    return _back(team_id)


@bp.post("/team-standards/<int:standard_id>/retire")
def retire_standard(standard_id: int) -> ResponseReturnValue:
    """It is in force no longer."""
    viewer = current_viewer()
    standard = standards.retire_standard(viewer, pages.get_standard(viewer, standard_id))
    team_id = standard.team_id
    db.session.commit()
    notify(
        _("Retired. It stays below, to be brought back."),
        undo=url_for("team_life.restore_standard", standard_id=standard_id),
    )
    return _back(team_id)


@bp.post("/team-standards/<int:standard_id>/restore")
def restore_standard(standard_id: int) -> ResponseReturnValue:
    """Bring it back."""
    viewer = current_viewer()
    standard = standards.restore_standard(viewer, pages.get_standard(viewer, standard_id))
    team_id = standard.team_id
    db.session.commit()
    notify(_("In force again."))
    return _back(team_id)


def _back(team_id: int) -> ResponseReturnValue:
    return redirect(url_for("team_life.show_team", team_id=team_id, _anchor="standards"))
