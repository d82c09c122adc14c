"""Tables of audits: frame and sample, judgements, what the sponsor says of them, reports."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.analysis.claims import Standing
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.promises.models import PromiseVersion
from callcoach.script_library.models import ScriptVersion
from callcoach.storage.models import StoredFile


class AuditState(StrEnum):
    """How far an audit has come."""

    #: The frame is being chosen; nothing is drawn.
    DRAFT = "draft"
    #: The sample stands; calls are being judged.
    DRAWN = "drawn"
    #: Every sampled call was judged or left out with a reason; figures no longer change.
    CLOSED = "closed"
    #: Given up, with a reason; stays readable.
    ABANDONED = "abandoned"


class SampleState(StrEnum):
    """What became of a drawn call."""

    SAMPLED = "sampled"
    #: Left out with a reason; the next of its stratum takes its place.
    REPLACED = "replaced"
    #: In reserve: drawn, used only when one before it is left out.
    RESERVE = "reserve"


class LeftOut(StrEnum):
    """Why a sampled call may be left out; nothing else counts as a reason."""

    WRONG_KIND = "wrong_kind"
    INAUDIBLE = "inaudible"
    #: The prospect objected to being recorded, or to what is done with it.
    OBJECTION = "objection"
    ERASED = "erased"


class RemarkKind(StrEnum):
    """What is said of a finding."""

    COMMENT = "comment"
    AGREES = "agrees"
    CONTESTS = "contests"


class Audit(db.Model):
    """One audit of one campaign."""

    __tablename__ = "audits"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = mapped_column(String(120))
    state: Mapped[AuditState] = mapped_column(String(10), default=AuditState.DRAFT)
    #: First and last day of the calls, in the campaign's market (Europe/Paris).
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    #: Which calls count beside campaign and period: ``{"outcomes": [...], "team_ids": [...],
    #: "min_s": .., "max_s": .., "by_agent": true}`` (`audits.frames.Frame`).
    frame: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: Half width wanted of the 95 % interval, 0 to 1, and the proportion expected.
    margin: Mapped[float] = mapped_column(default=0.1)
    expected: Mapped[float] = mapped_column(default=0.5)
    #: Calls of the frame when it was drawn, and how many were wanted.
    population: Mapped[int | None]
    size: Mapped[int | None]
    #: Of the generator; with the ids of the frame it gives the same sample again.
    seed: Mapped[int | None]
    #: Ids of the calls of the frame by stratum, as drawn from, and those excluded with their reason:
    #: ``{"strata": {...}, "excluded": [[call_id, reason], ...]}``.
    drawn_from: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    drawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it was given up.
    reason: Mapped[str] = mapped_column(Text, default="")
    row_version: Mapped[int] = mapped_column(default=1)

    campaign: Mapped[Campaign] = relationship()
    calls: Mapped[list[AuditCall]] = relationship(
        back_populates="audit", cascade="all, delete-orphan", order_by="AuditCall.position"
    )


class AuditCall(db.Model):
    """A drawn call, in the order of the draw."""

    __tablename__ = "audit_calls"
    __table_args__ = (
        UniqueConstraint("audit_id", "call_id"),
        UniqueConstraint("audit_id", "position"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_id: Mapped[int] = mapped_column(ForeignKey("audits.id", ondelete="CASCADE"))
    #: None once the call was erased: its judgements stay, its words do not.
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("calls.id", ondelete="SET NULL"), index=True
    )
    #: 0, 1, 2 … over the whole draw; stands for the call before the sponsor.
    position: Mapped[int]
    stratum: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[SampleState] = mapped_column(String(10), default=SampleState.SAMPLED)
    #: As it was drawn, so that figures by week and by version stay when the call is erased: its day
    #: in the campaign's market, and the script it was made with.
    called_on: Mapped[date | None]
    script_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_versions.id", ondelete="SET NULL")
    )
    #: Position of the call whose place it took.
    replaces: Mapped[int | None]
    #: Why it was left out, and in words; who and when are in the access log too.
    left_out: Mapped[LeftOut | None] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: When every promise of it was judged; the machine's proposals show from then on.
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship(back_populates="calls")
    call: Mapped[Call | None] = relationship()
    judgements: Mapped[list[Judgement]] = relationship(
        back_populates="sampled", cascade="all, delete-orphan", order_by="Judgement.id"
    )


class Judgement(db.Model):
    """What a person says of one sampled call and one promise; a finding of the audit."""

    __tablename__ = "audit_judgements"
    __table_args__ = (UniqueConstraint("audit_call_id", "promise_version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audit_call_id: Mapped[int] = mapped_column(ForeignKey("audit_calls.id", ondelete="CASCADE"))
    promise_version_id: Mapped[int] = mapped_column(
        ForeignKey("promise_versions.id", ondelete="CASCADE"), index=True
    )
    standing: Mapped[Standing] = mapped_column(String(16))
    #: Where it was said; none for an omission.
    channel: Mapped[int | None]
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    quote: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    judged_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: What the machine had proposed, copied when it was first shown; never before the judgement.
    machine: Mapped[Standing | None] = mapped_column(String(16))
    machine_confidence: Mapped[float | None]
    #: What its judge holds since the machine's proposal was shown; agreement keeps to `standing`.
    corrected: Mapped[Standing | None] = mapped_column(String(16))
    corrected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: After a joint calibration: what both hold. Figures use it in place of all before.
    settled: Mapped[Standing | None] = mapped_column(String(16))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    row_version: Mapped[int] = mapped_column(default=1)

    sampled: Mapped[AuditCall] = relationship(back_populates="judgements")
    version: Mapped[PromiseVersion] = relationship()
    judged_by: Mapped[User | None] = relationship()
    remarks: Mapped[list[FindingRemark]] = relationship(
        back_populates="judgement", cascade="all, delete-orphan", order_by="FindingRemark.id"
    )
    calibration: Mapped[JointCalibration | None] = relationship(
        back_populates="judgement", cascade="all, delete-orphan", uselist=False
    )

    @property
    def final(self) -> Standing:
        """What the figures use."""
        return Standing(self.settled or self.corrected or self.standing)


class FindingRemark(db.Model):
    """What somebody of the sponsor's, or a supervisor, says of a finding."""

    __tablename__ = "audit_remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    judgement_id: Mapped[int] = mapped_column(
        ForeignKey("audit_judgements.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[RemarkKind] = mapped_column(String(10), default=RemarkKind.COMMENT)
    text: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Taken back by its author; stays in the record.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    judgement: Mapped[Judgement] = relationship(back_populates="remarks")
    author: Mapped[User | None] = relationship()


class JointCalibration(db.Model):
    """A contested finding heard again by both sides, each first for itself."""

    __tablename__ = "audit_calibrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    judgement_id: Mapped[int] = mapped_column(
        ForeignKey("audit_judgements.id", ondelete="CASCADE"), unique=True
    )
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: What each side holds; the other's is shown once both have answered.
    sponsor_standing: Mapped[Standing | None] = mapped_column(String(16))
    sponsor_reason: Mapped[str] = mapped_column(Text, default="")
    sponsor_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    floor_standing: Mapped[Standing | None] = mapped_column(String(16))
    floor_reason: Mapped[str] = mapped_column(Text, default="")
    floor_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: When both agreed, or when it was recorded that they do not.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_agreed: Mapped[bool | None]

    judgement: Mapped[Judgement] = relationship(back_populates="calibration")


