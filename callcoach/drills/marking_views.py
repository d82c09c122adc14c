"""Tries that were sent: one after the other, what was said then beside what is said now."""

from __future__ import annotations

from typing import cast

from flask import Flask, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.drills import presenters
from callcoach.drills.blueprint import bp
from callcoach.drills.operations import marking
from callcoach.drills.operations.assigning import subject_of
from callcoach.drills.queries import library
from callcoach.drills.queries import marking as queries
from callcoach.drills.sound_views import ask_after_reading
from callcoach.extensions import db, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.web import nav
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/drills/tries")
def list_tries() -> ResponseReturnValue:
    """Tries that wait for an answer, oldest first."""
    viewer = current_viewer()
    library.require_maker(viewer)
    rows = [presenters.try_row(viewer, attempt) for attempt in queries.waiting_attempts(viewer)]
    return render_template("drills/tries.html", rows=rows)


@bp.get("/drills/tries/<int:attempt_id>")
def show_try(attempt_id: int) -> ResponseReturnValue:
    """One try, to be heard and answered."""
    viewer = current_viewer()
    attempt = queries.get_attempt(viewer, attempt_id)
    following = queries.next_waiting(viewer, attempt)
    page = presenters.try_page(viewer, attempt)
    html = render_template(
        "drills/try.html",
        page=page,
        next_id=following.id if following else 0,
        waiting=queries.count_waiting(viewer),
    )
    if is_seen():
        subject = subject_of(attempt.assignment)
        step_ids = [answer.step_id for answer in attempt.answers]
        db.session.rollback()
        with write_transaction():
            mark_subject_seen(viewer, subject)
            db.session.commit()
        if page.is_readable:
            ask_after_reading(viewer, step_ids)
    return html


@bp.get("/drills/tries/<int:attempt_id>/answers")
def try_answers(attempt_id: int) -> ResponseReturnValue:
    """What was answered, once more: its words come a little later."""
    viewer = current_viewer()
    page = presenters.try_page(viewer, queries.get_attempt(viewer, attempt_id))
    html = render_template("drills/_try_steps.html", page=page)
    return jsonify(waiting=page.attempt.is_waiting, html=html)


@bp.post("/drills/tries/<int:attempt_id>/mark")
def mark_try(attempt_id: int) -> ResponseReturnValue:
    """Answer a try, and go on to the next."""
    viewer = current_viewer()
    attempt = queries.get_attempt(viewer, attempt_id)
    following = queries.next_waiting(viewer, attempt)
    marking.mark_attempt(
        viewer, attempt, request.form.get("mark", ""), request.form.get("remark", "")
    )
    db.session.commit()
    notify(
        _("%(name)s sees your answer.", name=attempt.assignment.agent.name),
        undo=url_for("drills.unmark_try", attempt_id=attempt_id),
    )
    if following is None:
        return redirect(url_for("drills.list_tries"))
    return redirect(url_for("drills.show_try", attempt_id=following.id))


@bp.post("/drills/tries/<int:attempt_id>/unmark")
def unmark_try(attempt_id: int) -> ResponseReturnValue:
    """Take an answer back."""
    viewer = current_viewer()
    marking.unmark_attempt(viewer, queries.get_attempt(viewer, attempt_id))
    db.session.commit()
    notify(_("Taken back."))
    return redirect(url_for("drills.show_try", attempt_id=attempt_id))


def _count_waiting() -> int:
    return queries.count_waiting(current_viewer())


bp.record_once(
    lambda state: nav.add_badge(cast("Flask", state.app), "drills.list_drills", _count_waiting)
)
