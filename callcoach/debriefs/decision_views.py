"""Decisions: the list of them, the page of one with what it changes, and their end."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls.presenters import cause_choices
from callcoach.debriefs import decision_presenters as presenters
from callcoach.debriefs import outcome_forms as forms
from callcoach.debriefs.access import prepares
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import Decision, DecisionState
from callcoach.debriefs.operations import decisions as operations
from callcoach.debriefs.queries import decision_links as links
from callcoach.debriefs.queries import decisions as queries
from callcoach.debriefs.queries.debriefs import get_led
from callcoach.errors import CallCoachError, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.progress.access import follows
from callcoach.progress.own_presenters import measure_choices
from callcoach.progress.presenters import figure_choices
from callcoach.progress.signs import is_flagged
from callcoach.script_library.labels import kind_choices
from callcoach.web.errors import explain
from callcoach.web.toasts import notify

#: How long an objective is proposed for at first: as `progress.agent_views` does.
_OBJECTIVE_DAYS = 28


@bp.get("/debriefs/decisions")
def list_decisions() -> ResponseReturnValue:
    """What was decided: ``state`` is open, overdue or closed; ``owner=me`` keeps one's own."""
    viewer = _leader()
    state = request.args.get("state", "open")
    state = state if state in queries.STATES else "open"
    own = request.args.get("owner") == "me"
    found = queries.list_decisions(viewer, state=state, own=own, today=presenters.today())
    return render_template(
        "debriefs/decisions.html",
        state=state,
        own=own,
        decisions=presenters.views_of(viewer, found),
        back=request.full_path.rstrip("?"),
    )


@bp.get("/debriefs/decisions/<int:decision_id>")
def show_decision(decision_id: int) -> ResponseReturnValue:
    """One decision: its words, who sees to it, and what it changes."""
    viewer = current_viewer()
    return page_of(viewer, _there(viewer, decision_id))


@bp.post("/debriefs/<int:debrief_id>/decisions")
def add_decision(debrief_id: int) -> ResponseReturnValue:
    """Take a decision on the page of the minutes; sent twice, it is one."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    decision = operations.decide(
        viewer,
        debrief,
        client_id=request.form.get("client_id") or str(uuid.uuid4()),
        text=forms.read_text("text"),
        owner_id=forms.read_id("owner_id"),
        due_on=forms.read_day("due_on"),
    )
    decision_id = decision.id
    db.session.commit()
    back = url_for("debriefs.show_minutes", debrief_id=debrief_id, _anchor="decisions")
    notify(
        _("Decided."),
        undo=url_for("debriefs.remove_decision", decision_id=decision_id, next=back),
    )
    return redirect(back)


@bp.post("/debriefs/decisions/<int:decision_id>")
def save_decision(decision_id: int) -> ResponseReturnValue:
    """Change a decision."""
    viewer = current_viewer()
    decision = _there(viewer, decision_id)
    try:
        operations.edit(
            viewer,
            decision,
            text=forms.read_text("text"),
            owner_id=forms.read_id("owner_id"),
            due_on=forms.read_day("due_on"),
            links=forms.read_links() if follows(viewer) else None,
            based_on=request.form.get("based_on", 0, type=int),
        )
    except (InvalidInput, StaleVersion) as error:
        return again(viewer, decision_id, error)
    db.session.commit()
    notify(_("Saved."))
    return redirect(url_for("debriefs.show_decision", decision_id=decision_id))


@bp.post("/debriefs/decisions/<int:decision_id>/close")
def close_decision(decision_id: int) -> ResponseReturnValue:
    """End it: ``state`` done, or dropped with ``closing_text``; whoever owns it says that it is
    done.
    """
    viewer = current_viewer()
    decision = queries.get_led_or_own(viewer, decision_id)
    state = request.form.get("state", "")
    try:
        operations.close(viewer, decision, state, forms.read_text("closing_text"))
    except InvalidInput as error:
        if viewer.role is Role.AGENT:
            raise
        return again(viewer, decision_id, error)
    db.session.commit()
    back = forms.read_next() or _home(viewer)
    notify(
        _("Done.") if state == DecisionState.DONE else _("Dropped."),
        undo=url_for("debriefs.reopen_decision", decision_id=decision_id, next=back),
    )
    return redirect(back)


@bp.post("/debriefs/decisions/<int:decision_id>/reopen")
def reopen_decision(decision_id: int) -> ResponseReturnValue:
    """It is to be done again."""
    viewer = current_viewer()
    operations.reopen(viewer, queries.get_led_or_own(viewer, decision_id))
    db.session.commit()
    notify(_("It is open again."))
    return redirect(forms.read_next() or _home(viewer))


def page_of(viewer: Viewer, decision: Decision, error: CallCoachError | None = None) -> str:
    """The page of a decision; after a refusal with what was typed, and what is there now."""
    debrief = decision.debrief
    may_link = follows(viewer)
    is_open = decision.state == DecisionState.OPEN
    day = presenters.today()
    return render_template(
        "debriefs/decision.html",
        decision=decision,
        item=presenters.view_of(viewer, decision),
        owners=queries.owners(debrief),
        may_link=may_link,
        may_make=may_link and is_open,
        requests=links.requests_for(viewer, debrief) if may_link else [],
        objectives=links.objectives_for(viewer, debrief) if may_link else [],
        drills=links.drills_for(viewer, debrief) if may_link else [],
        notes=[(row.id, links.note_words(row)) for row in links.notes_for(viewer, debrief)]
        if may_link
        else [],
        scripts=links.scripts_for(viewer, debrief) if may_link else [],
        campaigns=links.campaigns_of(debrief),
        agents=links.agents_of(debrief),
        teams=sorted((row.team for row in debrief.teams), key=lambda team: team.name),
        kinds=kind_choices(),
        measures=measure_choices(),
        causes=[choice[:2] for choice in cause_choices()],
        signs=[choice[:2] for choice in cause_choices() if is_flagged(choice[0])],
        figures=figure_choices(),
        starts_on=day,
        ends_on=day + timedelta(days=_OBJECTIVE_DAYS),
        # What was typed goes back into the form that was refused, and into no other
        sent=(request.endpoint or "").partition(".")[2] if error is not None else "",
        form=request.form,
        error=explain(error) if error is not None else "",
        theirs=error.values.get("theirs", "") if isinstance(error, StaleVersion) else "",
    )


def again(viewer: Viewer, decision_id: int, error: CallCoachError) -> ResponseReturnValue:
    """The page once more after a refusal."""
    db.session.rollback()
    return page_of(viewer, queries.get_decision(viewer, decision_id), error), error.status


def _there(viewer: Viewer, decision_id: int) -> Decision:
    decision = queries.get_decision(viewer, decision_id)
    if decision.deleted_at is not None:
        raise NotFound("There is no such decision.")
    return decision


def _leader() -> Viewer:
    viewer = current_viewer()
    if not prepares(viewer):
        raise NotFound("There is no such page.")
    return viewer


def _home(viewer: Viewer) -> str:
    is_agent = viewer.role is Role.AGENT
    return url_for("debriefs.my_debriefs" if is_agent else "debriefs.list_decisions")
