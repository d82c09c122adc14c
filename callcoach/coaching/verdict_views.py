"""Verdicts on moments, given and taken back from the desk."""

from __future__ import annotations

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import operations, queries
from callcoach.calls.models import Call, Decision, TippingPoint, Verdict
from callcoach.coaching.blueprint import bp
from callcoach.coaching.desk_change import desk_change
from callcoach.coaching.desk_presenters import Disagreement
from callcoach.coaching.desk_views import answer_change, desk_page
from callcoach.errors import InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.web.requests import wants_json


@bp.post("/calls/<int:call_id>/moments/<int:point_id>/verdict")
def judge(call_id: int, point_id: int) -> ResponseReturnValue:
    """Confirm or reject a flag (``decision``), seen with the verdict ``seen`` on it (0: none).

    When somebody else judged it since, the answer is 409: their decision on the card, and both
    ways on.
    """
    viewer = current_viewer()
    call, point = _point(viewer, call_id, point_id)
    wanted = request.form.get("decision", "")
    seen = request.form.get("seen", "")
    if seen and not seen.isdecimal():
        raise InvalidInput("A moment is either confirmed or rejected.")
    before = point.verdict_id
    try:
        verdict = operations.judge(
            viewer, call, point, wanted, seen_verdict_id=int(seen) if seen else None
        )
    except StaleVersion as error:
        db.session.rollback()
        call, point = _point(viewer, call_id, point_id)
        clash = Disagreement(
            key=f"p{point_id}",
            theirs=str(error.values["decision"]),
            author=str(error.values["author"]),
            verdict_id=int(error.values["verdict_id"]),
            wanted=wanted,
        )
        if wants_json():
            return jsonify(
                desk_change(viewer, call, announce=clash.sentence, near=[point], disagreement=clash)
            ), 409
        return render_template("coaching/desk.html", **desk_page(viewer, call, clash)), 409
    db.session.commit()
    undo = None
    if verdict.id != before:
        undo = url_for("coaching.withdraw_verdict", call_id=call_id, verdict_id=verdict.id)
    return answer_change(
        viewer,
        call,
        at_ms=verdict.start_ms,
        message=_("Confirmed.") if verdict.decision == Decision.CONFIRMED else _("Rejected."),
        toast=False,
        undo=undo,
        near=[point, verdict],
    )


@bp.post("/calls/<int:call_id>/verdicts/<int:verdict_id>/withdraw")
def withdraw_verdict(call_id: int, verdict_id: int) -> ResponseReturnValue:
    """Take a verdict back; the one it replaced is in force again."""
    viewer = current_viewer()
    # Before the verdict is looked for: an agent must not learn which numbers are verdicts on them
    operations.require_judge(viewer, queries.get_call(viewer, call_id))
    call, verdict = _verdict(viewer, call_id, verdict_id)
    before = operations.withdraw_verdict(viewer, call, verdict)
    db.session.commit()
    return answer_change(
        viewer,
        call,
        at_ms=verdict.start_ms,
        message=_("The verdict before it counts again.")
        if before
        else _("The verdict is taken back."),
        near=[verdict],
    )


def _point(viewer: Viewer, call_id: int, point_id: int) -> tuple[Call, TippingPoint]:
    """A flag of this call; another call's is answered as one that never was."""
    call = queries.get_call(viewer, call_id)
    try:
        found, point = queries.get_point(viewer, point_id)
    except NotFound:
        found, point = None, None
    if found is not call or point is None:
        raise NotFound("There is no such moment.")
    return call, point


def _verdict(viewer: Viewer, call_id: int, verdict_id: int) -> tuple[Call, Verdict]:
    """A verdict on this call; another call's is answered as one that never was."""
    call = queries.get_call(viewer, call_id)
    try:
        found, verdict = queries.get_verdict(viewer, verdict_id)
    except NotFound:
        found, verdict = None, None
    if found is not call or verdict is None:
        raise NotFound("There is no such verdict.")
    return call, verdict
