"""Tables of trials: their arms, the plan of agent-days, what was counted, and each look taken."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.script_library.models import ScriptLine, ScriptVersion


class TrialState(StrEnum):
    """How far a trial has come."""

    PLANNED = "planned"
    RUNNING = "running"
    #: Ended by a person or by its rule, the conclusion not written yet.
    STOPPED = "stopped"
    CONCLUDED = "concluded"


class Measure(StrEnum):
    """What counts as success, of a conversation with the person looked for."""

    MEETING = "meeting"
    #: A meeting, a call back agreed, or documents asked for.
    NEXT_STEP = "next_step"
    #: The prospect still talks after 60 s.
    STAYS = "stays"


class Assigning(StrEnum):
    """How agent-days are given their variant."""

    #: Drawn for each agent and day, with a logged seed.
    DRAWN = "drawn"
    #: In turn, so that each agent has each variant equally often.
    ROTATION = "rotation"


class Trial(db.Model):
    """Two or more ways of saying a line, compared by what comes of the calls."""

    __tablename__ = "trials"
    __table_args__ = (Index("ix_trials_line", "line_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("script_lines.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(160))
    state: Mapped[TrialState] = mapped_column(String(10), default=TrialState.PLANNED)
    measure: Mapped[Measure] = mapped_column(String(10), default=Measure.NEXT_STEP)
    assigning: Mapped[Assigning] = mapped_column(String(10), default=Assigning.ROTATION)
    #: Share of successes supposed of the control, and the least difference worth finding, 0 to 1.
    baseline: Mapped[float]
    least_difference: Mapped[float]
    #: False alarms accepted, and true differences found, 0 to 1.
    alpha: Mapped[float] = mapped_column(default=0.05)
    power: Mapped[float] = mapped_column(default=0.8)
    #: Agent-days of each arm that it takes, as computed before it started.
    needed_days: Mapped[int]
    seed: Mapped[int]
    team_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    #: What was learnt, in a person's words; and the figures at that moment.
    conclusion: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: The version whose history holds the conclusion.
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_versions.id", ondelete="SET NULL")
    )
    row_version: Mapped[int] = mapped_column(default=1)

    line: Mapped[ScriptLine] = relationship()
    version: Mapped[ScriptVersion | None] = relationship()
    author: Mapped[User | None] = relationship()
    arms: Mapped[list[TrialArm]] = relationship(
        back_populates="trial", cascade="all, delete-orphan", order_by="TrialArm.place"
    )


class TrialArm(db.Model):
    """One way of saying the line; place 0 is the control, the words in force."""

    __tablename__ = "trial_arms"
    __table_args__ = (UniqueConstraint("trial_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"))
    place: Mapped[int]
    text: Mapped[str] = mapped_column(Text)

    trial: Mapped[Trial] = relationship(back_populates="arms")


class TrialDay(db.Model):
    """Which way an agent says it on one day."""

    __tablename__ = "trial_days"
    __table_args__ = (UniqueConstraint("trial_id", "agent_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: In the time zone of the agent's team.
    day: Mapped[date]
    arm_id: Mapped[int] = mapped_column(ForeignKey("trial_arms.id", ondelete="CASCADE"))

    arm: Mapped[TrialArm] = relationship()


class TrialCall(db.Model):
    """A call counted in a trial: what was really said in it, and what came of it."""

    __tablename__ = "trial_calls"
    __table_args__ = (UniqueConstraint("trial_id", "call_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("trial_days.id", ondelete="CASCADE"), index=True)
    #: The way that was heard; None when it was none of them, or the line was not said.
    said_arm_id: Mapped[int | None] = mapped_column(
        ForeignKey("trial_arms.id", ondelete="SET NULL")
    )
    has_succeeded: Mapped[bool]
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    call: Mapped[Call] = relationship()
    day: Mapped[TrialDay] = relationship()
    said_arm: Mapped[TrialArm | None] = relationship()


class TrialLook(db.Model):
    """The figures as they stood when the rule was applied; one a day at most."""

    __tablename__ = "trial_looks"
    __table_args__ = (UniqueConstraint("trial_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[int] = mapped_column(ForeignKey("trials.id", ondelete="CASCADE"))
    day: Mapped[date]
    #: Of each arm: agent-days, calls, successes, share, bounds; and the rule's value and advice.
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
