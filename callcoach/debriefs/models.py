"""Tables of debriefs: series, sessions, agenda, what happens live, and decisions.

An item owns what it shows: the stretch of a call, and what is said there as pseudonymised text, so
that it lives on when the audio has gone.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import Team, User
from callcoach.calls.models import Call
from callcoach.coaching.models import Note
from callcoach.debriefs.effect_models import Effect
from callcoach.drills.models import Drill
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.field_reports.models import KeptFinding
from callcoach.progress.models import BeforeAfter, Objective, Recheck
from callcoach.script_fit.models import ChangeRequest
from callcoach.script_library.models import ScriptLine, ScriptVersion
from callcoach.storage.models import StoredFile


class DebriefState(StrEnum):
    """How far a debrief has come."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    #: Did not take place, with a reason.
    SKIPPED = "skipped"
    #: Planned by mistake: nobody finds it any more, and it is forgotten after a day.
    DELETED = "deleted"


class ItemKind(StrEnum):
    """What an item of the agenda is about."""

    #: A moment of a call, heard or read.
    MOMENT = "moment"
    #: A cause, a line of the script, or an objection.
    THEME = "theme"
    #: Progress to celebrate: a before and after, or a note that holds.
    PROGRESS = "progress"
    #: An agent's objective, or one for the team, in words.
    OBJECTIVE = "objective"
    #: A version of the script to brief.
    SCRIPT = "script"
    #: A drill that all do together.
    DRILL = "drill"


class Phase(StrEnum):
    """Where the presenter is within an item."""

    #: Up to where one stops and asks; what comes next is hidden.
    SHOWN = "shown"
    #: "What would you say here?": answers come in.
    ASKING = "asking"
    #: What happened, the answers, and the reformulation.
    REVEALED = "revealed"


class Presence(StrEnum):
    """How somebody took part. It serves catching up, and nothing else."""

    PRESENT = "present"
    REMOTE = "remote"
    ABSENT = "absent"


