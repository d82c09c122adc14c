"""Tables of drills, their steps, who is to do them, and every try.

A drill is made from real moments: each step owns its stretch of a call and the words said there, so
that it can be read when the audio has gone.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.coaching.models import Note
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.storage.models import StoredFile


class DrillKind(StrEnum):
    """What is practised."""

    #: The prospect's line is played; the agent answers, as often as wanted, and sends one answer.
    REFORMULATE = "reformulate"
    #: Recording starts right after the prospect's line; silence is an answer.
    REAL_TIME = "real_time"
    #: Listen, and tap where the prospect hesitates or turns.
    EAR = "ear"
    #: Three to six lines of one call, one after the other.
    CHAINED = "chained"


class AttemptState(StrEnum):
    """How far a try has come."""

    #: The agent's alone; deleted unheard when it is not sent.
    TAKE = "take"
    SUBMITTED = "submitted"
    MARKED = "marked"


class Mark(StrEnum):
    """What a supervisor says of a try."""

    GOT_IT = "got_it"
    ALMOST = "almost"
    AGAIN = "again"


class Drill(db.Model):
    """An exercise."""

    __tablename__ = "drills"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[DrillKind] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(120))
    #: When it helps: ``opening``, ``has_provider``, ``silence`` … one of `situations.SITUATIONS`.
    situation: Mapped[str] = mapped_column(String(30), default="", index=True)
    #: What to try, in the supervisor's words.
    instructions: Mapped[str] = mapped_column(Text, default="")
    #: The note it was made from.
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id", ondelete="SET NULL"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Raised by each change, so that two people who edit at once notice.
    row_version: Mapped[int] = mapped_column(default=1)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship()
    note: Mapped[Note | None] = relationship()
    author: Mapped[User | None] = relationship()
    steps: Mapped[list[DrillStep]] = relationship(
        back_populates="drill", cascade="all, delete-orphan", order_by="DrillStep.position"
    )

    @property
    def calls(self) -> list[Call]:
        """The calls that it quotes, as long as they are there."""
        return [step.call for step in self.steps if step.call is not None]


class DrillStep(db.Model):
    """One prospect's line to answer, or one passage to listen to."""

    __tablename__ = "drill_steps"
    __table_args__ = (UniqueConstraint("drill_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    drill_id: Mapped[int] = mapped_column(ForeignKey("drills.id", ondelete="CASCADE"))
    position: Mapped[int]
    #: The call it comes from; the words stay when the call goes.
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("calls.id", ondelete="SET NULL"), index=True
    )
    #: What is played: the prospect's line with what led to it, milliseconds, half-open.
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    #: What the prospect says there.
    prospect_text: Mapped[str] = mapped_column(Text, default="")
    #: What the agent of that call answered, and where.
    original_text: Mapped[str] = mapped_column(Text, default="")
    original_start_ms: Mapped[int | None]
    original_end_ms: Mapped[int | None]
    #: What the supervisor would say, to come close to.
    example_text: Mapped[str] = mapped_column(Text, default="")
    example_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_files.id", ondelete="SET NULL")
    )
    #: Where the supervisor hears the turn, for a drill of the ear.
    mark_ms: Mapped[int | None]
    #: The line of the script that fits here, and its words when the drill was made; none and "" where
    #: the script has none.
    script_line_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_lines.id", ondelete="SET NULL"), index=True
    )
    approved_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: Of what the agent of that call answered, as `Answer.measures`; empty without an answer.
    original_measures: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )
    #: Whether the person heard is the very agent, or said yes: otherwise only text is shown.
    is_audible: Mapped[bool] = mapped_column(default=True)

    drill: Mapped[Drill] = relationship(back_populates="steps")
    call: Mapped[Call | None] = relationship()
    example_file: Mapped[StoredFile | None] = relationship()


class DrillSet(db.Model):
    """Drills gathered for a situation, or the path of a new agent."""

    __tablename__ = "drill_sets"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    #: A path for new agents: listen, reformulate, then a real call is reviewed.
    is_immersion: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship()
    author: Mapped[User | None] = relationship()
    items: Mapped[list[DrillSetItem]] = relationship(
        back_populates="drill_set", cascade="all, delete-orphan", order_by="DrillSetItem.position"
    )


