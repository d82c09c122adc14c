"""Tags: put on a call and taken off it on the desk, renamed on a page of their own."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import operations, queries
from callcoach.calls.access import can_tag_calls, sees_tags
from callcoach.calls.blueprint import bp
from callcoach.calls.models import Call
from callcoach.calls.tag_presenters import TagPanel, tag_panel
from callcoach.calls.tags import MAX_LENGTH
from callcoach.errors import CallCoachError, NotFound
from callcoach.extensions import db
from callcoach.web.errors import explain
from callcoach.web.requests import wants_json
from callcoach.web.toasts import notify


@bp.app_template_global("tag_panel")
def panel_of(call: Call) -> TagPanel | None:
    """What `calls/_tags.html` prints, wherever a page includes it."""
    return tag_panel(current_viewer(), call)


@bp.post("/calls/<int:call_id>/tags")
def add_tag(call_id: int) -> ResponseReturnValue:
    """Put a tag on a call: ``name`` of the form, or of the address that an undo takes."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    name = operations.add_tag(viewer, call, _name())
    db.session.commit()
    undo = url_for("calls.remove_tag", call_id=call_id, name=name, back=1) if name else None
    said = _("Tagged: %(name)s.", name=name) if name else _("This tag is on the call already.")
    return _answer(viewer, call, undo, announce=said)


@bp.post("/calls/<int:call_id>/tags/remove")
def remove_tag(call_id: int) -> ResponseReturnValue:
    """Take a tag off a call; ``name`` as for `add_tag`."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    name = operations.remove_tag(viewer, call, _name())
    db.session.commit()
    undo = url_for("calls.add_tag", call_id=call_id, name=name, back=1) if name else None
    message = _("The tag “%(name)s” is off this call.", name=name) if name else ""
    return _answer(viewer, call, undo, message=message)


@bp.get("/tags")
def tags() -> ResponseReturnValue:
    """Every tag on the viewer's calls, with the field that renames it."""
    return _page(current_viewer())


@bp.post("/tags/rename")
def rename_tag() -> ResponseReturnValue:
    """Give a tag (``old``) another name (``name``) on all calls of the viewer."""
    viewer = current_viewer()
    old, name = request.form.get("old", ""), request.form.get("name", "")
    try:
        done = operations.rename_tag(viewer, old, name)
    except CallCoachError as error:
        if error.status != 400:
            raise
        db.session.rollback()
        return _page(viewer, refused=old, typed=name, error=explain(error)), 422
    db.session.commit()
    undo = url_for("calls.undo_rename", event_id=done.event_id, old=done.before, new=done.name)
    said = ngettext(
        "“%(old)s” is called “%(new)s” now, on %(num)s call.",
        "“%(old)s” is called “%(new)s” now, on %(num)s calls.",
        done.calls,
        old=done.before,
        new=done.name,
    )
    notify(said, undo=undo)
    return redirect(url_for("calls.tags"))


@bp.post("/tags/renames/<int:event_id>/undo")
def undo_rename(event_id: int) -> ResponseReturnValue:
    """Take a renaming back; both names are in the address."""
    operations.undo_rename(
        current_viewer(),
        event_id,
        old=request.args.get("old", ""),
        new=request.args.get("new", ""),
    )
    db.session.commit()
    notify(_("The tag has its name again."))
    return redirect(url_for("calls.tags"))


def _name() -> str:
    return request.form.get("name") or request.args.get("name", "")


def _answer(
    viewer: Viewer, call: Call, undo: str | None, *, message: str = "", announce: str = ""
) -> ResponseReturnValue:
    """The tags anew for the desk, else the desk. What takes back has nothing to take back."""
    undo = None if request.args.get("back") else undo
    if wants_json():
        html = render_template("calls/_tag_list.html", panel=tag_panel(viewer, call))
        shown = message if undo else ""
        return jsonify(tags=html, undo=undo, message=shown, announce=announce or message)
    if message or announce:
        notify(message or announce, undo=undo)
    return redirect(url_for("coaching.desk", call_id=call.id))


def _page(viewer: Viewer, *, refused: str = "", typed: str = "", error: str = "") -> str:
    if not sees_tags(viewer):
        raise NotFound("There is no such page.")
    return render_template(
        "calls/tags.html",
        tags=queries.known_tags(viewer),
        can_rename=can_tag_calls(viewer),
        refused=refused,
        typed=typed,
        error=error,
        max_length=MAX_LENGTH,
    )
