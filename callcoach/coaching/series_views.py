"""From calls that were ticked in a list to one note on all of them."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.calls import operations as calls_operations
from callcoach.calls import queries as calls
from callcoach.coaching.blueprint import bp
from callcoach.coaching.note_forms import numbers_in
from callcoach.coaching.queries import note_people
from callcoach.errors import NotFound
from callcoach.web.toasts import notify


@bp.get("/notes/new")
def note_on_calls() -> ResponseReturnValue:
    """The way to the form of a note on the calls ``?call=1&call=2``, which hangs on the newest."""
    viewer = current_viewer()
    chosen = calls.calls_by_id(viewer, numbers_in(request.args.getlist("call")))
    if not chosen:
        raise NotFound("There is no such call.")
    newest, others = chosen[0], chosen[1:]
    calls_operations.require_judge(viewer, newest)
    beside = note_people.same_agents_calls(viewer, newest, [call.id for call in others])
    if len(beside) < len(others):
        notify(_("One note is for one agent: tick calls of the same agent and team."), "error")
        return redirect(url_for("calls.list_calls"))
    scope = "series" if others else "call"
    numbers = [call.id for call in others]
    address = url_for("coaching.new_note", call_id=newest.id, scope=scope, other_calls=numbers)
    return redirect(address)
