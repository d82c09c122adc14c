"""Tables of effects: what is looked for in a team's later calls, and in which calls it was heard."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import Team
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.progress.models import Heard, SignKind


class Effect(db.Model):
    """What is looked for in a team's later calls, to see whether something decided or learnt is heard.

    As a recheck does for one note of one agent (`progress.models.Recheck`), for a team: calls are
    drawn by lot, and no figure is kept for each agent.
    """

    __tablename__ = "debrief_effects"
    __table_args__ = (Index("ix_debrief_effects_team", "team_id", "closed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    #: Only this campaign's calls; None for all that the team makes.
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    sign: Mapped[SignKind] = mapped_column(String(12))
    #: The cause, the expression, or the name of the figure.
    subject: Mapped[str] = mapped_column(String(120), default="")
    #: For a figure: it shows above (or below) this, in the figure's unit.
    bound: Mapped[float | None]
    is_upper: Mapped[bool] = mapped_column(default=True)
    #: Whether finding the sign is what was wanted (a wording to hear), not what was to end.
    is_wanted: Mapped[bool] = mapped_column(default=False)
    #: Later calls count from here.
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    team: Mapped[Team] = relationship()
    campaign: Mapped[Campaign | None] = relationship()
    listens: Mapped[list[EffectListen]] = relationship(
        back_populates="effect", cascade="all, delete-orphan", order_by="EffectListen.id"
    )


class EffectListen(db.Model):
    """A drawn call of an effect: whether the sign shows there, and what a person heard."""

    __tablename__ = "debrief_effect_listens"
    __table_args__ = (UniqueConstraint("effect_id", "call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    effect_id: Mapped[int] = mapped_column(ForeignKey("debrief_effects.id", ondelete="CASCADE"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    #: Before the decision or after it.
    is_before: Mapped[bool] = mapped_column(default=False)
    is_detected: Mapped[bool | None]
    #: The figure's value, in its unit.
    value: Mapped[float | None]
    #: Where to listen; none for the whole call.
    channel: Mapped[int | None]
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    #: ``came_back``: the sign is there; ``held``: it is not; wanted or not.
    heard: Mapped[Heard | None] = mapped_column(String(16))
    heard_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    effect: Mapped[Effect] = relationship(back_populates="listens")
    call: Mapped[Call] = relationship()
