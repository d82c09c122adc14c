"""What is done to a note that there is: shown, taken back, deleted, answered, and its history."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.calls import presenters
from callcoach.coaching import note_presenters, note_versions
from callcoach.coaching.blueprint import bp
from callcoach.coaching.desk_change import desk_change
from callcoach.coaching.note_answer_views import (
    changed,
    desk_of,
    elsewhere,
    facts,
    near,
    on_desk,
    wants_fragment,
)
from callcoach.coaching.operations import notes as operations
from callcoach.coaching.operations.requests import reopen_request
from callcoach.coaching.queries import notes as queries
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.web.requests import wants_json


@bp.get("/notes/<int:note_id>")
def show_note(note_id: int) -> ResponseReturnValue:
    """The note beside its moment on the desk."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    if wants_json():
        desk = desk_of(viewer, call, note)
        return jsonify(desk_change(viewer, desk, near=near(note)) | facts(note))
    return redirect(on_desk(desk_of(viewer, call, note), note))


@bp.post("/notes/<int:note_id>/unsend")
def unsend_note(note_id: int) -> ResponseReturnValue:
    """Take a note back that the agent has not read; the request it answered waits again."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    operations.unsend_note(viewer, call, note)
    for answered in queries.requests_answered_by(note):
        reopen_request(viewer, answered)
    db.session.commit()
    return changed(viewer, call, note, _("The note is a draft again."))


@bp.post("/notes/<int:note_id>/delete")
def delete_note(note_id: int) -> ResponseReturnValue:
    """Put a note aside; the message offers to bring it back."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id, include_deleted=True)
    operations.delete_note(viewer, call, note)
    db.session.commit()
    message = _("The draft was deleted.") if note.is_draft else _("The note was deleted.")
    undo = url_for("coaching.restore_note", note_id=note_id, on=elsewhere(note))
    return changed(viewer, call, note, message, undo=undo)


@bp.post("/notes/<int:note_id>/restore")
def restore_note(note_id: int) -> ResponseReturnValue:
    """Bring a deleted note back."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id, include_deleted=True)
    operations.restore_note(viewer, call, note)
    db.session.commit()
    return changed(viewer, call, note, _("The note is back."))


@bp.post("/notes/<int:note_id>/reply")
def reply_to_note(note_id: int) -> ResponseReturnValue:
    """Answer in the thread under a note."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    operations.reply_to_note(viewer, call, note, request.form.get("text", ""))
    db.session.commit()
    return changed(viewer, call, note, _("Your answer was sent."), toast=False)


@bp.get("/notes/<int:note_id>/history")
def note_history(note_id: int) -> ResponseReturnValue:
    """Every version of a sent note: who saved it when, and what changed."""
    viewer = current_viewer()
    call, note = queries.get_note(viewer, note_id)
    if note.is_draft:
        raise NotFound("A draft has no history yet.")
    return render_template(
        "coaching/_note_history_dialog.html" if wants_fragment() else "coaching/note_history.html",
        note=note_presenters.note_view(viewer, call, note),
        revisions=note_versions.revision_views(viewer, note),
        call=call,
        heading=presenters.heading(call),
        back=on_desk(desk_of(viewer, call, note), note),
        hears_label=note_presenters.hears_label,
        instead_label=note_presenters.instead_label,
    )
