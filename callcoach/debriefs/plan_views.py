"""How one debrief is planned: change, postpone, skip, delete; each with its way back."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.debriefs import forms
from callcoach.debriefs import plan_presenters as presenters
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import Debrief, DebriefState
from callcoach.debriefs.operations import inviting, planning
from callcoach.debriefs.operations.carrying import carry
from callcoach.debriefs.queries import planning as queries
from callcoach.debriefs.queries.debriefs import get_led, participants
from callcoach.debriefs.queries.planned import next_like
from callcoach.debriefs.ritual import moment_of
from callcoach.errors import CallCoachError, Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db
from callcoach.web.errors import explain
from callcoach.web.toasts import notify

_REFUSED = 422


@bp.get("/debriefs/<int:debrief_id>/plan")
def show_plan(debrief_id: int) -> ResponseReturnValue:
    """When, where, for whom; who is invited; postponing, skipping, deleting."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    return _page(viewer, debrief, forms.fields_of(planning.plan_of(debrief)))


@bp.post("/debriefs/<int:debrief_id>/plan")
def change_plan(debrief_id: int) -> ResponseReturnValue:
    """Save it; over a newer save both are shown. The way back brings its fields in the address."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    before = planning.plan_of(debrief)
    version = debrief.row_version
    fields = request.form if "title" in request.form else request.args
    based_on = fields.get("based_on", 0, type=int)
    try:
        plan = forms.read_plan(fields, agent_id=debrief.agent_id)
        planning.change(viewer, debrief, plan, based_on=based_on)
    except (InvalidInput, StaleVersion, Conflict) as error:
        db.session.rollback()
        debrief = get_led(viewer, debrief_id)
        if isinstance(error, Conflict) and debrief.state != DebriefState.PLANNED:
            raise  # nothing of it can be changed: its page has no form to say so in
        return _page(viewer, debrief, fields, error=error)
    undo = None
    if debrief.row_version != version:
        undo = presenters.plan_url(debrief_id, forms.fields_of(before), debrief.row_version)
    clashes = presenters.clashes(viewer, debrief)
    db.session.commit()
    notify(_saved(clashes), undo=undo)
    return redirect(url_for("debriefs.show_plan", debrief_id=debrief_id))


@bp.post("/debriefs/<int:debrief_id>/postpone")
def postpone_debrief(debrief_id: int) -> ResponseReturnValue:
    """So many days later (``days``), at the same hour."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    days = request.form.get("days", 0, type=int)
    if not 1 <= days <= 31:
        raise InvalidInput("Postpone it by a day, up to a month.", field="days")
    before = forms.fields_of(planning.plan_of(debrief))
    zone = ZoneInfo(debrief.timezone)
    local = debrief.starts_at.astimezone(zone)
    starts_at = moment_of(local.date() + timedelta(days=days), local.hour * 60 + local.minute, zone)
    based_on = request.form.get("based_on", 0, type=int)
    planning.move(viewer, debrief, starts_at, based_on=based_on)
    undo = presenters.plan_url(debrief_id, before, debrief.row_version)
    clashes = presenters.clashes(viewer, debrief)
    db.session.commit()
    notify(_saved(clashes), undo=undo)
    return redirect(url_for("debriefs.show_plan", debrief_id=debrief_id))


