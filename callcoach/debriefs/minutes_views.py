"""The minutes of a debrief: read, edited, sent, printed."""

from __future__ import annotations

import uuid

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime, ngettext
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls.presenters import language
from callcoach.debriefs import decision_presenters, minutes_text
from callcoach.debriefs import outcome_forms as forms
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.minutes import blocks, names_added
from callcoach.debriefs.models import Debrief, DebriefState
from callcoach.debriefs.operations import minutes as operations
from callcoach.debriefs.queries import decisions as decision_queries
from callcoach.debriefs.queries import minutes as queries
from callcoach.debriefs.queries.debriefs import get_led
from callcoach.errors import CallCoachError, InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.web.errors import explain
from callcoach.web.papers import compile_paper
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/debriefs/<int:debrief_id>/minutes")
def show_minutes(debrief_id: int) -> ResponseReturnValue:
    """The minutes; who leads edits and sends them here, and writes down what is decided."""
    viewer = current_viewer()
    debrief = queries.get_with_minutes(viewer, debrief_id)
    if can_lead(viewer, debrief):
        return _page(viewer, debrief)
    html = render_template("debriefs/minutes_read.html", **_shown(debrief))
    subject = operations.subject_of(debrief)
    if is_seen():
        db.session.rollback()
        with write_transaction():
            mark_subject_seen(viewer, subject)
            db.session.commit()
    return html


@bp.post("/debriefs/<int:debrief_id>/minutes")
def save_minutes(debrief_id: int) -> ResponseReturnValue:
    """Keep the minutes as edited."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    try:
        operations.edit(
            viewer,
            debrief,
            forms.read_text("text"),
            based_on=request.form.get("based_on", 0, type=int),
            # What it was when the page was read, too: something may have gone since
            automatic=f"{forms.read_text('base')}\n{minutes_text.automatic(debrief)}",
        )
    except (InvalidInput, StaleVersion) as error:
        db.session.rollback()
        return _page(viewer, get_led(viewer, debrief_id), error), error.status
    db.session.commit()
    notify(_("Saved."))
    return redirect(url_for("debriefs.show_minutes", debrief_id=debrief_id))


@bp.post("/debriefs/<int:debrief_id>/minutes/anew")
def write_minutes_anew(debrief_id: int) -> ResponseReturnValue:
    """Write them from what happened again."""
    viewer = current_viewer()
    operations.write_anew(
        viewer,
        get_led(viewer, debrief_id),
        based_on=request.form.get("based_on", 0, type=int),
    )
    db.session.commit()
    notify(_("The minutes are written from what happened again."))
    return redirect(url_for("debriefs.show_minutes", debrief_id=debrief_id))


@bp.post("/debriefs/<int:debrief_id>/minutes/send")
def send_minutes(debrief_id: int) -> ResponseReturnValue:
    """Send them to who was expected."""
    viewer = current_viewer()
    told = operations.send(viewer, get_led(viewer, debrief_id))
    db.session.commit()
    notify(
        ngettext("Sent to %(num)s person.", "Sent to %(num)s people.", told),
        undo=url_for("debriefs.unsend_minutes", debrief_id=debrief_id),
    )
    return redirect(url_for("debriefs.show_minutes", debrief_id=debrief_id))


@bp.post("/debriefs/<int:debrief_id>/minutes/unsend")
def unsend_minutes(debrief_id: int) -> ResponseReturnValue:
    """Take them back."""
    viewer = current_viewer()
    operations.unsend(viewer, get_led(viewer, debrief_id))
    db.session.commit()
    notify(_("Taken back."))
    return redirect(url_for("debriefs.show_minutes", debrief_id=debrief_id))


@bp.get("/debriefs/<int:debrief_id>/minutes.pdf")
def print_minutes(debrief_id: int) -> ResponseReturnValue:
    """The minutes as a PDF, in the reader's language; never kept by the browser: computers are
    shared.
    """
    debrief = queries.get_with_minutes(current_viewer(), debrief_id)
    now = utc_now()
    paper = compile_paper(
        "minutes",
        {
            "language": language(),
            "title": debrief.title,
            "subtitle": " · ".join(minutes_text.heading(debrief)),
            "foot": _("Made on %(date)s", date=format_datetime(now, "long")),
            "blocks": [
                {"kind": block.kind, "text": block.text}
                for block in blocks(minutes_text.text_of(debrief))
            ],
        },
        made_at=now,
    )
    response = Response(paper, content_type="application/pdf")
    name = f"callcoach-debrief-{debrief.id}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(debrief: Debrief) -> dict[str, object]:
    """What everybody sees of them."""
    return {
        "debrief": debrief,
        "heading": minutes_text.heading(debrief),
        "blocks": blocks(minutes_text.text_of(debrief)),
    }


def _page(viewer: Viewer, debrief: Debrief, error: CallCoachError | None = None) -> str:
    """The page of who leads; after a refusal with what was typed, and what is there now."""
    automatic = minutes_text.automatic(debrief)
    text = minutes_text.text_to_edit(debrief)
    is_stale = isinstance(error, StaleVersion)
    return render_template(
        "debriefs/minutes.html",
        **_shown(debrief),
        is_over=debrief.state == DebriefState.DONE,
        is_edited=bool(debrief.minutes_text),
        text=forms.read_text("text") if error is not None else text,
        base=automatic,
        theirs=text if is_stale else "",
        error=explain(error) if error is not None else "",
        names=names_added(text, automatic, queries.hidden_names(debrief)),
        remarks=[row for row in queries.remarks_of(debrief) if row.deleted_at is None],
        decisions=decision_presenters.views_of(viewer, decision_queries.decisions_of(debrief)),
        owners=decision_queries.owners(debrief),
        client_id=str(uuid.uuid4()),
        back=url_for("debriefs.show_minutes", debrief_id=debrief.id, _anchor="decisions"),
        most=operations.MAX_TEXT,
    )
