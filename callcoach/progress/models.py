"""Tables of rechecks, coaching periods, before/after pairs and objectives.

No figure here is about a person for others to compare: a recheck belongs to a note, an objective to
the two who agreed on it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.coaching.models import Note
from callcoach.extensions import UtcDateTime, db, utc_now


class SignKind(StrEnum):
    """What would show that what a note is about came back."""

    CAUSE = "cause"
    EXPRESSION = "expression"
    FIGURE = "figure"
    #: Nothing that can be counted: later moments wait for a person's ears.
    EARS = "ears"


class RecheckState(StrEnum):
    """What became of a note."""

    RUNNING = "running"
    HELD = "held"
    CAME_BACK = "came_back"
    #: Ended without an answer, by a person or because nobody could listen in time.
    ENDED = "ended"


class Heard(StrEnum):
    """What a person heard at a later moment."""

    CAME_BACK = "came_back"
    HELD = "held"
    #: The situation did not arise.
    NOT_APPLICABLE = "not_applicable"


class Recheck(db.Model):
    """The follow-up of one "change" note on the agent's later calls."""

    __tablename__ = "rechecks"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), unique=True)
    agent_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    sign: Mapped[SignKind] = mapped_column(String(12))
    #: The cause, the expression, or the name of the figure.
    subject: Mapped[str] = mapped_column(String(120), default="")
    #: For a figure: it came back above (or below) this, in the figure's unit.
    bound: Mapped[float | None]
    is_upper: Mapped[bool] = mapped_column(default=True)
    state: Mapped[RecheckState] = mapped_column(String(10), default=RecheckState.RUNNING)
    #: Later calls count from here.
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: Times it was opened again after it had held.
    reopened: Mapped[int] = mapped_column(default=0)

    note: Mapped[Note] = relationship()
    agent: Mapped[User | None] = relationship(foreign_keys=agent_id)
    campaign: Mapped[Campaign] = relationship()
    listens: Mapped[list[RecheckListen]] = relationship(
        back_populates="recheck", cascade="all, delete-orphan", order_by="RecheckListen.id"
    )


class RecheckListen(db.Model):
    """A later call of a recheck: whether the sign shows there, and what a person heard."""

    __tablename__ = "recheck_listens"
    __table_args__ = (
        UniqueConstraint("recheck_id", "call_id"),
        Index("ix_recheck_listens_open", "recheck_id", "heard_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recheck_id: Mapped[int] = mapped_column(ForeignKey("rechecks.id", ondelete="CASCADE"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    #: Before the note or after it.
    is_before: Mapped[bool] = mapped_column(default=False)
    #: Drawn by lot; otherwise a person picked it, which stands apart in every figure.
    is_drawn: Mapped[bool] = mapped_column(default=True)
    #: Whether the sign was detected; none when it cannot be counted.
    is_detected: Mapped[bool | None]
    #: The figure's value, in its unit.
    value: Mapped[float | None]
    #: Where to listen; none for the whole call.
    channel: Mapped[int | None]
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    heard: Mapped[Heard | None] = mapped_column(String(16))
    heard_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    recheck: Mapped[Recheck] = relationship(back_populates="listens")
    call: Mapped[Call] = relationship()


class CoachingPeriod(db.Model):
    """An announced time in which more of an agent's calls are recorded, told beforehand."""

    __tablename__ = "coaching_periods"

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    #: Calls a day, at most.
    daily_quota: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: When the agent had it before them; it does not begin before.
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    agent: Mapped[User] = relationship(foreign_keys=agent_id)
    campaign: Mapped[Campaign] = relationship()


class BeforeAfter(db.Model):
    """The original moment and the agent's first confirmed later success."""

    __tablename__ = "before_after"
    __table_args__ = (UniqueConstraint("recheck_id", "after_call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recheck_id: Mapped[int] = mapped_column(ForeignKey("rechecks.id", ondelete="CASCADE"))
    after_call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    after_channel: Mapped[int]
    after_start_ms: Mapped[int]
    after_end_ms: Mapped[int]
    after_quote: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The agent keeps it, and offers it to the debrief; both can be taken back.
    kept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    recheck: Mapped[Recheck] = relationship()
    after_call: Mapped[Call] = relationship()


class SharingConsent(db.Model):
    """An agent's yes to playing a moment of theirs to colleagues; withdrawn, it ends."""

    __tablename__ = "sharing_consents"
    __table_args__ = (Index("ix_sharing_consents_agent", "agent_id", "call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Ends with the person's place in the team.
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    agent: Mapped[User] = relationship(foreign_keys=agent_id)
    call: Mapped[Call] = relationship()


class Objective(db.Model):
    """What an agent and a supervisor agreed on: a behaviour or an activity, a bound, a period."""

    __tablename__ = "objectives"
    __table_args__ = (Index("ix_objectives_agent", "agent_id", "ends_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: In the words of the two.
    text: Mapped[str] = mapped_column(String(300))
    #: ``cause``, ``figure``, ``drills`` or ``calls``: what is counted; "" for words alone.
    measure: Mapped[str] = mapped_column(String(10), default="")
    subject: Mapped[str] = mapped_column(String(60), default="")
    bound: Mapped[float | None]
    #: At most the bound, or at least.
    is_upper: Mapped[bool] = mapped_column(default=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    #: The note or recheck that suggested it.
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    row_version: Mapped[int] = mapped_column(default=1)
    #: Both agreed; until then it is a proposal.
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What the agent would rather have.
    counter_text: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: ``reached``, ``adjusted`` or ``dropped``, with words for it.
    closing: Mapped[str] = mapped_column(String(10), default="")
    closing_text: Mapped[str] = mapped_column(Text, default="")

    agent: Mapped[User] = relationship(foreign_keys=agent_id)
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    campaign: Mapped[Campaign] = relationship()
