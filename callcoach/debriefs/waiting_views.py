"""What waits for a debrief that is not planned yet: look, take over, take off."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.session import current_viewer
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import AgendaItem
from callcoach.debriefs.operations import agenda
from callcoach.debriefs.queries import waiting as queries
from callcoach.debriefs.queries.debriefs import get_item, get_led
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.web.toasts import notify


@bp.get("/debriefs/waiting")
def list_waiting() -> ResponseReturnValue:
    """By team, with the debrief that would take it over."""
    found = queries.list_waiting(current_viewer())
    return render_template("debriefs/waiting.html", groups=found)


@bp.post("/debriefs/<int:debrief_id>/take-waiting")
def take_waiting(debrief_id: int) -> ResponseReturnValue:
    """Put all that waits for the debrief's teams on its agenda."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    count = len(agenda.take_waiting(viewer, debrief))
    db.session.commit()
    if count:
        notify(ngettext("%(num)s item taken over.", "%(num)s items taken over.", count))
    else:
        notify(_("Nothing was left to take over."), "info")
    return redirect(url_for("debriefs.show_debrief", debrief_id=debrief_id))


@bp.post("/debriefs/waiting/<int:item_id>/remove")
def remove_waiting(item_id: int) -> ResponseReturnValue:
    """Take off something that waits; the message offers to put it back."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    if item.debrief_id is not None:
        raise NotFound("There is no such item.")
    agenda.remove_item(viewer, item)
    db.session.commit()
    notify(_("It waits no longer."), undo=url_for("debriefs.restore_waiting", item_id=item_id))
    return redirect(url_for("debriefs.list_waiting"))


@bp.post("/debriefs/waiting/<int:item_id>/restore")
def restore_waiting(item_id: int) -> ResponseReturnValue:
    """Put it back."""
    item = db.session.get(AgendaItem, item_id)
    if item is None:
        raise NotFound("There is no such item.")
    agenda.restore_item(current_viewer(), item)
    db.session.commit()
    notify(_("It waits for the next debrief again."))
    return redirect(url_for("debriefs.list_waiting"))