class AuditReport(db.Model):
    """A dated report; each holds the hash of the one before, so that a later change is evident."""

    __tablename__ = "audit_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: 1, 2, 3 … over the whole installation: the place in the chain.
    number: Mapped[int] = mapped_column(unique=True)
    #: The audit may be deleted with its campaign; the chain stays whole.
    audit_id: Mapped[int | None] = mapped_column(
        ForeignKey("audits.id", ondelete="SET NULL"), index=True
    )
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    pdf_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id", ondelete="SET NULL"))
    xlsx_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id", ondelete="SET NULL"))
    #: SHA-256, hex: of both files, of the results in canonical JSON, of the entry before, and of all
    #: these together.
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    xlsx_sha256: Mapped[str] = mapped_column(String(64))
    results_sha256: Mapped[str] = mapped_column(String(64))
    previous_sha256: Mapped[str] = mapped_column(String(64))
    entry_sha256: Mapped[str] = mapped_column(String(64), unique=True)

    audit: Mapped[Audit | None] = relationship()
    pdf: Mapped[StoredFile | None] = relationship(foreign_keys=pdf_id)
    xlsx: Mapped[StoredFile | None] = relationship(foreign_keys=xlsx_id)


class AgentAlias(db.Model):
    """How a sponsor knows an agent: by a number that is theirs alone and never changes."""

    __tablename__ = "agent_aliases"
    __table_args__ = (UniqueConstraint("sponsor_id", "number"),)

    sponsor_id: Mapped[int] = mapped_column(
        ForeignKey("sponsors.id", ondelete="CASCADE"), primary_key=True
    )
    agent_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    #: Drawn by lot, so that it says nothing of who came first.
    number: Mapped[int]


class WordingDraw(db.Model):
    """The first calls that use a wording the sponsor approved, drawn by lot for them to hear."""

    __tablename__ = "wording_draws"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), index=True
    )
    #: One of both: what was approved.
    script_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_versions.id", ondelete="CASCADE"), unique=True
    )
    promise_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("promise_versions.id", ondelete="CASCADE"), unique=True
    )
    seed: Mapped[int]
    #: How many calls are wanted, and out of how many that use it they were drawn.
    size: Mapped[int] = mapped_column(default=5)
    population: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship()
    script_version: Mapped[ScriptVersion | None] = relationship()
    promise_version: Mapped[PromiseVersion | None] = relationship()
    calls: Mapped[list[WordingCall]] = relationship(
        back_populates="draw", cascade="all, delete-orphan", order_by="WordingCall.id"
    )


class WordingCall(db.Model):
    """A drawn call and where the wording is said in it."""

    __tablename__ = "wording_calls"
    __table_args__ = (UniqueConstraint("draw_id", "call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("wording_draws.id", ondelete="CASCADE"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int]

    draw: Mapped[WordingDraw] = relationship(back_populates="calls")
    call: Mapped[Call] = relationship()