class DecisionState(StrEnum):
    """What became of a decision."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class DebriefSeries(db.Model):
    """A ritual: a debrief every so many weeks, on the same day at the same hour."""

    __tablename__ = "debrief_series"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    #: 0 is Monday.
    weekday: Mapped[int]
    #: Minutes after local midnight, 0 to 1439.
    starts_at_minute: Mapped[int]
    minutes: Mapped[int] = mapped_column(default=30)
    every_weeks: Mapped[int] = mapped_column(default=1)
    timezone: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(300), default="")
    #: First day on which one could take place.
    starts_on: Mapped[date]
    host_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    row_version: Mapped[int] = mapped_column(default=1)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    host: Mapped[User | None] = relationship()
    teams: Mapped[list[SeriesTeam]] = relationship(cascade="all, delete-orphan")
    debriefs: Mapped[list[Debrief]] = relationship(
        back_populates="series", order_by="Debrief.starts_at"
    )

    @property
    def team_ids(self) -> frozenset[int]:
        return frozenset(row.team_id for row in self.teams)


class SeriesTeam(db.Model):
    """A team that a ritual is for."""

    __tablename__ = "debrief_series_teams"

    series_id: Mapped[int] = mapped_column(
        ForeignKey("debrief_series.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    team: Mapped[Team] = relationship()


class Debrief(db.Model):
    """One session of one or several teams; with `agent_id`, a one-to-one of its host and an agent."""

    __tablename__ = "debriefs"
    __table_args__ = (
        UniqueConstraint("series_id", "occurs_on"),
        Index("ix_debriefs_starts", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int | None] = mapped_column(
        ForeignKey("debrief_series.id", ondelete="SET NULL"), index=True
    )
    #: The day of the series that it stands for, wherever it was moved: planned once.
    occurs_on: Mapped[date | None]
    title: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Planned length.
    minutes: Mapped[int] = mapped_column(default=30)
    #: Zone in which its time was chosen.
    timezone: Mapped[str] = mapped_column(String(40))
    #: Where, or the address of the video call.
    place: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[DebriefState] = mapped_column(String(10), default=DebriefState.PLANNED)
    skip_reason: Mapped[str] = mapped_column(String(300), default="")
    host_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    #: Of a one-to-one: with whom.
    agent_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    row_version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Of the invitation (RFC 5545): raised when what it says changes.
    sequence: Mapped[int] = mapped_column(default=0)
    invited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: As edited; "" while the minutes are those written automatically.
    minutes_text: Mapped[str] = mapped_column(Text, default="")
    #: Lines of `minutes_text` that were written automatically: each goes when it is no longer.
    minutes_base: Mapped[str] = mapped_column(Text, default="")
    minutes_version: Mapped[int] = mapped_column(default=1)
    minutes_sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minutes_sent_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL")
    )
    #: When who was there was forgotten.
    attendance_purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    series: Mapped[DebriefSeries | None] = relationship(back_populates="debriefs")
    host: Mapped[User | None] = relationship(foreign_keys=host_id)
    agent: Mapped[User | None] = relationship(foreign_keys=agent_id)
    teams: Mapped[list[DebriefTeam]] = relationship(cascade="all, delete-orphan")
    items: Mapped[list[AgendaItem]] = relationship(
        back_populates="debrief",
        cascade="all, delete-orphan",
        order_by="AgendaItem.position, AgendaItem.id",
    )
    attendances: Mapped[list[Attendance]] = relationship(cascade="all, delete-orphan")
    decisions: Mapped[list[Decision]] = relationship(
        back_populates="debrief", cascade="all, delete-orphan", order_by="Decision.id"
    )
    remarks: Mapped[list[Remark]] = relationship(cascade="all, delete-orphan", order_by="Remark.id")

    @property
    def team_ids(self) -> frozenset[int]:
        return frozenset(row.team_id for row in self.teams)

    @property
    def is_one_to_one(self) -> bool:
        return self.agent_id is not None


class DebriefTeam(db.Model):
    """A team that a debrief is for."""

    __tablename__ = "debrief_teams"

    debrief_id: Mapped[int] = mapped_column(
        ForeignKey("debriefs.id", ondelete="CASCADE"), primary_key=True
    )
    team_id: Mapped[int] = mapped_column(
        ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    team: Mapped[Team] = relationship()


class AgendaItem(db.Model):
    """One item of an agenda; without a debrief it waits for its team's next one."""

    __tablename__ = "debrief_items"
    __table_args__ = (
        Index("ix_debrief_items_debrief", "debrief_id", "position"),
        Index("ix_debrief_items_team", "team_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    debrief_id: Mapped[int | None] = mapped_column(ForeignKey("debriefs.id", ondelete="CASCADE"))
    #: Whose next debrief it waits for; None once it is on an agenda.
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[ItemKind] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    #: For the host alone: what to say, and why.
    remark: Mapped[str] = mapped_column(Text, default="")
    #: Its time budget.
    minutes: Mapped[int] = mapped_column(default=5)
    #: Why it was suggested: a key of `suggestions.REASONS` and its values; "" when a person chose it.
    reason: Mapped[str] = mapped_column(String(30), default="")
    reason_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: What it was made from, ``note:12``; nothing is put on one agenda twice.
    source: Mapped[str] = mapped_column(String(60), default="")

    #: A moment: its call, and the stretch that is played, milliseconds, half-open.
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("calls.id", ondelete="SET NULL"), index=True
    )
    channel: Mapped[int | None]
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    #: Where it stops and asks; what comes after is hidden until it is revealed. None: it does not.
    ask_ms: Mapped[int | None]
    question: Mapped[str] = mapped_column(Text, default="")
    #: What is said in the stretch, pseudonymised: ``{speaker, start_ms, end_ms, text}``, by start.
    said: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    #: What the supervisor would say there.
    reformulation: Mapped[str] = mapped_column(Text, default="")
    #: Something to keep; otherwise a difficult moment.
    is_good: Mapped[bool] = mapped_column(default=False)
    #: Whose moment, progress or objective it is.
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: The moment read aloud by the supervisor, where its agent does not let it be played.
    reread_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_files.id", ondelete="SET NULL")
    )
    reread_ms: Mapped[int] = mapped_column(default=0)

    #: A theme: a cause of `analysis.model.Cause` or "", words such as an objection, a line.
    cause: Mapped[str] = mapped_column(String(30), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    script_line_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_lines.id", ondelete="SET NULL")
    )
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id", ondelete="SET NULL"))
    pair_id: Mapped[int | None] = mapped_column(ForeignKey("before_after.id", ondelete="SET NULL"))
    recheck_id: Mapped[int | None] = mapped_column(ForeignKey("rechecks.id", ondelete="SET NULL"))
    objective_id: Mapped[int | None] = mapped_column(
        ForeignKey("objectives.id", ondelete="SET NULL")
    )
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_versions.id", ondelete="SET NULL")
    )
    drill_id: Mapped[int | None] = mapped_column(ForeignKey("drills.id", ondelete="SET NULL"))
    finding_id: Mapped[int | None] = mapped_column(
        ForeignKey("kept_findings.id", ondelete="SET NULL")
    )

    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    row_version: Mapped[int] = mapped_column(default=1)
    #: Where it was taken off, ``debrief:12`` or ``team:3``, so that it can be put back; then it is
    #: on no agenda and waits for nobody.
    removed_from: Mapped[str] = mapped_column(String(40), default="")
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When its call was erased with all that was said in it.
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When it was first before everybody, and when it was left as dealt with.
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: How long it was before everybody.
    spent_s: Mapped[int] = mapped_column(default=0)

    debrief: Mapped[Debrief | None] = relationship(back_populates="items")
    team: Mapped[Team | None] = relationship()
    call: Mapped[Call | None] = relationship()
    agent: Mapped[User | None] = relationship(foreign_keys=agent_id)
    reread_file: Mapped[StoredFile | None] = relationship()
    script_line: Mapped[ScriptLine | None] = relationship()
    note: Mapped[Note | None] = relationship()
    pair: Mapped[BeforeAfter | None] = relationship()
    recheck: Mapped[Recheck | None] = relationship()
    objective: Mapped[Objective | None] = relationship()
    version: Mapped[ScriptVersion | None] = relationship()
    drill: Mapped[Drill | None] = relationship()
    finding: Mapped[KeptFinding | None] = relationship()
    answers: Mapped[list[ItemAnswer]] = relationship(
        back_populates="item", cascade="all, delete-orphan", order_by="ItemAnswer.id"
    )


