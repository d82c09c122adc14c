"""Tables of how calls use the script, examples pinned to its lines, requests and briefings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.analysis import adherence
from callcoach.calls.models import Call, Verdict
from callcoach.coaching.models import Note
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.script_library.models import Script, ScriptLine, ScriptVersion

#: What became of a line in a call.
Said = adherence.Said


class CallFit(db.Model):
    """One call aligned with the version that was in force when it took place."""

    __tablename__ = "call_fits"

    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    version_id: Mapped[int] = mapped_column(
        ForeignKey("script_versions.id", ondelete="CASCADE"), index=True
    )
    #: What it was computed from; another one makes it out of date.
    analysis_id: Mapped[int | None] = mapped_column(
        ForeignKey("analysis_runs.id", ondelete="SET NULL")
    )
    #: Version of `callcoach.analysis.adherence`.
    engine: Mapped[int]
    #: Whether the words of the call follow an older version although the agent had confirmed the
    #: briefing of the one in force.
    is_outdated: Mapped[bool] = mapped_column(default=False)
    #: Why nothing could be said, a message id; "" otherwise.
    reason: Mapped[str] = mapped_column(String(120), default="")
    fitted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    call: Mapped[Call] = relationship()
    version: Mapped[ScriptVersion] = relationship()
    uses: Mapped[list[LineUse]] = relationship(
        back_populates="fit",
        cascade="all, delete-orphan",
        primaryjoin="CallFit.call_id == foreign(LineUse.call_id)",
    )


class LineUse(db.Model):
    """What became of one line in one call; a row for each line of the version."""

    __tablename__ = "line_uses"
    __table_args__ = (UniqueConstraint("call_id", "line_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call_fits.call_id", ondelete="CASCADE"))
    line_id: Mapped[int] = mapped_column(
        ForeignKey("script_lines.id", ondelete="CASCADE"), index=True
    )
    said: Mapped[Said] = mapped_column(String(10))
    #: Where, milliseconds from the start of the recording, half-open; None when it was not said.
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    #: The words as recognised.
    words: Mapped[str] = mapped_column(Text, default="")
    #: Share of the line's words found in order, 0 to 1.
    share: Mapped[float] = mapped_column(default=0.0)
    #: Nearness in meaning, 0 to 1; None where no sentence model was at hand.
    nearness: Mapped[float | None]
    #: Read out word for word past what the prospect had just said: a weakness.
    is_recited: Mapped[bool] = mapped_column(default=False)
    #: Said in own words that take up what the prospect had said: a strength.
    is_apt: Mapped[bool] = mapped_column(default=False)

    fit: Mapped[CallFit] = relationship(
        back_populates="uses", primaryjoin="foreign(LineUse.call_id) == CallFit.call_id"
    )
    line: Mapped[ScriptLine] = relationship()


class PinnedExample(db.Model):
    """A moment of a real call that shows how a line is said, or how it is not."""

    __tablename__ = "pinned_examples"

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(
        ForeignKey("script_lines.id", ondelete="CASCADE"), index=True
    )
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    #: "Like this", or "not like this".
    is_good: Mapped[bool]
    #: What was said, as recognised when it was pinned.
    quote: Mapped[str] = mapped_column(Text, default="")
    #: Why it is an example.
    caption: Mapped[str] = mapped_column(Text, default="")
    pinned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    line: Mapped[ScriptLine] = relationship()
    call: Mapped[Call] = relationship()


class RequestState(StrEnum):
    """What became of a request to change the script."""

    OPEN = "open"
    #: Its wording is in a draft or a published version.
    MERGED = "merged"
    DECLINED = "declined"


class ChangeRequest(db.Model):
    """A wish to change the script, with what speaks for it."""

    __tablename__ = "change_requests"
    __table_args__ = (Index("ix_change_requests_script", "script_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    script_id: Mapped[int] = mapped_column(ForeignKey("scripts.id", ondelete="CASCADE"))
    #: The line to change; None asks for a new one in `section_kind`.
    line_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_lines.id", ondelete="SET NULL"), index=True
    )
    #: `document.SectionKind` of a new line, or "".
    section_kind: Mapped[str] = mapped_column(String(15), default="")
    #: Persona whose variant it is; "" for the common words.
    persona: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(200))
    #: Words of the line when it was asked for; what a merge compares with.
    current_text: Mapped[str] = mapped_column(Text, default="")
    proposed_text: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[RequestState] = mapped_column(String(10), default=RequestState.OPEN)
    #: Why it was declined.
    answer: Mapped[str] = mapped_column(Text, default="")
    #: What prospects say more and more that it answers, as `floor.Evidence` keeps it; {} of none.
    finding: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_versions.id", ondelete="SET NULL"), index=True
    )
    #: When the agents whose moments spoke for it were told that it came into force.
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    row_version: Mapped[int] = mapped_column(default=1)

    script: Mapped[Script] = relationship()
    line: Mapped[ScriptLine | None] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    merged_version: Mapped[ScriptVersion | None] = relationship()
    evidence: Mapped[list[RequestEvidence]] = relationship(
        back_populates="request", cascade="all, delete-orphan", order_by="RequestEvidence.id"
    )


class RequestEvidence(db.Model):
    """A note or a confirmed flag that speaks for a request; leaves with its call."""

    __tablename__ = "request_evidence"
    __table_args__ = (
        UniqueConstraint("request_id", "note_id"),
        UniqueConstraint("request_id", "verdict_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("change_requests.id", ondelete="CASCADE"))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"))
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey("verdicts.id", ondelete="CASCADE"))

    request: Mapped[ChangeRequest] = relationship(back_populates="evidence")
    note: Mapped[Note | None] = relationship()
    verdict: Mapped[Verdict | None] = relationship()


class BriefingReading(db.Model):
    """That somebody has read what a version changes."""

    __tablename__ = "briefing_readings"
    __table_args__ = (UniqueConstraint("version_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("script_versions.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    version: Mapped[ScriptVersion] = relationship()
    user: Mapped[User] = relationship()
