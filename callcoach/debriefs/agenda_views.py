"""The agenda of a debrief: its items in order, their time, and what is added to it."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls.presenters import cause_choices
from callcoach.debriefs import agenda_presenters as presenters
from callcoach.debriefs import candidates, choices, suggestions
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.decision_presenters import open_panel
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, ItemKind
from callcoach.debriefs.operations import adding, agenda
from callcoach.debriefs.plan_presenters import whom
from callcoach.debriefs.queries.debriefs import get_item, get_led
from callcoach.errors import CallCoachError, Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.web.errors import explain
from callcoach.web.requests import wants_json
from callcoach.web.toasts import notify


@bp.get("/debriefs/<int:debrief_id>")
def show_debrief(debrief_id: int) -> ResponseReturnValue:
    """The agenda, and what could go on it."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    is_open = debrief.state in (DebriefState.PLANNED, DebriefState.RUNNING)
    return render_template(
        "debriefs/agenda.html",
        debrief=debrief,
        whom=whom(debrief),
        items=[presenters.item_view(item) for item in debrief.items],
        budget=presenters.budget_of(debrief),
        is_open=is_open,
        kinds=presenters.KIND_WORDS,
        waiting=len(agenda.waiting_for(debrief.team_ids))
        if is_open and not debrief.is_one_to_one
        else 0,
        open_decisions=open_panel(
            viewer, debrief, back=url_for("debriefs.show_debrief", debrief_id=debrief.id)
        )
        if is_open
        else "",
        suggested=suggestions.panel(viewer, debrief) if is_open else "",
        most=agenda.MAX_MINUTES,
    )


@bp.get("/debriefs/<int:debrief_id>/items/new")
def new_item(debrief_id: int) -> ResponseReturnValue:
    """What to choose, or to write, for an item of a kind (``?kind=``)."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    if debrief.state not in (DebriefState.PLANNED, DebriefState.RUNNING):
        raise Conflict("This debrief is over; its agenda stays as it was.")
    return _form(viewer, debrief)


@bp.post("/debriefs/<int:debrief_id>/items")
def add_item(debrief_id: int) -> ResponseReturnValue:
    """Put an item at the end: a thing that was chosen (``source``), or what was written."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    try:
        item = _added(viewer, debrief)
    except adding.AlreadyThere:
        db.session.rollback()
        error = _("This is on the agenda already.")
        return _form(viewer, get_led(viewer, debrief_id), error=error, status=409)
    except (Conflict, InvalidInput) as problem:
        db.session.rollback()
        return _form(
            viewer, get_led(viewer, debrief_id), error=explain(problem), status=problem.status
        )
    undo = url_for("debriefs.remove_item", item_id=item.id)
    is_moment = item.kind == ItemKind.MOMENT
    to = url_for("debriefs.show_item", item_id=item.id) if is_moment else _agenda_url(debrief_id)
    db.session.commit()
    message = _("On the agenda. Now set where it begins and ends.") if is_moment else None
    notify(message or _("On the agenda."), undo=undo)
    return redirect(to)


@bp.post("/debriefs/items/<int:item_id>/move")
def move_item(item_id: int) -> ResponseReturnValue:
    """Put an item at place `to` (0 is the first), as seen in the order `seen`: ids with commas."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    to = request.form.get("to", type=int)
    if to is None:
        raise InvalidInput("Say where the item goes.")
    seen = [int(number) for number in request.form.get("seen", "").split(",") if number.isdigit()]
    debrief_id = item.debrief_id
    try:
        order = agenda.move_item(viewer, item, to, seen=seen or None)
    except StaleVersion as error:
        db.session.rollback()
        if not wants_json():
            raise
        return jsonify(error=explain(error), order=error.values["order"]), 409
    db.session.commit()
    if wants_json():
        return jsonify(order=order)
    return redirect(_agenda_url(debrief_id))


@bp.post("/debriefs/items/<int:item_id>/minutes")
def set_minutes(item_id: int) -> ResponseReturnValue:
    """The time budget of an item, set in the list."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    minutes = request.form.get("minutes", type=int)
    if minutes is None:
        raise InvalidInput("Give whole minutes.", field="minutes")
    based_on = request.form.get("based_on", 0, type=int)
    try:
        agenda.change_item(viewer, item, based_on=based_on, minutes=minutes)
    except StaleVersion as error:
        db.session.rollback()
        if not wants_json():
            raise
        theirs = error.values["theirs"]
        return jsonify(
            error=_("Somebody changed this item meanwhile; this is what they set."),
            minutes=theirs["minutes"],
            row_version=error.values["row_version"],
        ), 409
    db.session.commit()
    item = get_item(viewer, item_id)
    debrief = item.debrief
    if not wants_json() or debrief is None:
        return redirect(_agenda_url(item.debrief_id))
    return jsonify(
        row_version=item.row_version,
        budget=render_template("debriefs/_budget.html", budget=presenters.budget_of(debrief)),
    )


