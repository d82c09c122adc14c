"""Calls with sound and flags, for tests of the listening feed."""

from __future__ import annotations

import functools
import io
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from callcoach.accounts.models import Team, User
from callcoach.calls.models import AnalysisRun, Call, TippingPoint
from callcoach.extensions import db, utc_now
from callcoach.speech.audio import Recording
from callcoach.speech.peaks import peaks
from callcoach.speech.playback import write_playback
from callcoach.storage.operations import put_file

from .calls import create_call
from .campaigns import create_campaign
from .sounds import speech_like

#: Length of the calls that sound.
MINUTE_MS = 60_000


def create_heard_call(**values: Any) -> Call:
    """A ready call that can be played, as far as the database knows, with one flag."""
    call = create_call(**values)
    make_playable(call)
    return call


def make_playable(call: Call) -> None:
    """Give a call a playback file; its content is none."""
    assert call.recording is not None
    call.recording.playback = put_file(
        io.BytesIO(b"sound" * 10), kind="playback", media_type="audio/mp4"
    )
    db.session.commit()


@functools.cache
def _minute() -> tuple[bytes, bytes]:
    """A minute of sound and its peaks, made once in a process."""
    length_s = MINUTE_MS / 1000
    samples = np.stack([speech_like(length_s, seed=1), speech_like(length_s, seed=2)])
    recording = Recording(samples, 16_000, length_s, "wav", "pcm_s16le", 2)
    with tempfile.TemporaryDirectory() as folder:
        encoded = write_playback(recording, Path(folder) / "sound.m4a").read_bytes()
    return encoded, peaks(samples).to_bytes()


def create_sounding_calls(team: Team, agent: User, count: int, **values: Any) -> list[Call]:
    """Ready calls of a minute with real sound, one flag each from 30 s on, the newest first.

    All play the same sound: noise in syllables, a different one on each channel.
    """
    encoded, heights = _minute()
    sound = put_file(io.BytesIO(encoded), kind="playback", media_type="audio/mp4")
    drawn = put_file(io.BytesIO(heights), kind="peaks", media_type="application/octet-stream")
    campaign = create_campaign(teams=[team])
    calls = []
    for number in range(count):
        call = create_call(
            team=team,
            agent=agent,
            campaign=campaign,
            duration_ms=MINUTE_MS,
            started_at=utc_now() - timedelta(hours=1, minutes=number),
            **values,
        )
        assert call.recording is not None
        assert call.current_analysis is not None
        call.recording.playback, call.recording.peaks = sound, drawn
        _say_later(call.current_analysis, 18_000)
        calls.append(call)
    db.session.commit()
    return calls


def _say_later(analysis: AnalysisRun, by_ms: int) -> None:
    """Move what is said after the greeting, and what is flagged in it."""
    for turn in analysis.turns[2:]:
        turn.start_ms += by_ms
        turn.end_ms += by_ms
        turn.words = [
            [word, start + by_ms, end + by_ms, sure] for word, start, end, sure in turn.words
        ]
    for point in analysis.tipping_points:
        point.start_ms += by_ms
        point.end_ms += by_ms


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
