"""What this room adds to other pages: suspicions come first at home and in the listening feed; a
supervisor reports one from the desk; the campaign's page leads to its incidents.
"""

from __future__ import annotations

import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.calls.models import Call, CallState
from callcoach.campaigns.models import PromiseKind
from callcoach.coaching.home_parts import add_first_part
from callcoach.coaching.note_panels import add_call_panel
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from callcoach.incidents import presenters, queries
from callcoach.incidents.access import can_handle
from callcoach.incidents.blueprint import bp
from callcoach.incidents.labels import KINDS
from callcoach.incidents.models import IncidentState
from callcoach.incidents.operations import suspecting
from callcoach.promises.hiding import is_hidden
from callcoach.promises.queries import for_call
from callcoach.web.toasts import notify

#: ``1:05`` or ``1:02:03``, as times are written on the page.
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d{1,3})?)")
#: What a person may report against.
_REPORTED = (PromiseKind.FORBIDDEN, PromiseKind.DISCLOSURE)


@add_first_part(Role.ADMIN, Role.SUPERVISOR)
def suspicions_first(viewer: Viewer) -> str:
    """The surest suspicion with its moment to play, and what the sponsor is still to be told."""
    waiting, untold = queries.urgent(viewer)
    if not waiting and not untold:
        return ""
    return render_template(
        "incidents/_first.html",
        first=presenters.incident_view(waiting[0]) if waiting else None,
        more=[presenters.incident_view(each) for each in waiting[1:4]],
        count=len(waiting),
        untold=[presenters.incident_view(each) for each in untold[:3]],
        untold_count=len(untold),
        next=request.full_path,
    )


@add_call_panel
def report_from_desk(viewer: Viewer, call: Call) -> str:
    """What is known of this call, and a way to report more."""
    if not can_handle(viewer, call):
        return ""
    if call.state != CallState.READY or call.deleted_at is not None:
        return ""
    hides = is_hidden(call.id)  # somebody is to judge the call before the machine is heard
    return render_template(
        "incidents/_report.html",
        call_id=call.id,
        known=[
            presenters.incident_view(each)
            for each in queries.of_call(viewer, call)
            if each.reported_by_id
            or each.state in (IncidentState.OPEN, IncidentState.CLOSED)
            or not hides
        ],
        kinds=KINDS,
        promises=[version for version in for_call(call) if version.kind in _REPORTED],
    )


@bp.post("/calls/<int:call_id>/incidents")
def report(call_id: int) -> ResponseReturnValue:
    """Report what must not have been said."""
    viewer = current_viewer()
    incident = suspecting.report(
        viewer,
        calls.get_call(viewer, call_id),
        request.form.get("kind", ""),
        _clock("from"),
        _clock("to"),
        quote=request.form.get("quote", ""),
        promise_version_id=request.form.get("promise", type=int),
    )
    incident_id = incident.id
    db.session.commit()
    notify(_("Written down as a suspicion. Confirm it once you have heard it."))
    return redirect(url_for("incidents.show_incident", incident_id=incident_id))


def _clock(name: str) -> int:
    """A time as a person writes it, milliseconds."""
    found = _CLOCK.fullmatch(request.form.get(name, "").strip())
    if found is None:
        raise InvalidInput("Write where the moment begins and ends, as 1:05.", field=name)
    hours, minutes, seconds = found.groups()
    whole_s = int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
    return round(whole_s * 1000)