class DrillSetItem(db.Model):
    """A drill in a set; on an immersion path also a call to listen to, or a call to be reviewed."""

    __tablename__ = "drill_set_items"
    __table_args__ = (UniqueConstraint("set_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("drill_sets.id", ondelete="CASCADE"))
    position: Mapped[int]
    drill_id: Mapped[int | None] = mapped_column(ForeignKey("drills.id", ondelete="CASCADE"))
    #: ``drill``, ``listen`` (to `call_id`) or ``review`` (the agent's next real call).
    kind: Mapped[str] = mapped_column(String(10), default="drill")
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))

    drill_set: Mapped[DrillSet] = relationship(back_populates="items")
    drill: Mapped[Drill | None] = relationship()
    call: Mapped[Call | None] = relationship()

    @property
    def calls(self) -> list[Call]:
        """The calls whose words it shows, as long as they are there."""
        own = [self.call] if self.call is not None else []
        return own + (self.drill.calls if self.drill is not None else [])


class Assignment(db.Model):
    """A drill, or a step of a path, that an agent is to do."""

    __tablename__ = "drill_assignments"
    __table_args__ = (Index("ix_drill_assignments_agent", "agent_id", "done_at", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    drill_id: Mapped[int | None] = mapped_column(ForeignKey("drills.id", ondelete="CASCADE"))
    item_id: Mapped[int | None] = mapped_column(
        ForeignKey("drill_set_items.id", ondelete="CASCADE")
    )
    #: Given by nobody: the agent took it up from a note.
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    due_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: When a try was sent, a passage listened to the end, or a real call reviewed.
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    agent: Mapped[User] = relationship(foreign_keys=agent_id)
    assigned_by: Mapped[User | None] = relationship(foreign_keys=assigned_by_id)
    drill: Mapped[Drill | None] = relationship()
    item: Mapped[DrillSetItem | None] = relationship()
    attempts: Mapped[list[Attempt]] = relationship(
        back_populates="assignment", cascade="all, delete-orphan", order_by="Attempt.id"
    )


class Attempt(db.Model):
    """One try at a drill, with one answer a step."""

    __tablename__ = "drill_attempts"
    __table_args__ = (Index("ix_drill_attempts_assignment", "assignment_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(
        ForeignKey("drill_assignments.id", ondelete="CASCADE")
    )
    state: Mapped[AttemptState] = mapped_column(String(10), default=AttemptState.TAKE)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mark: Mapped[Mark | None] = mapped_column(String(10))
    #: What the supervisor answers.
    remark: Mapped[str] = mapped_column(Text, default="")
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    marked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When the agent had the answer before them.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assignment: Mapped[Assignment] = relationship(back_populates="attempts")
    marked_by: Mapped[User | None] = relationship()
    answers: Mapped[list[Answer]] = relationship(
        back_populates="attempt", cascade="all, delete-orphan", order_by="Answer.id"
    )


class Answer(db.Model):
    """What was said, typed or tapped at one step of a try."""

    __tablename__ = "drill_answers"
    __table_args__ = (UniqueConstraint("attempt_id", "step_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("drill_attempts.id", ondelete="CASCADE"))
    step_id: Mapped[int] = mapped_column(ForeignKey("drill_steps.id", ondelete="CASCADE"))
    #: As spoken; none when typed or tapped.
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id", ondelete="SET NULL"))
    duration_ms: Mapped[int] = mapped_column(default=0)
    #: Typed, or as recognised.
    text: Mapped[str] = mapped_column(Text, default="")
    is_typed: Mapped[bool] = mapped_column(default=False)
    #: How long the agent stayed silent after the prospect's line.
    silence_ms: Mapped[int | None]
    #: Where an ear was tapped, milliseconds of the call.
    taps: Mapped[list[int]] = mapped_column(JSON, default=list)
    #: name -> {value, unit, reason}, as `AnalysisRun.figures`; empty until measured.
    measures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: ``waiting`` for recognition, ``done``, or ``failed`` with a message id in `failure`.
    state: Mapped[str] = mapped_column(String(10), default="done")
    failure: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    attempt: Mapped[Attempt] = relationship(back_populates="answers")
    step: Mapped[DrillStep] = relationship()
    file: Mapped[StoredFile | None] = relationship()
