"""Tables of lessons: what was learnt, and how far each team has come with it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import Team, User
from callcoach.campaigns.models import Campaign
from callcoach.debriefs.effect_models import Effect
from callcoach.debriefs.models import AgendaItem
from callcoach.drills.models import Drill
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.progress.models import SignKind


class LessonState(StrEnum):
    """How far a lesson has come with a team."""

    #: Offered by another team's supervisor.
    PROPOSED = "proposed"
    #: The team's own, or taken over.
    TAKEN = "taken"
    DECLINED = "declined"


class Lesson(db.Model):
    """What a team learnt, in words that another team can use; it names no agent and no call."""

    __tablename__ = "lessons"
    __table_args__ = (Index("ix_lessons_campaign", "campaign_id", "archived_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(120))
    #: What was learnt, and what to say or do.
    text: Mapped[str] = mapped_column(Text, default="")
    #: What would show in a call that it is applied: an expression to hear, a cause that ends, a
    #: figure within a bound; ``ears`` when a person has to tell.
    sign: Mapped[SignKind] = mapped_column(String(12), default=SignKind.EARS)
    subject: Mapped[str] = mapped_column(String(120), default="")
    bound: Mapped[float | None]
    is_upper: Mapped[bool] = mapped_column(default=True)
    is_wanted: Mapped[bool] = mapped_column(default=True)
    #: To practise it.
    drill_id: Mapped[int | None] = mapped_column(ForeignKey("drills.id", ondelete="SET NULL"))
    #: The item of a debrief from which it was learnt.
    item_id: Mapped[int | None] = mapped_column(ForeignKey("debrief_items.id", ondelete="SET NULL"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    row_version: Mapped[int] = mapped_column(default=1)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship()
    drill: Mapped[Drill | None] = relationship()
    item: Mapped[AgendaItem | None] = relationship()
    author: Mapped[User | None] = relationship()
    teams: Mapped[list[LessonTeam]] = relationship(
        back_populates="lesson", cascade="all, delete-orphan"
    )


class LessonTeam(db.Model):
    """A lesson with one team: proposed or taken, briefed, practised, heard since."""

    __tablename__ = "lesson_teams"

    lesson_id: Mapped[int] = mapped_column(
        ForeignKey("lessons.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    state: Mapped[LessonState] = mapped_column(String(10), default=LessonState.PROPOSED)
    #: Where it was learnt first.
    is_origin: Mapped[bool] = mapped_column(default=False)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The item with which it was, or will be, briefed; briefed once that item was before the team.
    item_id: Mapped[int | None] = mapped_column(ForeignKey("debrief_items.id", ondelete="SET NULL"))
    briefed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What is heard of it since, in drawn calls of the team; begins when it is briefed.
    effect_id: Mapped[int | None] = mapped_column(
        ForeignKey("debrief_effects.id", ondelete="SET NULL")
    )

    lesson: Mapped[Lesson] = relationship(back_populates="teams")
    team: Mapped[Team] = relationship()
    item: Mapped[AgendaItem | None] = relationship()
    effect: Mapped[Effect | None] = relationship()
