"""Tables of calls, recordings, transcripts and analyses.

Transcripts and analyses are immutable versions; a call points at the current ones. Times are
integer milliseconds from the start of the recording (`callcoach.calls.mapping` converts).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import Team, User
from callcoach.analysis.model import Kind
from callcoach.campaigns.models import Campaign
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.script_library.models import ScriptVersion
from callcoach.storage.models import StoredFile


class CallState(StrEnum):
    """How far a call has come."""

    QUEUED = "queued"
    DECODING = "decoding"
    TRANSCRIBING = "transcribing"
    ANALYSING = "analysing"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: Who was reached; the core guesses it in the same words.
CallKind = Kind


class KindSource(StrEnum):
    """Who said what kind of call it is; the analysis only ever replaces its own word."""

    METADATA = "metadata"
    PERSON = "person"
    ANALYSIS = "analysis"


class Outcome(StrEnum):
    """How the call ended."""

    MEETING = "meeting"
    CALLBACK = "callback"
    EMAIL = "email"
    REFUSAL = "refusal"
    HUNG_UP = "hung_up"
    NONE = "none"


class Decision(StrEnum):
    """What a supervisor says of a flag."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class DismissalReason(StrEnum):
    """Why a flag was rejected (TIPPING.md §4.5); what each teaches differs."""

    #: The fault is not there: the detector was wrong.
    ABSENT = "absent"
    #: The words or the speaker were recognised wrongly: says nothing against the detector.
    MISHEARD = "misheard"
    #: It is there, and right in this situation.
    JUSTIFIED = "justified"
    #: True, and of no importance: lowers the severity, not the precision.
    UNIMPORTANT = "unimportant"


#: Detector of a moment that a person marked because the engine had missed it.
MISSED = "M0"


class Call(db.Model):
    """One dial with its metadata and outcome."""

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_calls_team_started", "team_id", "started_at"),
        Index("ix_calls_agent_started", "agent_id", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Where the external id comes from; ``import`` unless told.
    source: Mapped[str] = mapped_column(String(40), default="import")
    #: The telephony's own id, unique within `source`; none when not known.
    external_id: Mapped[str | None] = mapped_column(String(120))
    #: As it came, for people to recognise.
    file_name: Mapped[str] = mapped_column(String(255), default="")
    #: Fixed at import: a call stays with the team that made it.
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"), index=True)
    #: Name of the persona called, or "".
    persona: Mapped[str] = mapped_column(String(80), default="")
    #: ``outbound`` or ``inbound``.
    direction: Mapped[str] = mapped_column(String(10), default="outbound")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    prospect_name: Mapped[str] = mapped_column(String(120), default="")
    #: E.164, or "".
    prospect_phone: Mapped[str] = mapped_column(String(20), default="")
    company: Mapped[str] = mapped_column(String(160), default="")
    kind: Mapped[Kind] = mapped_column(String(20), default=Kind.TARGET)
    #: Who said so: an export, a person, or the analysis (its guess, or the default before it).
    kind_source: Mapped[KindSource] = mapped_column(
        String(10), default=KindSource.ANALYSIS, server_default=KindSource.ANALYSIS.value
    )
    outcome: Mapped[Outcome] = mapped_column(String(20), default=Outcome.NONE)
    language: Mapped[str] = mapped_column(String(5), default="fr")
    #: The channel map as set: ``left``, ``right``, ``mixed`` or ``auto``.
    agent_channel: Mapped[str] = mapped_column(String(10), default="auto")
    state: Mapped[CallState] = mapped_column(String(20), default=CallState.QUEUED, index=True)
    #: Why it failed, a message id; "" otherwise.
    failure: Mapped[str] = mapped_column(Text, default="")
    #: What fills the placeholders of `failure`.
    failure_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    duration_ms: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: Put aside by a person, undone by another click, purged later.
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    #: The version of the script that was in force for its team when it took place.
    script_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_versions.id", ondelete="SET NULL"), index=True
    )
    current_transcript_id: Mapped[int | None] = mapped_column(
        ForeignKey("transcripts.id", use_alter=True, ondelete="SET NULL")
    )
    current_analysis_id: Mapped[int | None] = mapped_column(
        ForeignKey("analysis_runs.id", use_alter=True, ondelete="SET NULL")
    )

    team: Mapped[Team] = relationship()
    agent: Mapped[User | None] = relationship(foreign_keys=agent_id)
    campaign: Mapped[Campaign] = relationship()
    script_version: Mapped[ScriptVersion | None] = relationship()
    recording: Mapped[Recording | None] = relationship(
        back_populates="call", cascade="all, delete-orphan", uselist=False
    )
    current_transcript: Mapped[Transcript | None] = relationship(
        foreign_keys=current_transcript_id, post_update=True
    )
    current_analysis: Mapped[AnalysisRun | None] = relationship(
        foreign_keys=current_analysis_id, post_update=True
    )