@bp.get("/debriefs/<int:debrief_id>/budget")
def show_budget(debrief_id: int) -> ResponseReturnValue:
    """The bar of time alone, after the order changed."""
    debrief = get_led(current_viewer(), debrief_id)
    return render_template("debriefs/_budget.html", budget=presenters.budget_of(debrief))


@bp.post("/debriefs/items/<int:item_id>/remove")
def remove_item(item_id: int) -> ResponseReturnValue:
    """Take an item off; the message offers to put it back."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    debrief_id = item.debrief_id
    agenda.remove_item(viewer, item)
    db.session.commit()
    notify(_("Taken off the agenda."), undo=url_for("debriefs.restore_item", item_id=item_id))
    return redirect(_agenda_url(debrief_id))


@bp.post("/debriefs/items/<int:item_id>/restore")
def restore_item(item_id: int) -> ResponseReturnValue:
    """Put back what was taken off."""
    viewer = current_viewer()
    item = agenda.restore_item(viewer, get_item(viewer, item_id))
    debrief_id = item.debrief_id
    db.session.commit()
    notify(_("It is on the agenda again."))
    return redirect(_agenda_url(debrief_id))


def _agenda_url(debrief_id: int | None) -> str:
    if debrief_id is None:
        return url_for("debriefs.list_waiting")
    return url_for("debriefs.show_debrief", debrief_id=debrief_id)


def _kind() -> ItemKind:
    try:
        return ItemKind(request.values.get("kind", ItemKind.THEME.value))
    except ValueError:
        raise InvalidInput("Choose what the item is about.", field="kind") from None


def _added(viewer: Viewer, debrief: Debrief) -> AgendaItem:
    source = request.form.get("source", "")
    if call_id := request.form.get("call_id", type=int):
        chosen = choices.stretch_of(viewer, debrief, call_id)
        return agenda.add_moment(
            viewer,
            debrief,
            chosen.call,
            chosen.start_ms,
            chosen.end_ms,
            ask_ms=chosen.ask_ms,
            is_good=chosen.is_good,
            cause=chosen.cause,
            minutes=candidates.MINUTES[ItemKind.MOMENT],
            title=candidates.moment_title(chosen.cause, chosen.call, _("A moment of a call")),
        )
    if source:
        return adding.put_on(viewer, debrief, candidates.find(viewer, source))
    kind = _kind()
    if kind in (ItemKind.MOMENT, ItemKind.SCRIPT, ItemKind.DRILL):
        raise InvalidInput("Choose one of the list.")
    return agenda.add_item(
        viewer,
        debrief,
        kind=kind,
        title=request.form.get("title", ""),
        minutes=request.form.get("minutes", candidates.MINUTES[kind], type=int),
        cause=request.form.get("cause", ""),
        words=request.form.get("words", ""),
        question=request.form.get("question", ""),
        is_good=kind == ItemKind.PROGRESS,
        **({"agent_id": debrief.agent_id} if debrief.is_one_to_one else {}),
    )


def _form(
    viewer: Viewer, debrief: Debrief, *, error: str = "", status: int = 200
) -> ResponseReturnValue:
    try:
        kind = _kind()
    except CallCoachError as problem:
        raise NotFound("There is no such kind of item.") from problem
    return render_template(
        "debriefs/item_new.html",
        debrief=debrief,
        kind=kind.value,
        kinds=presenters.KIND_WORDS,
        choices=choices.choices_for(viewer, debrief, kind, request.values.get("find", "")),
        values=request.form,
        find=request.values.get("find", ""),
        causes=cause_choices(),
        minutes=candidates.MINUTES[kind],
        most=agenda.MAX_MINUTES,
        error=error,
    ), status
