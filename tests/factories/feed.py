"""Calls with sound and flags, for tests of the listening feed."""

from __future__ import annotations

import io
from typing import Any

from callcoach.calls.models import AnalysisRun, Call, TippingPoint
from callcoach.extensions import db
from callcoach.storage.operations import put_file

from .calls import create_call


def create_heard_call(**values: Any) -> Call:
    """A ready call that can be played, as far as the database knows, with one flag."""
    call = create_call(**values)
    assert call.recording is not None
    call.recording.playback = put_file(
        io.BytesIO(b"sound" * 10), kind="playback", media_type="audio/mp4"
    )
    db.session.commit()
    return call


def add_point(analysis: AnalysisRun, **values: Any) -> TippingPoint:
    """One more flag, elsewhere in the call than those there are."""
    number = len(analysis.tipping_points)
    defaults: dict[str, Any] = {
        "turn_index": 3,
        "channel": 0,
        "start_ms": 100_000 + 10_000 * number,
        "end_ms": 105_000 + 10_000 * number,
        "valence": "negative",
        "cause": "ignored_objection",
        "severity": 2,
        "confidence": 0.7,
        "detector": "D09",
        "evidence": [],
        "explanation": {"key": "ignored_objection.explanation", "values": {}},
        "suggestion": {"key": "ignored_objection.suggestion", "values": {}},
    }
    point = TippingPoint(**{**defaults, **values})
    analysis.tipping_points.append(point)
    db.session.flush()
    return point
