"""Tables of a team's life: its standards and its objectives. Nothing here is about one person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import Team, User
from callcoach.campaigns.models import Campaign
from callcoach.debriefs.models import Decision
from callcoach.extensions import UtcDateTime, db, utc_now


class TeamStandard(db.Model):
    """How this team works: a sentence in force from one day until it is retired."""

    __tablename__ = "team_standards"
    __table_args__ = (Index("ix_team_standards_team", "team_id", "retired_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(300))
    #: Why, or an example of it.
    detail: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    #: The decision it comes from.
    decision_id: Mapped[int | None] = mapped_column(
        ForeignKey("debrief_decisions.id", ondelete="SET NULL")
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    row_version: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    team: Mapped[Team] = relationship()
    decision: Mapped[Decision | None] = relationship()
    author: Mapped[User | None] = relationship()


class TeamObjective(db.Model):
    """What a team aims at for a time, together."""

    __tablename__ = "team_objectives"
    __table_args__ = (Index("ix_team_objectives_team", "team_id", "closed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    #: Only calls of this campaign count; None for all.
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(300))
    #: As `progress.models.Objective.measure`: ``cause``, ``figure``, ``drills`` or ``calls``.
    measure: Mapped[str] = mapped_column(String(10), default="")
    subject: Mapped[str] = mapped_column(String(60), default="")
    bound: Mapped[float | None]
    is_upper: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    row_version: Mapped[int] = mapped_column(default=1)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: ``reached``, ``adjusted`` or ``dropped``, with words for it.
    closing: Mapped[str] = mapped_column(String(10), default="")
    closing_text: Mapped[str] = mapped_column(Text, default="")

    team: Mapped[Team] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    author: Mapped[User | None] = relationship()
