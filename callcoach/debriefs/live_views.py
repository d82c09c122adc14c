"""Running a debrief: what every screen follows, and what who leads does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.debriefs import live_json
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import AgendaItem, Debrief, Phase, Presence
from callcoach.debriefs.operations import answers, attendance, live
from callcoach.debriefs.queries import live as queries
from callcoach.debriefs.queries.debriefs import get_led, get_readable
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.web.requests import wants_json
from callcoach.web.toasts import notify


@bp.get("/debriefs/<int:debrief_id>/live")
def follow_live(debrief_id: int) -> ResponseReturnValue:
    """What is before everybody; nothing (204) while it is as in revision `seen`. Cheap: it is asked
    for every second.
    """
    viewer = current_viewer()
    if queries.revision_of(viewer, debrief_id) == request.args.get("seen", type=int):
        return _unkept(Response(status=204))
    return _screen(get_readable(viewer, debrief_id))


@bp.post("/debriefs/<int:debrief_id>/start")
def start_debrief(debrief_id: int) -> ResponseReturnValue:
    """Begin."""
    viewer = current_viewer()
    debrief = live.start(viewer, get_led(viewer, debrief_id))
    return _answer(debrief, url_for("debriefs.present", debrief_id=debrief_id))


@bp.post("/debriefs/<int:debrief_id>/end")
def end_debrief(debrief_id: int) -> ResponseReturnValue:
    """Conclude; it can be reopened."""
    viewer = current_viewer()
    debrief = live.end(viewer, get_led(viewer, debrief_id))
    undo = url_for("debriefs.reopen_debrief", debrief_id=debrief_id)
    if not wants_json():
        notify(_("The debrief is over."), undo=undo)
    return _answer(debrief, url_for("debriefs.show_minutes", debrief_id=debrief_id))


@bp.post("/debriefs/<int:debrief_id>/reopen")
def reopen_debrief(debrief_id: int) -> ResponseReturnValue:
    """Go on with one that was ended."""
    viewer = current_viewer()
    debrief = live.reopen(viewer, get_led(viewer, debrief_id))
    return _answer(debrief, url_for("debriefs.present", debrief_id=debrief_id))


@bp.put("/debriefs/<int:debrief_id>/live/item")
def put_live_item(debrief_id: int) -> ResponseReturnValue:
    """Put an item before everybody, in a phase: ``{item_id, phase, age_ms}``."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    body = _body()
    phase = body.get("phase")
    if phase is not None and phase not in list(Phase):
        raise InvalidInput("This page is out of date. Reload it, then send again.")
    live.show_item(
        viewer,
        debrief,
        _item_of(debrief, _whole(body, "item_id")),
        Phase(phase) if phase is not None else None,
        age_ms=_whole(body, "age_ms", 0),
    )
    return _answer(debrief)


@bp.put("/debriefs/<int:debrief_id>/live/rest")
def put_live_rest(debrief_id: int) -> ResponseReturnValue:
    """Stop the clock, or let it run on: ``{is_resting, age_ms}``."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    body = _body()
    live.rest(
        viewer,
        debrief,
        is_resting=body.get("is_resting") is True,
        age_ms=_whole(body, "age_ms", 0),
    )
    return _answer(debrief)


@bp.put("/debriefs/<int:debrief_id>/live/sound")
def put_live_sound(debrief_id: int) -> ResponseReturnValue:
    """Play or stop the moment: ``{is_playing, position_ms, age_ms}``; in a one-to-one either does."""
    viewer = current_viewer()
    debrief = get_readable(viewer, debrief_id)
    body = _body()
    live.set_sound(
        viewer,
        debrief,
        is_playing=body.get("is_playing") is True,
        position_ms=_whole(body, "position_ms"),
        age_ms=_whole(body, "age_ms", 0),
    )
    return _answer(debrief)


@bp.put("/debriefs/<int:debrief_id>/attendance/<int:user_id>")
def put_attendance(debrief_id: int, user_id: int) -> ResponseReturnValue:
    """Say how somebody takes part: ``{presence}``."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    wanted = _body().get("presence")
    if wanted not in list(Presence):
        raise InvalidInput("This page is out of date. Reload it, then send again.")
    attendance.mark(viewer, debrief, user_id, Presence(wanted))
    return _answer(debrief)


@bp.post("/debriefs/answers/<int:answer_id>/hide")
def hide_answer(answer_id: int) -> ResponseReturnValue:
    """Take an unsuitable answer off the screens."""
    return _hide(answer_id, undo=False)


@bp.post("/debriefs/answers/<int:answer_id>/show")
def show_answer(answer_id: int) -> ResponseReturnValue:
    """Show it again."""
    return _hide(answer_id, undo=True)


def _hide(answer_id: int, *, undo: bool) -> ResponseReturnValue:
    viewer = current_viewer()
    answer = answers.hide(viewer, answers.get_answer(viewer, answer_id), undo=undo)
    debrief = answer.item.debrief
    assert debrief is not None  # the viewer leads it
    return _answer(debrief, url_for("debriefs.present", debrief_id=debrief.id))


def _answer(debrief: Debrief, page: str | None = None) -> ResponseReturnValue:
    """What is before everybody now, for scripts; else the page that follows."""
    db.session.commit()
    if page is None or wants_json():
        return _screen(debrief)
    return redirect(page)


def _screen(debrief: Debrief) -> Response:
    return _unkept(jsonify(live_json.screen_facts(current_viewer(), debrief)))


def _unkept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _item_of(debrief: Debrief, item_id: int) -> AgendaItem:
    """An item of its agenda.

    Raises:
        NotFound: there is none.
    """
    item = next((item for item in debrief.items if item.id == item_id), None)
    if item is None:
        raise NotFound("There is no such item.")
    return item


def _body() -> Mapping[str, Any]:
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise InvalidInput("This page is out of date. Reload it, then send again.")
    return found


def _whole(body: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A whole number of the body; fractions of milliseconds are nothing.

    Raises:
        InvalidInput: there is none.
    """
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput("This page is out of date. Reload it, then send again.")
    if not -(10**12) < value < 10**12:  # nor is what is no number at all
        raise InvalidInput("This page is out of date. Reload it, then send again.")
    return int(value)
