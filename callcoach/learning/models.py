"""Tables of the daily check: calls marked without seeing any flag, and second opinions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.calls.models import AnalysisRun, Call, Decision, TippingPoint, Verdict
from callcoach.extensions import UtcDateTime, db, utc_now


class CheckKind(StrEnum):
    """What a check asks for."""

    #: Mark a whole call without seeing its flags: what the engine misses can be counted.
    BLIND = "blind"
    #: Judge a flag that is held back, or one drawn at random: what is hidden stays measured.
    EXPLORE = "explore"
    #: Judge a moment that a colleague has judged, without seeing how: agreement can be counted.
    SECOND = "second"


class Check(db.Model):
    """One thing drawn for a supervisor's daily check."""

    __tablename__ = "checks"
    __table_args__ = (
        Index("ix_checks_holder", "holder_id", "done_at"),
        UniqueConstraint("kind", "call_id", "holder_id", "point_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[CheckKind] = mapped_column(String(10))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    #: The flag to judge; none for a whole call.
    point_id: Mapped[int | None] = mapped_column(
        ForeignKey("tipping_points.id", ondelete="SET NULL"), index=True
    )
    #: The moment of that flag, which outlives it; none for a whole call.
    channel: Mapped[int | None]
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    detector: Mapped[str] = mapped_column(String(40), default="")
    cause: Mapped[str] = mapped_column(String(30), default="")
    #: How likely this one was to be drawn, above 0 to 1.
    probability: Mapped[float] = mapped_column(default=1.0)
    holder_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Not before; set by "later".
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: How long it takes to hear, milliseconds: the day's five minutes are counted from it.
    length_ms: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What was said of a flag; none for a whole call, or when it was passed over.
    decision: Mapped[Decision | None] = mapped_column(String(10))
    #: The colleague's verdict it is compared with.
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey("verdicts.id", ondelete="SET NULL"))
    #: The analysis that a blindly marked call is compared with.
    analysis_id: Mapped[int | None] = mapped_column(
        ForeignKey("analysis_runs.id", ondelete="SET NULL")
    )

    call: Mapped[Call] = relationship()
    point: Mapped[TippingPoint | None] = relationship()
    holder: Mapped[User | None] = relationship()
    verdict: Mapped[Verdict | None] = relationship()
    analysis: Mapped[AnalysisRun | None] = relationship()
    marks: Mapped[list[BlindMark]] = relationship(
        back_populates="check", cascade="all, delete-orphan", order_by="BlindMark.start_ms"
    )


class BlindMark(db.Model):
    """A turning point that a supervisor marked without seeing the engine's."""

    __tablename__ = "blind_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("checks.id", ondelete="CASCADE"), index=True)
    channel: Mapped[int]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    valence: Mapped[str] = mapped_column(String(10))
    #: Named when the listener knows; "" otherwise.
    cause: Mapped[str] = mapped_column(String(30), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    check: Mapped[Check] = relationship(back_populates="marks")
