"""Listening requests: an agent marks a moment or a whole call, a supervisor answers."""

from __future__ import annotations

import re

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.coaching import agent_presenters as presenters
from callcoach.coaching.blueprint import bp
from callcoach.coaching.models import RequestAnswer
from callcoach.coaching.operations import requests as operations
from callcoach.coaching.queries import inbox
from callcoach.coaching.queries import requests as queries
from callcoach.coaching.request_panel import request_panel
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, write_transaction
from callcoach.web.requests import came_from, is_seen, safe_next, wants_json
from callcoach.web.toasts import notify

#: "1:05" or "1:02:03", as players write it; with tenths when a script says where it was.
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d+)?)")


@bp.get("/my/requests")
def my_requests() -> ResponseReturnValue:
    """What I asked to be listened to, with the answers, which are thereby seen."""
    viewer = current_viewer()
    if viewer.role is not Role.AGENT:
        raise NotFound("There is no such page.")
    page = queries.list_my_requests(viewer)
    new = [item.id for item in page.rows if item.answered_at and item.seen_at is None]
    html = render_template(
        "coaching/my_requests.html",
        requests=presenters.request_views(viewer, page.rows),
        page=page,
        new_notes=inbox.count_new_notes(viewer),
        new_answers=queries.count_new_answers(viewer),
    )
    db.session.rollback()
    if new and is_seen():
        with write_transaction():
            operations.mark_answers_seen(viewer, queries.requests_by_id(viewer, new))
            db.session.commit()
    return html


@bp.post("/calls/<int:call_id>/requests")
def ask(call_id: int) -> ResponseReturnValue:
    """Ask for this call, or for the moment at ``at`` (``1:05``), to be listened to."""
    viewer = current_viewer()
    call = calls.get_call(viewer, call_id)
    at = request.form.get("at", "").strip()
    if request.form.get("kind") == "moment" and not at:
        raise InvalidInput("Say where it turned, such as 1:05.")
    made = operations.request_listening(
        viewer, call, at_ms=read_clock(at) if at else None, text=request.form.get("text", "")
    )
    db.session.commit()
    message = (
        _("Marked. Your supervisor will listen to this moment.")
        if made.is_moment
        else _("Asked. Your supervisor will listen to this call.")
    )
    undo = url_for("coaching.withdraw", request_id=made.id)
    return _answer(viewer, call_id, message, undo)


@bp.post("/requests/<int:request_id>/withdraw")
def withdraw(request_id: int) -> ResponseReturnValue:
    """Take a request back."""
    viewer = current_viewer()
    found = queries.get_request(viewer, request_id)
    operations.withdraw_request(viewer, found)
    db.session.commit()
    undo = url_for("coaching.restore_request", request_id=request_id)
    return _answer(viewer, found.call_id, _("Your request was taken back."), undo)


@bp.post("/requests/<int:request_id>/restore")
def restore_request(request_id: int) -> ResponseReturnValue:
    """Ask again for what was taken back."""
    viewer = current_viewer()
    found = queries.get_request(viewer, request_id, include_withdrawn=True)
    operations.restore_request(viewer, found)
    db.session.commit()
    return _answer(viewer, found.call_id, _("Your request waits again."))


@bp.post("/requests/<int:request_id>/answer")
def answer_request(request_id: int) -> ResponseReturnValue:
    """Tell the agent that somebody listened. A note answers by itself when it is sent."""
    viewer = current_viewer()
    found = queries.get_request(viewer, request_id)
    wanted = request.form.get("answer", "")
    if wanted == RequestAnswer.NOTED:
        raise InvalidInput("There is no such answer.")
    operations.answer_request(viewer, found, wanted, text=request.form.get("text", ""))
    db.session.commit()
    undo = url_for("coaching.reopen_request", request_id=request_id)
    return _answer(viewer, found.call_id, _("The agent sees your answer."), undo)


@bp.post("/requests/<int:request_id>/reopen")
def reopen_request(request_id: int) -> ResponseReturnValue:
    """Undo an answer."""
    viewer = current_viewer()
    found = queries.get_request(viewer, request_id)
    operations.reopen_request(viewer, found)
    db.session.commit()
    return _answer(viewer, found.call_id, _("The request waits again."))


def _answer(
    viewer: Viewer, call_id: int, message: str, undo: str | None = None
) -> ResponseReturnValue:
    """The panel anew for scripts (see `desk_change`); else back to the page, with the message on it."""
    if wants_json():
        call = calls.get_call(viewer, call_id)
        panel = request_panel(viewer, call)
        html = render_template("coaching/_request_list.html", call=call, request_panel=panel)
        return jsonify(message=message, undo=undo, request_list=html, requests=panel.marks())
    notify(message, undo=undo)
    page = safe_next(request.form.get("next")) or came_from()
    return redirect(page or url_for("coaching.desk", call_id=call_id))


def read_clock(clock: str) -> int:
    """A place in a recording as people type it.

    Raises:
        InvalidInput: it cannot be read.
    """
    found = _CLOCK.fullmatch(clock)
    if found is None:
        raise InvalidInput("Write the moment as minutes and seconds, such as 1:05.")
    hours, minutes, seconds = found.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60
    return round((whole + float(seconds.replace(",", "."))) * 1000)
