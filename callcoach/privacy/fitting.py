"""Whether a redaction is of the words of a call as they are now."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select

from callcoach.calls.models import AnalysisRun, Call, TurnCorrection
from callcoach.extensions import db


def fingerprint_of(call: Call) -> str:
    """SHA-256, hexadecimal, of all that what is said rests on: the transcript (an immutable
    version), which channel is whose, and people's corrections. An analysis that finds the same
    words again changes nothing.
    """
    run = db.session.execute(
        select(AnalysisRun.transcript_id, AnalysisRun.agent_channel, AnalysisRun.channels).where(
            AnalysisRun.id == call.current_analysis_id
        )
    ).first()
    corrections = db.session.execute(
        select(
            TurnCorrection.channel,
            TurnCorrection.start_ms,
            TurnCorrection.end_ms,
            TurnCorrection.text,
        )
        .where(TurnCorrection.call_id == call.id)
        .order_by(TurnCorrection.id)
    ).all()
    said = [list(run) if run is not None else None, [list(row) for row in corrections]]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
