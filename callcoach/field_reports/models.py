"""Tables of what a supervisor keeps of a week, the names of competitors, and letters sent."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.campaigns.models import Campaign
from callcoach.extensions import UtcDateTime, db, utc_now


class Signal(StrEnum):
    """What kind of thing prospects say."""

    COMPETITOR = "competitor"
    OBJECTION = "objection"
    PRIORITY = "priority"
    #: "On m'a déjà appelé."
    ALREADY_CALLED = "already_called"


class Use(StrEnum):
    """What a kept finding is for."""

    DEBRIEF = "debrief"
    REQUEST = "request"
    LETTER = "letter"


class Watched(db.Model):
    """A name or subject that a campaign listens for, with the ways in which it is said."""

    __tablename__ = "watched_terms"
    __table_args__ = (UniqueConstraint("campaign_id", "signal", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    signal: Mapped[Signal] = mapped_column(String(15))
    label: Mapped[str] = mapped_column(String(80))
    #: Further ways of saying it, and how it is misheard.
    spellings: Mapped[list[str]] = mapped_column(JSON, default=list)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship()


class KeptFinding(db.Model):
    """Something of a week that a supervisor keeps, for a use."""

    __tablename__ = "kept_findings"
    __table_args__ = (
        UniqueConstraint("campaign_id", "week", "signal", "label", "used_for"),
        Index("ix_kept_findings_week", "campaign_id", "week"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    #: Monday of the week.
    week: Mapped[date]
    signal: Mapped[Signal] = mapped_column(String(15))
    label: Mapped[str] = mapped_column(String(80))
    used_for: Mapped[Use] = mapped_column(String(10))
    #: Calls that said it that week and in the four before, and all calls of each, when it was kept.
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    remark: Mapped[str] = mapped_column(Text, default="")
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Talked over at a debrief, where it is kept for one.
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    kept_by: Mapped[User | None] = relationship()


class DebriefedPair(db.Model):
    """A pair that an agent offered and a debrief is done with; offered anew later, it is open again."""

    __tablename__ = "debriefed_pairs"

    pair_id: Mapped[int] = mapped_column(
        ForeignKey("before_after.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    done_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class SponsorLetter(db.Model):
    """One page to the sponsor about a week; once sent it does not change."""

    __tablename__ = "sponsor_letters"
    __table_args__ = (UniqueConstraint("campaign_id", "week"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    week: Mapped[date]
    #: Paragraphs and quotes, names and numbers struck out; quotes were released one by one.
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    row_version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))

    campaign: Mapped[Campaign] = relationship()
