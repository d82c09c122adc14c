"""Whether a redaction is of the words of a call as they are now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from callcoach.calls.models import AnalysisRun, Call, TurnCorrection
from callcoach.extensions import db


def fingerprint_of(call: Call) -> str:
    """SHA-256, hexadecimal, of all that what is said rests on: the transcript (an immutable
    version), which channel is whose, and people's corrections. An analysis that finds the same
    words again changes nothing.
    """
    return fingerprints_of([call])[call.id]


def fingerprints_of(calls: Sequence[Call]) -> dict[int, str]:
    """`fingerprint_of` for many calls, by their ids; as many statements as for one."""
    runs = {
        run_id: list(row)
        for run_id, *row in db.session.execute(
            select(
                AnalysisRun.id,
                AnalysisRun.transcript_id,
                AnalysisRun.agent_channel,
                AnalysisRun.channels,
            ).where(AnalysisRun.id.in_([call.current_analysis_id for call in calls]))
        )
    }
    corrections: dict[int, list[list[Any]]] = {call.id: [] for call in calls}
    for call_id, *row in db.session.execute(
        select(
            TurnCorrection.call_id,
            TurnCorrection.channel,
            TurnCorrection.start_ms,
            TurnCorrection.end_ms,
            TurnCorrection.text,
        )
        .where(TurnCorrection.call_id.in_(list(corrections)))
        .order_by(TurnCorrection.id)
    ):
        corrections[call_id].append(row)
    return {
        call.id: _digest([runs.get(call.current_analysis_id or 0), corrections[call.id]])
        for call in calls
    }


def _digest(said: list[Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
