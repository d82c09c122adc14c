"""Verdicts on moments, given and taken back from the desk."""

from __future__ import annotations

from collections.abc import Sequence

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.analysis.model import Speaker
from callcoach.calls import operations, queries
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.models import Call, Decision, TippingPoint, Verdict
from callcoach.coaching.blueprint import bp
from callcoach.coaching.desk_change import desk_change
from callcoach.coaching.desk_presenters import Disagreement, reason_labels
from callcoach.coaching.desk_views import answer_change, desk_page
from callcoach.coaching.note_moments import (
    Span,
    channel_between,
    quote_of,
    span_at,
    span_between,
)
from callcoach.coaching.request_views import read_clock
from callcoach.errors import InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.web.requests import wants_json

#: Longer numbers are no millisecond of a call, and databases refuse them.
_MAX_DIGITS = 10


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
    shown = _shown(viewer, call)
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
        reloads=_shown(viewer, call) != shown,
        undo=undo,
        near=[point, verdict],
        chosen=verdict.id,
    )


@bp.post("/calls/<int:call_id>/verdicts/<int:verdict_id>/reason")
def set_reason(call_id: int, verdict_id: int) -> ResponseReturnValue:
    """Say why a flag was rejected (``reason``, "" takes it back). Undoing the verdict takes the
    reason with it.
    """
    viewer = current_viewer()
    operations.require_judge(viewer, queries.get_call(viewer, call_id))
    call, verdict = _verdict(viewer, call_id, verdict_id)
    operations.set_reason(viewer, call, verdict, request.form.get("reason", ""))
    db.session.commit()
    label = reason_labels().get(str(verdict.reason), "")
    return answer_change(
        viewer,
        call,
        at_ms=verdict.start_ms,
        message=_("Reason kept: %(reason)s.", reason=label) if label else _("No reason is kept."),
        toast=False,
        near=[verdict],
    )


@bp.post("/calls/<int:call_id>/missed")
def mark_missed(call_id: int) -> ResponseReturnValue:
    """Mark a moment that no flag covers (``cause``): over a stretch (``start_ms``, ``end_ms`` and,
    where it is one voice, ``channel``), or on what the agent said last at ``at`` (``1:05``).
    """
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    operations.require_judge(viewer, call)
    turns = queries.turns_of(call)
    span = _span(call, turns)
    shown = _shown(viewer, call)
    judged = {
        moment.verdict.id for moment in queries.visible_moments(viewer, call) if moment.verdict
    }
    verdict = operations.mark_missed(
        viewer,
        call,
        channel=span.channel,
        start_ms=span.start_ms,
        end_ms=span.end_ms,
        cause=request.form.get("cause", ""),
        quote=quote_of(turns, span),
    )
    db.session.commit()
    undo = None
    if verdict.id not in judged:
        undo = url_for("coaching.withdraw_verdict", call_id=call_id, verdict_id=verdict.id)
    return answer_change(
        viewer,
        call,
        at_ms=verdict.start_ms,
        message=_("The moment is marked.") if undo else _("This moment is confirmed already."),
        reloads=_shown(viewer, call) != shown,
        undo=undo,
        near=[verdict],
        chosen=verdict.id,
    )


def _shown(viewer: Viewer, call: Call) -> set[str]:
    """Keys of the moments that the page shows: when they change, it is loaded anew."""
    return {moment.key for moment in queries.visible_moments(viewer, call)}


def _span(call: Call, turns: Sequence[ShownTurn]) -> Span:
    """The stretch that the form names.

    Raises:
        InvalidInput: it names none.
    """
    given = [request.form.get(name, "") for name in ("start_ms", "end_ms")]
    if not any(given):
        at_ms = read_clock(request.form.get("at", "").strip())
        # Every cause is something that the agent did, also when the prospect is heard reacting
        said = [turn for turn in turns if turn.speaker == Speaker.AGENT]
        return span_at(said or turns, at_ms, call.duration_ms)
    if not all(value.isdecimal() and len(value) < _MAX_DIGITS for value in given):
        raise InvalidInput("Say where in the call the moment is.")
    start_ms, end_ms = (int(value) for value in given)
    channel = request.form.get("channel", "")
    return span_between(
        start_ms,
        end_ms,
        int(channel) if channel in ("0", "1") else channel_between(turns, start_ms, end_ms),
        call.duration_ms,
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