class Dismissal(db.Model):
    """A suggestion that its host said "not this time" to: it is not made again for this debrief."""

    __tablename__ = "debrief_dismissals"

    debrief_id: Mapped[int] = mapped_column(
        ForeignKey("debriefs.id", ondelete="CASCADE"), primary_key=True
    )
    #: As `AgendaItem.source`.
    source: Mapped[str] = mapped_column(String(60), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Attendance(db.Model):
    """Who took part, and who has caught up; forgotten 90 days after the debrief."""

    __tablename__ = "debrief_attendances"

    debrief_id: Mapped[int] = mapped_column(
        ForeignKey("debriefs.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    presence: Mapped[Presence] = mapped_column(String(10))
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Who said so: the host, or the person by joining.
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    caught_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Ids of the items whose outcome they have opened while catching up, in that order.
    opened_items: Mapped[list[int]] = mapped_column(JSON, default=list)

    user: Mapped[User] = relationship(foreign_keys=user_id)


class LiveState(db.Model):
    """What is before everybody now; every screen follows it."""

    __tablename__ = "debrief_live"

    debrief_id: Mapped[int] = mapped_column(
        ForeignKey("debriefs.id", ondelete="CASCADE"), primary_key=True
    )
    item_id: Mapped[int | None] = mapped_column(ForeignKey("debrief_items.id", ondelete="SET NULL"))
    phase: Mapped[Phase] = mapped_column(String(10), default=Phase.SHOWN)
    #: The sound: playing or not, and where it was (milliseconds of the call) at `moved_at`.
    is_playing: Mapped[bool] = mapped_column(default=False)
    position_ms: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: Since when the item has been before everybody; None while the debrief rests.
    item_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Raised by every change that a screen shows, answers and decisions too.
    revision: Mapped[int] = mapped_column(default=1)

    debrief: Mapped[Debrief] = relationship()
    item: Mapped[AgendaItem | None] = relationship()


class ItemAnswer(db.Model):
    """What somebody would say there."""

    __tablename__ = "debrief_answers"
    __table_args__ = (UniqueConstraint("item_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Made by the sender's page: the same answer sent twice is one.
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("debrief_items.id", ondelete="CASCADE"))
    #: None once who was there has been forgotten, unless it was signed.
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(Text)
    #: The others see whose it is; otherwise only the answer.
    is_named: Mapped[bool] = mapped_column(default=False)
    #: Counted by the sender's page: of two sends the later edition stays, however they arrive.
    edition: Mapped[int] = mapped_column(default=1)
    #: Written afterwards, before seeing what happened.
    is_catching_up: Mapped[bool] = mapped_column(default=False)
    #: When the host took it off the screens: then nobody but its author is shown it.
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    item: Mapped[AgendaItem] = relationship(back_populates="answers")
    user: Mapped[User | None] = relationship()


class Remark(db.Model):
    """A note taken on the fly, for the minutes."""

    __tablename__ = "debrief_remarks"

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    debrief_id: Mapped[int] = mapped_column(
        ForeignKey("debriefs.id", ondelete="CASCADE"), index=True
    )
    item_id: Mapped[int | None] = mapped_column(ForeignKey("debrief_items.id", ondelete="SET NULL"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Decision(db.Model):
    """What was decided: by whom it is done, by when, what it changes, and whether it has an effect."""

    __tablename__ = "debrief_decisions"
    __table_args__ = (Index("ix_debrief_decisions_owner", "owner_id", "state", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    debrief_id: Mapped[int] = mapped_column(
        ForeignKey("debriefs.id", ondelete="CASCADE"), index=True
    )
    item_id: Mapped[int | None] = mapped_column(ForeignKey("debrief_items.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    due_on: Mapped[date | None]
    state: Mapped[DecisionState] = mapped_column(String(10), default=DecisionState.OPEN)
    #: Why it was dropped, or how it was done.
    closing_text: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: What it changes.
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("change_requests.id", ondelete="SET NULL")
    )
    objective_id: Mapped[int | None] = mapped_column(
        ForeignKey("objectives.id", ondelete="SET NULL")
    )
    drill_id: Mapped[int | None] = mapped_column(ForeignKey("drills.id", ondelete="SET NULL"))
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id", ondelete="SET NULL"))
    effect_id: Mapped[int | None] = mapped_column(
        ForeignKey("debrief_effects.id", ondelete="SET NULL")
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    row_version: Mapped[int] = mapped_column(default=1)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    debrief: Mapped[Debrief] = relationship(back_populates="decisions")
    item: Mapped[AgendaItem | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)
    request: Mapped[ChangeRequest | None] = relationship()
    objective: Mapped[Objective | None] = relationship()
    drill: Mapped[Drill | None] = relationship()
    note: Mapped[Note | None] = relationship()
    effect: Mapped[Effect | None] = relationship()
