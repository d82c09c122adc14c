"""What is drawn for a supervisor's daily check."""

from __future__ import annotations

from typing import Any

from callcoach.calls.models import Call, TippingPoint, Verdict
from callcoach.extensions import db
from callcoach.learning.drawing import BLIND_MS
from callcoach.learning.models import Check, CheckKind


def create_check(
    call: Call,
    holder_id: int,
    kind: CheckKind,
    moment: TippingPoint | Verdict | None = None,
    **values: Any,
) -> Check:
    """An open check of a whole call, or of a moment of it: a flag, or a colleague's verdict."""
    facts: dict[str, Any] = {"length_ms": min(call.duration_ms, BLIND_MS), "probability": 0.05}
    if moment is not None:
        names = ("channel", "start_ms", "end_ms", "detector", "cause")
        facts = {name: getattr(moment, name) for name in names}
        facts |= {"length_ms": 20_000, "probability": 0.1}
        is_flag = isinstance(moment, TippingPoint)
        facts["point_id" if is_flag else "verdict_id"] = moment.id
    check = Check(kind=kind, call_id=call.id, holder_id=holder_id, **{**facts, **values})
    db.session.add(check)
    db.session.commit()
    return check