class Recording(db.Model):
    """The audio of a call; the row outlives the files."""

    __tablename__ = "recordings"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), unique=True)
    #: Of the file as it came; one recording is imported once.
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    duration_ms: Mapped[int]
    #: What the file carries: ``stereo``, ``dual_mono``, ``mono``; "" until decoded.
    channels: Mapped[str] = mapped_column(String(10), default="")
    container: Mapped[str] = mapped_column(String(40), default="")
    codec: Mapped[str] = mapped_column(String(40), default="")
    sample_rate_hz: Mapped[int] = mapped_column(default=0)
    original_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_files.id", ondelete="SET NULL")
    )
    playback_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_files.id", ondelete="SET NULL")
    )
    peaks_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id", ondelete="SET NULL"))
    #: When the audio was deleted; notes and transcript may live on.
    audio_deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship(back_populates="recording")
    original: Mapped[StoredFile | None] = relationship(foreign_keys=original_id)
    playback: Mapped[StoredFile | None] = relationship(foreign_keys=playback_id)
    peaks: Mapped[StoredFile | None] = relationship(foreign_keys=peaks_id)


class Transcript(db.Model):
    """What was recognised, per channel; an immutable version."""

    __tablename__ = "transcripts"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    #: 1, 2, 3 … within the call.
    number: Mapped[int]
    #: The job that wrote it: a repeated attempt finds its own work and does not do it twice.
    job_id: Mapped[int | None] = mapped_column(unique=True)
    #: `callcoach.pipeline.TranscriptData` as a dictionary: tracks with voice and words.
    data: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    language: Mapped[str] = mapped_column(String(5))
    #: What produced it: model, library, settings.
    engine: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class AnalysisRun(db.Model):
    """Turns, figures and tipping points of one transcript version; an immutable version."""

    __tablename__ = "analysis_runs"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id", ondelete="CASCADE"))
    number: Mapped[int]
    #: 0, 1 or none (mixed): the channel map that was applied.
    agent_channel: Mapped[int | None]
    channels: Mapped[str] = mapped_column(String(10))
    engine: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: name -> {value, unit, reason}
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: list of {start_s, end_s, value, low, high}
    engagement: Mapped[list[dict[str, float]]] = mapped_column(JSON)
    #: Who was probably reached; none in analyses older than the question.
    kind: Mapped[Kind | None] = mapped_column(String(20))
    #: How sure that is, 0 to 1.
    kind_confidence: Mapped[float | None]
    #: What it rests on: [{key, values}], words are rendered when shown
    kind_reasons: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )
    #: `analysis.engine.ANALYSIS_VERSION` that made it; 0 in analyses older than the question.
    analysis_version: Mapped[int] = mapped_column(default=0, server_default="0", index=True)
    #: `Tuning.fingerprint` of the campaign's changes that were applied; "" without any.
    tuning: Mapped[str] = mapped_column(String(16), default="", server_default="")
    #: list of {start_s, end_s, turn, drop}: unexplained breaks, never tipping points.
    breaks: Mapped[list[dict[str, float]]] = mapped_column(JSON, default=list, server_default="[]")
    #: list of {start_s, end_s} that a player may skip.
    holds: Mapped[list[dict[str, float]]] = mapped_column(JSON, default=list, server_default="[]")
    #: `analysis.norms.TurnMeasure.to_list` of each prospect turn, for the norms of the campaign.
    participation: Mapped[list[list[Any]]] = mapped_column(
        JSON, default=list, server_default="[]", deferred=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    turns: Mapped[list[Turn]] = relationship(
        back_populates="analysis", cascade="all, delete-orphan", order_by="Turn.index"
    )
    tipping_points: Mapped[list[TippingPoint]] = relationship(
        back_populates="analysis", cascade="all, delete-orphan", order_by="TippingPoint.start_ms"
    )


class Turn(db.Model):
    """One speaker's uninterrupted stretch."""

    __tablename__ = "turns"
    __table_args__ = (UniqueConstraint("analysis_id", "index"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    analysis_id: Mapped[int] = mapped_column(ForeignKey("analysis_runs.id", ondelete="CASCADE"))
    index: Mapped[int]
    speaker: Mapped[str] = mapped_column(String(10))
    channel: Mapped[int]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    #: As recognised; corrections lie beside it.
    text: Mapped[str] = mapped_column(Text)
    #: [[word, start_ms, end_ms, probability] …]
    words: Mapped[list[list[Any]]] = mapped_column(JSON)

    analysis: Mapped[AnalysisRun] = relationship(back_populates="turns")


class TippingPoint(db.Model):
    """The moment where the call turns, as flagged by one analysis."""

    __tablename__ = "tipping_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    analysis_id: Mapped[int] = mapped_column(
        ForeignKey("analysis_runs.id", ondelete="CASCADE"), index=True
    )
    turn_index: Mapped[int]
    channel: Mapped[int]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    valence: Mapped[str] = mapped_column(String(10))
    cause: Mapped[str] = mapped_column(String(30), index=True)
    severity: Mapped[int]
    confidence: Mapped[float]
    detector: Mapped[str] = mapped_column(String(40))
    #: The exact words of the moment.
    quote: Mapped[str] = mapped_column(Text, default="")
    #: list of `analysis.model.Evidence` as dictionaries
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    #: {key, values}: words are rendered when shown
    explanation: Mapped[dict[str, Any]] = mapped_column(JSON)
    suggestion: Mapped[dict[str, Any]] = mapped_column(JSON)

    #: The verdict on it, if any. The verdict owns its moment; this link is found again by overlap
    #: whenever a new analysis is published (see `callcoach.calls.judging`).
    verdict_id: Mapped[int | None] = mapped_column(
        ForeignKey("verdicts.id", ondelete="SET NULL"), index=True
    )

    analysis: Mapped[AnalysisRun] = relationship(back_populates="tipping_points")
    verdict: Mapped[Verdict | None] = relationship()


class Verdict(db.Model):
    """A supervisor's confirmation or rejection of a flag.

    Owns its moment and the reasons that were given, so that it stays readable when a later
    analysis no longer raises the flag. Never overwritten: a newer one on the same moment takes its
    place, and undoing gives it back.
    """

    __tablename__ = "verdicts"
    __table_args__ = (Index("ix_verdicts_call", "call_id", "channel", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    decision: Mapped[Decision] = mapped_column(String(10))
    channel: Mapped[int]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    #: As the flag said when it was judged.
    quote: Mapped[str] = mapped_column(Text, default="")
    cause: Mapped[str] = mapped_column(String(30), index=True)
    valence: Mapped[str] = mapped_column(String(10))
    severity: Mapped[int]
    confidence: Mapped[float]
    detector: Mapped[str] = mapped_column(String(40))
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    explanation: Mapped[dict[str, Any]] = mapped_column(JSON)
    suggestion: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Why it was rejected; "" when nobody said, and for a confirmation.
    reason: Mapped[DismissalReason | str] = mapped_column(String(12), default="", server_default="")
    #: How likely such a flag was to be put before a person, above 0 to 1: a verdict on one that is
    #: only shown now and then counts for more (inverse probability weighting).
    display_probability: Mapped[float] = mapped_column(default=1.0, server_default="1")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    #: The verdict that this one took the place of.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("verdicts.id", ondelete="SET NULL"))
    #: When it was undone or replaced; a verdict in force has none.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[User | None] = relationship(foreign_keys=author_id)


class Excerpt(db.Model):
    """A stretch of a recording as its own small mono file: who may hear it hears nothing else.

    Shares the recording's clock: when the audio goes, so does the file.
    """

    __tablename__ = "excerpts"
    __table_args__ = (UniqueConstraint("call_id", "start_ms", "end_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    #: None until a worker has written it, and again once the audio was deleted.
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    file: Mapped[StoredFile | None] = relationship()


class CallTag(db.Model):
    """A word that people put on a call to find it again, such as ``onboarding``."""

    __tablename__ = "call_tags"
    __table_args__ = (UniqueConstraint("call_id", "name"), Index("ix_call_tags_name", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    #: As written first; compared without case.
    name: Mapped[str] = mapped_column(String(40))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class TurnCorrection(db.Model):
    """A person's correction of what was recognised.

    Hangs on channel and time, not on a turn's row, so that it survives a new analysis and a swap
    of channels; the newest one that overlaps a turn is shown. Tokens and times stay.
    """

    __tablename__ = "turn_corrections"
    __table_args__ = (Index("ix_turn_corrections_call", "call_id", "channel", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    channel: Mapped[int]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    #: What the page showed when the correction was made.
    replaced_text: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
