"""Suggestions: put one on the agenda, or say "not this time"; both can be taken back."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.debriefs import candidates, suggestions
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import Debrief
from callcoach.debriefs.operations import adding
from callcoach.debriefs.queries.debriefs import get_led
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.web.toasts import notify


@bp.post("/debriefs/<int:debrief_id>/suggestions/add")
def add_suggestion(debrief_id: int) -> ResponseReturnValue:
    """Put what was suggested at the end of the agenda, with why it was."""
    viewer, debrief, source = _asked(debrief_id)
    fact = suggestions.find_suggested(viewer, debrief, source)
    try:
        item = adding.put_on(
            viewer,
            debrief,
            candidates.find(viewer, source),
            reason=fact.reason,
            values=fact.values,
        )
    except adding.AlreadyThere:
        notify(_("It is on the agenda already."), "info")
        return _agenda(debrief_id)
    undo = url_for("debriefs.undo_add", item_id=item.id)
    title = item.title
    db.session.commit()
    notify(_("On the agenda: %(title)s", title=title), undo=undo)
    return _agenda(debrief_id)


@bp.post("/debriefs/<int:debrief_id>/suggestions/dismiss")
def dismiss_suggestion(debrief_id: int) -> ResponseReturnValue:
    """Not this time; ``undo`` suggests it again."""
    viewer, debrief, source = _asked(debrief_id)
    if "undo" in request.args:
        adding.undismiss(viewer, debrief, source)
        db.session.commit()
        notify(_("It is suggested again."))
        return _agenda(debrief_id)
    suggestions.find_suggested(viewer, debrief, source)
    adding.dismiss(viewer, debrief, source)
    db.session.commit()
    again = url_for("debriefs.dismiss_suggestion", debrief_id=debrief_id, source=source, undo=1)
    notify(_("Not suggested for this debrief any more."), undo=again)
    return _agenda(debrief_id)


def _asked(debrief_id: int) -> tuple[Viewer, Debrief, str]:
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    source = request.values.get("source", "")
    if not source or len(source) > 60:
        raise InvalidInput("Choose what to put on the agenda.")
    kind = source.partition(":")[0]
    if not kind:
        raise NotFound("This is not suggested any more.")
    return viewer, debrief, source


def _agenda(debrief_id: int) -> ResponseReturnValue:
    return redirect(url_for("debriefs.show_debrief", debrief_id=debrief_id, _anchor="suggestions"))
