"""What is written down while a debrief runs: decisions and remarks, each under an id that the page
made, so that what a bad line sends twice arrives once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.debriefs import decision_json as facts
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.operations import decisions, remarks
from callcoach.debriefs.queries import decisions as queries
from callcoach.debriefs.queries.debriefs import get_led
from callcoach.errors import InvalidInput
from callcoach.extensions import db
from callcoach.web.requests import safe_next, wants_json
from callcoach.web.toasts import notify


@bp.put("/debriefs/<int:debrief_id>/decisions/<client_id>")
def put_decision(debrief_id: int, client_id: str) -> ResponseReturnValue:
    """Take a decision, once however often it is sent."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    body = _body()
    decision = decisions.decide(
        viewer,
        debrief,
        client_id=client_id,
        text=facts.text_of(body, "text"),
        item_id=facts.id_of(body, "item_id"),
        owner_id=facts.id_of(body, "owner_id"),
        due_on=facts.day_of(body, "due_on"),
        links=facts.links_of(body),
    )
    answer = facts.decision_facts(decision)
    db.session.commit()
    return jsonify(answer)


@bp.put("/debriefs/<int:debrief_id>/remarks/<client_id>")
def put_remark(debrief_id: int, client_id: str) -> ResponseReturnValue:
    """Write a remark down, once however often it is sent."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    body = _body()
    remark = remarks.put(
        viewer, debrief, client_id, facts.text_of(body, "text"), facts.id_of(body, "item_id")
    )
    answer = facts.remark_facts(remark)
    db.session.commit()
    return jsonify(answer)


@bp.post("/debriefs/decisions/<int:decision_id>/remove")
def remove_decision(decision_id: int) -> ResponseReturnValue:
    """Take away what was written by mistake."""
    viewer = current_viewer()
    decision = decisions.remove(viewer, queries.get_decision(viewer, decision_id))
    return _answer(
        facts.decision_facts(decision),
        decision.debrief_id,
        _("Removed."),
        undo=url_for("debriefs.restore_decision", decision_id=decision_id),
    )


@bp.post("/debriefs/decisions/<int:decision_id>/restore")
def restore_decision(decision_id: int) -> ResponseReturnValue:
    """Put it back."""
    viewer = current_viewer()
    decision = decisions.remove(viewer, queries.get_decision(viewer, decision_id), undo=True)
    return _answer(facts.decision_facts(decision), decision.debrief_id, _("It is back."))


@bp.post("/debriefs/remarks/<int:remark_id>/remove")
def remove_remark(remark_id: int) -> ResponseReturnValue:
    """Take a remark away."""
    viewer = current_viewer()
    remark = remarks.remove(viewer, queries.get_remark(viewer, remark_id))
    return _answer(
        facts.remark_facts(remark),
        remark.debrief_id,
        _("Removed."),
        undo=url_for("debriefs.restore_remark", remark_id=remark_id),
    )


@bp.post("/debriefs/remarks/<int:remark_id>/restore")
def restore_remark(remark_id: int) -> ResponseReturnValue:
    """Put a remark back."""
    viewer = current_viewer()
    remark = remarks.remove(viewer, queries.get_remark(viewer, remark_id), undo=True)
    return _answer(facts.remark_facts(remark), remark.debrief_id, _("It is back."))


def _body() -> Mapping[str, Any]:
    """The JSON object that was sent.

    Raises:
        InvalidInput: there is none.
    """
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise InvalidInput("This page is out of date. Reload it, then send again.")
    return found


def _answer(
    answer: Mapping[str, Any], debrief_id: int, message: str, undo: str | None = None
) -> ResponseReturnValue:
    """JSON for scripts; for a page, back to where it was asked (``next``), with a word on it."""
    db.session.commit()
    if wants_json():
        return jsonify(answer)
    notify(message, undo=undo)
    back = safe_next(request.values.get("next"))
    return redirect(back or url_for("debriefs.show_minutes", debrief_id=debrief_id))
