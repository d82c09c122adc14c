"""Adding to the next debrief from wherever something is seen, with undo and the way there."""

from __future__ import annotations

import re

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.debriefs import candidates
from callcoach.debriefs.access import prepares
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import AgendaItem
from callcoach.debriefs.operations import adding, agenda
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.web.errors import explain
from callcoach.web.filters import short_datetime
from callcoach.web.requests import came_from, safe_next, wants_json
from callcoach.web.toasts import notify

#: What has a button "Add to the next debrief" somewhere; a cause is suggested only.
KINDS = (
    "note",
    "flag",
    "point",
    "pair",
    "recheck",
    "objective",
    "version",
    "line",
    "trial",
    "finding",
    "drill",
    "expression",
    "request",
    "aim",
)
#: ``1:05``, ``1:05,2`` or ``1:02:03``: as times are written on the page.
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d{1,3})?)")


@bp.post("/debriefs/add/<any(" + ",".join(KINDS) + "):kind>/<int:number>")
def add(kind: str, number: int) -> ResponseReturnValue:
    """Put something on its team's next debrief, or have it wait for it."""
    return _add(current_viewer(), f"{kind}:{number}")


@bp.post("/debriefs/add/call/<int:call_id>")
def add_stretch(call_id: int) -> ResponseReturnValue:
    """The same of a stretch of a call: its exact bounds, or times as a person writes them."""
    viewer = current_viewer()
    if not prepares(viewer):
        raise NotFound("There is no such call.")
    bounds = [_bound("start_ms", "from"), _bound("end_ms", "to")]
    return _add(viewer, f"call:{call_id}:{bounds[0]}-{bounds[1]}")


@bp.post("/debriefs/added/<int:item_id>/undo")
def undo_add(item_id: int) -> ResponseReturnValue:
    """Take back what was added."""
    item = db.session.get(AgendaItem, item_id)
    if item is None:
        raise NotFound("There is no such item.")
    agenda.remove_item(current_viewer(), item)
    db.session.commit()
    notify(_("Taken off again."))
    return redirect(_back())


def told(item: AgendaItem, *, is_new: bool = True) -> tuple[str, tuple[str, str]]:
    """What is said of something that was added, or was there already, and the way there."""
    debrief = item.debrief
    if debrief is None:
        way = (url_for("debriefs.list_waiting"), _("What waits"))
        if not is_new:
            return _("This waits for the debrief already."), way
        return _("No debrief is planned: it waits for the next one of the team."), way
    way = (url_for("debriefs.show_debrief", debrief_id=debrief.id), _("Open the agenda"))
    when = short_datetime(debrief.starts_at)
    if is_new:
        return _("On the agenda of %(title)s, %(when)s.", title=debrief.title, when=when), way
    return (
        _("It is on the agenda of %(title)s, %(when)s, already.", title=debrief.title, when=when),
        way,
    )


def _add(viewer: Viewer, source: str) -> ResponseReturnValue:
    try:
        item = adding.add_to_next(viewer, candidates.find(viewer, source))
    except adding.AlreadyThere as error:
        message, link = told(error.item, is_new=False)
        return _answer(message, "info", link=link)
    except adding.BetweenTheTwo as error:
        way = url_for("debriefs.new_debrief", agent=error.agent_id)
        return _answer(explain(error), "error", link=(way, _("Plan a one-to-one")))
    except (Conflict, InvalidInput) as error:
        db.session.rollback()
        if wants_json():
            raise
        return _answer(explain(error), "error")
    message, link = told(item)
    undo = url_for("debriefs.undo_add", item_id=item.id)
    db.session.commit()
    return _answer(message, "success", undo=undo, link=link)


def _answer(
    message: str,
    category: str,
    *,
    undo: str | None = None,
    link: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    if wants_json():
        return jsonify(
            toast={
                "message": message,
                "category": category,
                "undo": undo,
                "undoLabel": _("Undo"),
                "link": link,
            }
        )
    notify(message, category, undo=undo, link=link)
    return redirect(_back())


def _back() -> str:
    asked = safe_next(request.form.get("next"))
    return asked or came_from() or url_for("debriefs.list_waiting")


def _bound(exact: str, typed: str) -> int:
    value = request.form.get(exact, "")
    if value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    found = _CLOCK.fullmatch(request.form.get(typed, "").strip())
    if found is None:
        raise InvalidInput("Write where the moment begins and ends, as 1:05.", field=typed)
    hours, minutes, seconds = found.groups()
    whole_s = int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
    return round(whole_s * 1000)
