"""Verdicts as rows, for tests of what they teach: many, quickly, on one call."""

from __future__ import annotations

from typing import Any

from callcoach.accounts.models import User
from callcoach.analysis.model import Cause
from callcoach.calls.models import Call, Decision, Verdict
from callcoach.extensions import db


def create_verdicts(
    call: Call,
    confirmed: int = 0,
    rejected: int = 0,
    *,
    author: User | None = None,
    detector: str = "D09",
    cause: str = "ignored_objection",
    **values: Any,
) -> list[Verdict]:
    """Verdicts in force on moments of a call of which no analysis flags any."""
    start = 100_000
    found = [
        Verdict(
            call_id=call.id,
            decision=decision,
            channel=0,
            start_ms=start + 1000 * number,
            end_ms=start + 1000 * number + 500,
            quote="Je vous propose une démonstration.",
            cause=cause,
            valence=Cause(cause).valence,
            severity=2,
            detector=detector,
            explanation={"key": f"{cause}.explanation", "values": {}},
            suggestion={"key": f"{cause}.suggestion", "values": {}},
            author_id=author.id if author else None,
            **{"confidence": 0.7, "evidence": [], **values},
        )
        for number, decision in enumerate(
            [Decision.CONFIRMED] * confirmed + [Decision.REJECTED] * rejected
        )
    ]
    db.session.add_all(found)
    db.session.commit()
    return found
