"""Decisions and remarks as scripts send them while a debrief runs, and as they are answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import url_for

from callcoach.debriefs.forms import day_if_any
from callcoach.debriefs.models import Decision, Remark
from callcoach.debriefs.operations.decisions import Links


def text_of(body: Mapping[str, Any], name: str) -> str:
    """A text of the body; "" where there is none."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def id_of(body: Mapping[str, Any], name: str) -> int | None:
    """An id of the body, as a number or as a form writes it; None where there is none."""
    value = body.get(name)
    if isinstance(value, str) and value.isdecimal() and len(value) < 10:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value else None


def day_of(body: Mapping[str, Any], name: str) -> date | None:
    """A day of the body; None where there is none.

    Raises:
        InvalidInput: something was written that is no day.
    """
    return day_if_any(text_of(body, name), name)


def links_of(body: Mapping[str, Any]) -> Links:
    """What the decision changes."""
    return Links(
        request_id=id_of(body, "request_id"),
        objective_id=id_of(body, "objective_id"),
        drill_id=id_of(body, "drill_id"),
        note_id=id_of(body, "note_id"),
    )


def decision_facts(decision: Decision) -> dict[str, Any]:
    """A decision for a script of who leads the debrief."""
    return {
        "id": decision.id,
        "client_id": decision.client_id,
        "item_id": decision.item_id,
        "text": decision.text,
        "owner_id": decision.owner_id,
        "owner": decision.owner.name if decision.owner else "",
        "due_on": decision.due_on.isoformat() if decision.due_on else None,
        "state": str(decision.state),
        "row_version": decision.row_version,
        "is_removed": decision.deleted_at is not None,
        "remove_url": url_for("debriefs.remove_decision", decision_id=decision.id),
        "restore_url": url_for("debriefs.restore_decision", decision_id=decision.id),
    }


def remark_facts(remark: Remark) -> dict[str, Any]:
    """A remark for a script of who leads the debrief."""
    return {
        "id": remark.id,
        "client_id": remark.client_id,
        "item_id": remark.item_id,
        "text": remark.text,
        "is_removed": remark.deleted_at is not None,
        "remove_url": url_for("debriefs.remove_remark", remark_id=remark.id),
        "restore_url": url_for("debriefs.restore_remark", remark_id=remark.id),
    }
