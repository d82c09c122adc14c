"""Inviting people, and the calendar file."""

from __future__ import annotations

from flask import Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.models import User
from callcoach.accounts.session import current_viewer
from callcoach.config import Settings
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.calendar_files import file_name, invitation_for
from callcoach.debriefs.invitations import calendar_of
from callcoach.debriefs.operations import inviting
from callcoach.debriefs.queries.debriefs import get_led, get_readable
from callcoach.extensions import db
from callcoach.web.toasts import notify


@bp.get("/debriefs/<int:debrief_id>/invitation.ics")
def download_invitation(debrief_id: int) -> ResponseReturnValue:
    """The event for the reader's calendar; downloaded again it moves, or is cancelled, in place."""
    viewer = current_viewer()
    debrief = get_readable(viewer, debrief_id)
    settings: Settings = current_app.extensions["callcoach"]
    base_url = settings.public_url or request.url_root.rstrip("/")
    reader = db.session.get_one(User, viewer.user_id)
    invitation = invitation_for(debrief, reader, base_url)
    return Response(
        calendar_of(invitation),
        content_type=f"text/calendar; charset=utf-8; method={invitation.method}",
        headers={"Content-Disposition": f'attachment; filename="{file_name(debrief)}"'},
    )


@bp.post("/debriefs/<int:debrief_id>/invite")
def invite(debrief_id: int) -> ResponseReturnValue:
    """Tell everybody who is expected and was not told yet."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    new = inviting.invite(viewer, debrief)
    db.session.commit()
    if new:
        notify(
            ngettext("%(num)s person is invited.", "%(num)s people are invited.", len(new)),
            undo=url_for("debriefs.uninvite", debrief_id=debrief_id),
        )
    else:
        notify(_("Everybody was invited already."), "info")
    return redirect(url_for("debriefs.show_plan", debrief_id=debrief_id))


@bp.post("/debriefs/<int:debrief_id>/uninvite")
def uninvite(debrief_id: int) -> ResponseReturnValue:
    """Take invitations back that nobody has opened yet."""
    viewer = current_viewer()
    inviting.uninvite(viewer, get_led(viewer, debrief_id))
    db.session.commit()
    notify(_("Invitations that were not opened yet are taken back."))
    return redirect(url_for("debriefs.show_plan", debrief_id=debrief_id))