@bp.post("/debriefs/<int:debrief_id>/skip")
def skip_debrief(debrief_id: int) -> ResponseReturnValue:
    """It does not take place, for a reason."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    based_on = request.form.get("based_on", 0, type=int)
    try:
        planning.skip(viewer, debrief, request.form.get("reason", ""), based_on=based_on)
    except (InvalidInput, StaleVersion, Conflict) as error:
        db.session.rollback()
        debrief = get_led(viewer, debrief_id)
        return _page(viewer, debrief, forms.fields_of(planning.plan_of(debrief)), skip_error=error)
    has_agenda = bool(debrief.items)
    db.session.commit()
    notify(
        _("It does not take place; its agenda is kept."),
        undo=url_for("debriefs.unskip_debrief", debrief_id=debrief_id),
    )
    if has_agenda:  # there it can be carried over
        return redirect(url_for("debriefs.show_plan", debrief_id=debrief_id))
    return redirect(url_for("debriefs.list_debriefs"))


@bp.post("/debriefs/<int:debrief_id>/carry")
def carry_agenda(debrief_id: int) -> ResponseReturnValue:
    """Carry its agenda over to another debrief of the same people (``to``); the way back names the
    items (``items``) in the address.
    """
    viewer = current_viewer()
    source = get_led(viewer, debrief_id)
    target = get_led(viewer, request.values.get("to", 0, type=int))
    only = [int(part) for part in request.args.get("items", "").split(",") if part.isdecimal()]
    target_id, title = target.id, target.title
    carried = [item.id for item in carry(viewer, source, target, only or None)]
    db.session.commit()
    said = ngettext(
        "%(num)s item is now on the agenda of “%(title)s”.",
        "%(num)s items are now on the agenda of “%(title)s”.",
        len(carried),
        title=title,
    )
    back = url_for(
        "debriefs.carry_agenda",
        debrief_id=target_id,
        to=debrief_id,
        items=",".join(str(item_id) for item_id in carried),
    )
    notify(said, undo=back if carried else None)
    return redirect(url_for("debriefs.show_debrief", debrief_id=target_id))


@bp.post("/debriefs/<int:debrief_id>/unskip")
def unskip_debrief(debrief_id: int) -> ResponseReturnValue:
    """It takes place after all."""
    viewer = current_viewer()
    planning.reopen(viewer, get_led(viewer, debrief_id))
    db.session.commit()
    notify(_("It takes place after all."))
    return redirect(url_for("debriefs.show_plan", debrief_id=debrief_id))


@bp.post("/debriefs/<int:debrief_id>/delete")
def delete_debrief(debrief_id: int) -> ResponseReturnValue:
    """Take away what was planned by mistake."""
    viewer = current_viewer()
    planning.delete(viewer, get_led(viewer, debrief_id))
    db.session.commit()
    notify(
        _("Deleted. It can be brought back for a day."),
        undo=url_for("debriefs.restore_debrief", debrief_id=debrief_id),
    )
    return redirect(url_for("debriefs.list_debriefs"))


@bp.post("/debriefs/<int:debrief_id>/restore")
def restore_debrief(debrief_id: int) -> ResponseReturnValue:
    """Bring it back as it was, with its agenda."""
    viewer = current_viewer()
    planning.restore(viewer, queries.get_deleted(viewer, debrief_id))
    db.session.commit()
    notify(_("Brought back."))
    return redirect(url_for("debriefs.show_debrief", debrief_id=debrief_id))


def _saved(clashes: list[str]) -> str:
    if not clashes:
        return _("Saved.")
    return _("Saved. At the same time: %(others)s.", others=", ".join(clashes))


def _page(
    viewer: Viewer,
    debrief: Debrief,
    fields: forms.Form,
    *,
    error: CallCoachError | None = None,
    skip_error: CallCoachError | None = None,
) -> ResponseReturnValue:
    """What was typed, and why it was refused; a stale one shows both versions."""
    is_stale = isinstance(error, StaleVersion)
    teams = queries.teams_for(viewer, keep=debrief.team_ids)
    present = forms.fields_of(planning.plan_of(debrief))
    agendas = queries.agendas([debrief.id])
    expected = participants(debrief)
    told = inviting.invited_ids(debrief)
    is_skipped = debrief.state == DebriefState.SKIPPED
    html = render_template(
        "debriefs/plan.html",
        debrief=debrief,
        card=presenters.card(viewer, debrief, agendas.get(debrief.id, (0, 0))),
        fields=fields,
        teams=teams,
        zones=presenters.zone_choices(teams, fields.get("timezone", "")),
        conflict=presenters.both(present, fields, teams) if is_stale else None,
        error=explain(error) if error and not is_stale else "",
        error_field=str(error.values.get("field", "")) if error else "",
        skip_error=explain(skip_error) if skip_error else "",
        limits=planning,
        expected=[(user, user.id in told) for user in expected],
        waiting=[user for user in expected if user.id not in told],
        next_one=next_like(viewer, debrief) if is_skipped and agendas else None,
        is_planned=debrief.state == DebriefState.PLANNED,
        is_skipped=is_skipped,
        can_delete=debrief.state in (DebriefState.PLANNED, DebriefState.SKIPPED)
        and debrief.occurs_on is None,
    )
    return html, _REFUSED if error or skip_error else 200
