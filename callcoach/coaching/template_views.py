"""Note templates: saved from the form, applied in it, and a page to keep them in order."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.accounts.session import current_viewer
from callcoach.coaching import note_presenters
from callcoach.coaching.access import judges
from callcoach.coaching.blueprint import bp
from callcoach.coaching.models import NoteTemplate
from callcoach.coaching.note_forms import NoteForm
from callcoach.coaching.note_text import LIMITS, NoteText
from callcoach.coaching.operations import templates as operations
from callcoach.coaching.queries import templates as queries
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.web.errors import explain
from callcoach.web.requests import wants_json
from callcoach.web.toasts import notify

#: Instead of an id: the template that is being written.
NEW = 0


@bp.get("/notes/templates")
def note_templates() -> ResponseReturnValue:
    """The templates that one can apply; one's own can be changed here."""
    return _page(_writer())


@bp.post("/notes/templates")
def save_template() -> ResponseReturnValue:
    """Keep what the form of a note says, or that of the page, as a template."""
    viewer = _writer()
    try:
        template = operations.save_template(viewer, request.form.get("name", ""), _text())
    except InvalidInput as error:
        db.session.rollback()
        if wants_json():
            raise
        return _page(viewer, refused=NEW, error=explain(error)), error.status
    db.session.commit()
    return _done(_("Saved as a template: %(name)s.", name=template.name), template)


@bp.post("/notes/templates/<int:template_id>")
def edit_template(template_id: int) -> ResponseReturnValue:
    """Change one of one's own."""
    viewer = _writer()
    template = queries.get_template(viewer, template_id)
    try:
        operations.edit_template(
            viewer,
            template,
            request.form.get("name", ""),
            _text(),
            is_shared=bool(request.form.get("is_shared")),
        )
    except InvalidInput as error:
        db.session.rollback()
        if wants_json():
            raise
        return _page(viewer, refused=template_id, error=explain(error)), error.status
    db.session.commit()
    return _done(_("Saved."), template)


@bp.post("/notes/templates/<int:template_id>/delete")
def delete_template(template_id: int) -> ResponseReturnValue:
    """Put it aside; the message offers to bring it back."""
    viewer = _writer()
    template = queries.get_template(viewer, template_id)
    operations.delete_template(viewer, template)
    db.session.commit()
    undo = url_for("coaching.restore_template", template_id=template_id)
    return _done(_("The template was deleted."), template, undo=undo)


@bp.post("/notes/templates/<int:template_id>/restore")
def restore_template(template_id: int) -> ResponseReturnValue:
    """Bring it back."""
    viewer = _writer()
    template = queries.get_template(viewer, template_id, include_deleted=True)
    operations.restore_template(viewer, template)
    db.session.commit()
    return _done(_("The template is back."), template)


@bp.post("/notes/templates/<int:template_id>/use")
def use_template(template_id: int) -> ResponseReturnValue:
    """Its words, for the form."""
    viewer = _writer()
    template = queries.get_template(viewer, template_id)
    operations.use_template(template)
    db.session.commit()
    return jsonify(words_of(template))


def words_of(template: NoteTemplate) -> dict[str, str]:
    """What applying a template writes into the form."""
    return {
        "aim": str(template.aim),
        "cause": template.cause,
        "hears": template.hears,
        "instead": template.instead,
    }


def _writer() -> Viewer:
    viewer = current_viewer()
    if not judges(viewer):
        raise NotFound("There is no such page.")
    return viewer


def _text() -> NoteText:
    """The words of the form; its moment, readers and calls are not a template's."""
    form = NoteForm()
    return NoteText(
        channel=0,
        start_ms=0,
        end_ms=1,
        hears=_plain(form.hears.data),
        instead=_plain(form.instead.data),
        cause=form.cause.data or "",
        aim=form.aim.data or "change",
    )


def _plain(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n")


def _page(viewer: Viewer, *, refused: int | None = None, error: str = "") -> str:
    """What was refused keeps what was typed: `refused` is its id, or `NEW`."""
    found = queries.list_templates(viewer)
    forms = {}
    for template in found:
        typed = request.form if refused == template.id else None
        form = NoteForm(formdata=typed, **words_of(template))
        form.offer_causes()
        forms[template.id] = form
    owners = {
        template.owner_id: user.name
        for template in found
        if (user := db.session.get(User, template.owner_id)) is not None
    }
    new = NoteForm(formdata=request.form if refused == NEW else None, aim="change", cause="")
    new.offer_causes()
    return render_template(
        "coaching/note_templates.html",
        own=[template for template in found if template.owner_id == viewer.user_id],
        shared=[template for template in found if template.owner_id != viewer.user_id],
        owners=owners,
        forms=forms,
        new=new,
        limits=LIMITS,
        max_name=operations.MAX_NAME,
        refused=refused,
        is_new_refused=refused == NEW,
        typed_name=request.form.get("name", ""),
        error=error,
        words=note_presenters,
    )


def _done(message: str, template: NoteTemplate, *, undo: str | None = None) -> ResponseReturnValue:
    if wants_json():
        return jsonify(
            message=message,
            undo=undo,
            template={
                "name": template.name,
                "use": url_for("coaching.use_template", template_id=template.id),
            },
        )
    notify(message, undo=undo)
    return redirect(url_for("coaching.note_templates"))
