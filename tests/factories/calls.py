"""Calls for tests; a ready one has a transcript, an analysis, turns and a tipping point."""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from callcoach.accounts.models import Team, User
from callcoach.calls.models import (
    AnalysisRun,
    Call,
    CallState,
    Recording,
    TippingPoint,
    Transcript,
    Turn,
)
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db

from .accounts import create_team
from .campaigns import create_campaign

_numbers = itertools.count(1)

#: speaker, channel, start and end in milliseconds, text
DIALOGUE = (
    ("prospect", 1, 1000, 2200, "Delattre, oui, bonjour."),
    ("agent", 0, 2700, 9000, "Bonjour madame, Hanta Rakoto, de la société Comptaclair."),
    ("prospect", 1, 9600, 12000, "On a déjà un outil, depuis l'an dernier."),
    ("agent", 0, 12200, 24000, "Je vous propose une démonstration mardi ou jeudi."),
    ("prospect", 1, 25000, 26000, "Non merci."),
)


def create_call(
    state: CallState | str = CallState.READY,
    team: Team | None = None,
    agent: User | None = None,
    campaign: Campaign | None = None,
    **values: Any,
) -> Call:
    """A call in `state`, with a recording row that has no files."""
    number = next(_numbers)
    team = team or create_team()
    campaign = campaign or create_campaign(teams=[team])
    defaults: dict[str, Any] = {
        "external_id": f"TEST-{number:04d}",
        "file_name": f"appel-{number}.wav",
        "started_at": datetime(2026, 9, 14, 8, 0, tzinfo=UTC) + timedelta(minutes=number),
        "prospect_name": "Mme Delattre",
        "company": "Ardenne Emballage",
        "duration_ms": 30_000,
        "agent_channel": "left",
    }
    call = Call(
        state=CallState(state),
        team_id=team.id,
        agent_id=agent.id if agent else None,
        campaign_id=campaign.id,
        **{**defaults, **values},
    )
    call.recording = Recording(
        sha256=hashlib.sha256(f"call {number}".encode()).hexdigest(),
        duration_ms=call.duration_ms,
        channels="stereo",
    )
    db.session.add(call)
    db.session.flush()
    if call.state == CallState.READY:
        _add_analysis(call)
    db.session.commit()
    return call


def _add_analysis(call: Call) -> None:
    transcript = Transcript(
        call_id=call.id, number=1, data=transcript_data(), language="fr", engine={"model": "test"}
    )
    db.session.add(transcript)
    db.session.flush()
    analysis = AnalysisRun(
        call_id=call.id,
        transcript_id=transcript.id,
        number=1,
        agent_channel=0,
        channels="stereo",
        engine={"model": "test"},
        figures={"talk_share": {"value": 0.66, "unit": "ratio", "reason": None}},
        engagement=[{"start_s": 1.0, "end_s": 2.2, "value": 0.1, "low": -0.2, "high": 0.4}],
    )
    analysis.turns = [
        Turn(
            index=index,
            speaker=speaker,
            channel=channel,
            start_ms=start_ms,
            end_ms=end_ms,
            text=text,
            words=spread_words(text, start_ms, end_ms),
        )
        for index, (speaker, channel, start_ms, end_ms, text) in enumerate(DIALOGUE)
    ]
    analysis.tipping_points = [
        TippingPoint(
            turn_index=3,
            channel=0,
            start_ms=12_200,
            end_ms=24_000,
            valence="negative",
            cause="ignored_objection",
            severity=2,
            confidence=0.7,
            detector="D09",
            quote=DIALOGUE[3][4],
            evidence=[],
            explanation={"key": "ignored_objection.explanation", "values": {}},
            suggestion={"key": "ignored_objection.suggestion", "values": {}},
        )
    ]
    db.session.add(analysis)
    db.session.flush()
    call.current_transcript_id = transcript.id
    call.current_analysis_id = analysis.id


def add_open_question(analysis: AnalysisRun) -> TippingPoint:
    """A second flag: the question that the agent begins with, which opens the prospect up."""
    point = TippingPoint(
        turn_index=1,
        channel=0,
        start_ms=2700,
        end_ms=9000,
        valence="positive",
        cause="open_question",
        severity=1,
        confidence=0.6,
        detector="D01",
        quote="",
        evidence=[],
        explanation={"key": "cause.open_question", "values": {}},
        suggestion={"key": "gone.away", "values": {}},
    )
    analysis.tipping_points.append(point)
    return point


def spread_words(text: str, start_ms: int, end_ms: int) -> list[list[Any]]:
    """The words of `text`, evenly spread: [word with leading space, start_ms, end_ms, 0.9]."""
    words = text.split(" ")
    step = (end_ms - start_ms) / len(words)
    return [
        [f" {word}", round(start_ms + i * step), round(start_ms + (i + 1) * step), 0.9]
        for i, word in enumerate(words)
    ]


def transcript_data() -> dict[str, Any]:
    """The dialogue as `callcoach.pipeline.TranscriptData` writes it."""
    tracks = []
    for wanted in (0, 1):
        parts = [part for part in DIALOGUE if part[1] == wanted]
        tracks.append(
            {
                "channel": wanted,
                "speaker": None,
                "voice": [[part[2] / 1000, part[3] / 1000] for part in parts],
                "words": [
                    [word, start / 1000, end / 1000, probability]
                    for part in parts
                    for word, start, end, probability in spread_words(part[4], part[2], part[3])
                ],
            }
        )
    return {
        "schema": 1,
        "duration_s": 30.0,
        "channels": "stereo",
        "tracks": tracks,
        "language": "fr",
        "engine": {"model": "test"},
    }
