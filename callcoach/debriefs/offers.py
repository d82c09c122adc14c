"""What this room adds to other pages: "Add to the next debrief" on notes, calls, flags and the rest."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call, CallState
from callcoach.coaching.note_panels import Action, add_call_panel, add_note_action
from callcoach.debriefs import call_sources, script_sources
from callcoach.debriefs.access import leads_one_to_ones, prepares
from callcoach.debriefs.adding_views import KINDS
from callcoach.debriefs.operations import finishing
from callcoach.web.subject_parts import add_part

__all__ = ["call_sources", "finishing", "script_sources"]

#: Offered to the floor's leads too: what `candidates.find` lets them add.
_OF_LEADS = frozenset({"note", "flag", "point", "version", "drill", "expression", "aim"})


@add_note_action
def add_note(viewer: Viewer, note_id: int) -> Action | None:
    """Its moment, on the next debrief."""
    if not prepares(viewer):
        return None
    url = url_for("debriefs.add", kind="note", number=note_id)
    return Action(url, _("Add to the next debrief"))


@add_call_panel
def add_stretch(viewer: Viewer, call: Call) -> str:
    """A stretch of the call that somebody chooses."""
    if not prepares(viewer) or not can_read_call(viewer, call):
        return ""
    if call.state != CallState.READY or call.deleted_at is not None:
        return ""
    return render_template("debriefs/_add_stretch.html", call_id=call.id)


@add_part
def add_thing(kind: str, number: int) -> str:
    """A button beside a thing of another room's page."""
    viewer = current_viewer()
    if kind not in KINDS or not prepares(viewer):
        return ""
    if kind not in _OF_LEADS and not leads_one_to_ones(viewer):
        return ""
    return render_template("debriefs/_add.html", kind=kind, number=number)
