"""Tables of coaching notes, listening requests and the feed's claims.

A note and a request own their moment (channel and milliseconds from the start of the recording,
half-open); which turn that is today is found by overlap, so they outlive corrections, swapped
channels and new analyses.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.calls.models import Call, TippingPoint, Verdict
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.script_library.models import ScriptLine
from callcoach.storage.models import StoredFile


class NoteAim(StrEnum):
    """What a note asks of the agent."""

    CHANGE = "change"
    KEEP = "keep"


class Visibility(StrEnum):
    """Who reads a note once it is sent."""

    #: Its author alone.
    PRIVATE = "private"
    #: The agent, and those who answer for the team.
    AGENT = "agent"
    #: Everybody of the team too; only for something to keep, and with the agent's yes to the sound.
    TEAM = "team"
    #: The agent, the team's supervisors, and the people named.
    NAMED = "named"


class NoteScope(StrEnum):
    """What a note is about."""

    MOMENT = "moment"
    #: The call as a whole; its stretch is the whole recording.
    CALL = "call"
    #: Several calls of one agent; `Note.call` is the first, `NoteCall` names the others.
    SERIES = "series"


class DisputeState(StrEnum):
    """How a supervisor answered "I see it otherwise"."""

    OPEN = "open"
    #: It stays as it was, with a reason.
    KEPT = "kept"
    #: The agent is right: the note is put aside, the flag rejected.
    ACCEPTED = "accepted"
    #: The note now says something else.
    REWRITTEN = "rewritten"
    #: The agent took it back.
    WITHDRAWN = "withdrawn"


class RequestAnswer(StrEnum):
    """How a supervisor answered an agent's request to listen."""

    #: "Yes, this is where it turned."
    TURNS_HERE = "turns_here"
    #: "I hear it elsewhere, or nowhere."
    NOT_HERE = "not_here"
    #: A note says what.
    NOTED = "noted"
    #: Listened to, with or without a word.
    LISTENED = "listened"


class FeedOutcome(StrEnum):
    """What became of a moment that the feed served."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    NOTED = "noted"
    #: A request: its agent was answered without a note.
    ANSWERED = "answered"
    PASSED = "passed"


class Note(db.Model):
    """A supervisor's timestamped remark; a draft until it is sent."""

    __tablename__ = "notes"
    __table_args__ = (
        Index("ix_notes_call", "call_id", "start_ms"),
        Index("ix_notes_agent_sent", "agent_id", "sent_at"),
        Index("ix_notes_author_sent", "author_id", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: Whom it is for: the call's agent when it was sent.
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    channel: Mapped[int]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    #: What was said.
    quote: Mapped[str] = mapped_column(Text, default="")
    #: What the prospect hears in it; for a note that says "keep", why it works.
    hears: Mapped[str] = mapped_column(Text, default="")
    #: What to say instead.
    instead: Mapped[str] = mapped_column(Text, default="")
    #: One of `callcoach.analysis.model.Cause`, or "".
    cause: Mapped[str] = mapped_column(String(30), default="")
    aim: Mapped[NoteAim] = mapped_column(String(10), default=NoteAim.CHANGE)
    visibility: Mapped[Visibility] = mapped_column(String(10), default=Visibility.AGENT)
    scope: Mapped[NoteScope] = mapped_column(
        String(10), default=NoteScope.MOMENT, server_default=NoteScope.MOMENT.value
    )
    #: How a native would say it, in the author's voice; its length, and what was recognised.
    voice_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_files.id", ondelete="SET NULL")
    )
    voice_ms: Mapped[int] = mapped_column(default=0, server_default="0")
    voice_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: The line of the script that it is about, and whether `instead` is meant as new words for it.
    script_line_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_lines.id", ondelete="SET NULL"), index=True
    )
    proposes_wording: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: The flag it was written on, which sending confirms; a hint, found again by overlap.
    point_id: Mapped[int | None] = mapped_column(
        ForeignKey("tipping_points.id", ondelete="SET NULL"), index=True
    )
    #: The confirmation that it carries.
    verdict_id: Mapped[int | None] = mapped_column(
        ForeignKey("verdicts.id", ondelete="SET NULL"), index=True
    )
    #: Raised by every save: a save over a newer version is refused and both texts are shown.
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Who saved it last; not always its author.
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: None while it is a draft.
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When the agent had its text before them, played its moment, and said so; a change of what
    #: it says takes all three back.
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    agent: Mapped[User | None] = relationship(foreign_keys=agent_id)
    updated_by: Mapped[User | None] = relationship(foreign_keys=updated_by_id)
    point: Mapped[TippingPoint | None] = relationship()
    verdict: Mapped[Verdict | None] = relationship()
    voice_file: Mapped[StoredFile | None] = relationship()
    script_line: Mapped[ScriptLine | None] = relationship()
    readers: Mapped[list[NoteReader]] = relationship(cascade="all, delete-orphan")
    mentions: Mapped[list[NoteMention]] = relationship(cascade="all, delete-orphan")
    other_calls: Mapped[list[NoteCall]] = relationship(cascade="all, delete-orphan")
    revisions: Mapped[list[NoteRevision]] = relationship(
        back_populates="note", cascade="all, delete-orphan", order_by="NoteRevision.number"
    )
    replies: Mapped[list[NoteReply]] = relationship(
        back_populates="note", cascade="all, delete-orphan", order_by="NoteReply.id"
    )

    @property
    def is_draft(self) -> bool:
        return self.sent_at is None

    @property
    def let_in_ids(self) -> frozenset[int]:
        """Who reads it because they are named, as readers or with @."""
        readers = {row.user_id for row in self.readers}
        return frozenset(readers | {row.user_id for row in self.mentions})

    @property
    def is_moment(self) -> bool:
        """About a stretch of the call, not about calls as a whole."""
        return self.scope == NoteScope.MOMENT


class NoteRevision(db.Model):
    """What a sent note said, from one save to the next."""

    __tablename__ = "note_revisions"
    __table_args__ = (UniqueConstraint("note_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"))
    #: 1 is what was sent first.
    number: Mapped[int]
    #: The fields of `callcoach.coaching.note_text.NoteText`, as they were saved.
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    note: Mapped[Note] = relationship(back_populates="revisions")
    author: Mapped[User | None] = relationship()


class NoteReply(db.Model):
    """An answer in the thread under a note, by the agent or a supervisor."""

    __tablename__ = "note_replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: When the other side had it before them.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    note: Mapped[Note] = relationship(back_populates="replies")
    author: Mapped[User | None] = relationship()


class NoteReader(db.Model):
    """Somebody a note with named readers is shown to."""

    __tablename__ = "note_readers"

    note_id: Mapped[int] = mapped_column(
        ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    user: Mapped[User] = relationship()


class NoteMention(db.Model):
    """A colleague named with @ in a note or an answer: told of it, and so let in to read it."""

    __tablename__ = "note_mentions"

    note_id: Mapped[int] = mapped_column(
        ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    user: Mapped[User] = relationship()


class NoteCall(db.Model):
    """One more call that a note about a series is about."""

    __tablename__ = "note_calls"

    note_id: Mapped[int] = mapped_column(
        ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True
    )
    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    call: Mapped[Call] = relationship()


class NoteTemplate(db.Model):
    """A note that a supervisor saved to write it again: its words, without a moment."""

    __tablename__ = "note_templates"
    __table_args__ = (Index("ix_note_templates_owner", "owner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    aim: Mapped[NoteAim] = mapped_column(String(10), default=NoteAim.CHANGE)
    cause: Mapped[str] = mapped_column(String(30), default="")
    hears: Mapped[str] = mapped_column(Text, default="")
    instead: Mapped[str] = mapped_column(Text, default="")
    #: Offered to the other supervisors of the owner's teams too.
    is_shared: Mapped[bool] = mapped_column(default=False)
    used: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Dispute(db.Model):
    """An agent's "I see it otherwise" on one note or one confirmed flag, and the answer to it."""

    __tablename__ = "disputes"
    __table_args__ = (Index("ix_disputes_open", "state", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: What is disputed: a note, or a confirmed moment; exactly one of the two.
    note_id: Mapped[int | None] = mapped_column(
        ForeignKey("notes.id", ondelete="CASCADE"), index=True
    )
    verdict_id: Mapped[int | None] = mapped_column(
        ForeignKey("verdicts.id", ondelete="CASCADE"), index=True
    )
    #: Why the agent sees it otherwise, or what the context was.
    text: Mapped[str] = mapped_column(Text)
    #: A moment that shows it, of the same call or of another of the agent's; may be none.
    counter_call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    counter_start_ms: Mapped[int | None]
    counter_end_ms: Mapped[int | None]
    state: Mapped[DisputeState] = mapped_column(String(10), default=DisputeState.OPEN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: By when the supervisor is to answer.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When the agent had the answer before them.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship(foreign_keys=call_id)
    agent: Mapped[User | None] = relationship(foreign_keys=agent_id)
    note: Mapped[Note | None] = relationship()
    verdict: Mapped[Verdict | None] = relationship()
    counter_call: Mapped[Call | None] = relationship(foreign_keys=counter_call_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)


class ListeningRequest(db.Model):
    """An agent's wish to be listened to: "it turned here", or "listen to this one"."""

    __tablename__ = "listening_requests"
    __table_args__ = (Index("ix_listening_requests_open", "answered_at", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: The moment; all three are none for a whole call.
    channel: Mapped[int | None]
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    #: What was said there.
    quote: Mapped[str] = mapped_column(Text, default="")
    #: What the agent wants to know; may be empty.
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    answer: Mapped[RequestAnswer | None] = mapped_column(String(12))
    answer_text: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: The note that answers it.
    note_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id", ondelete="SET NULL"))
    #: When the agent had the answer before them.
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship()
    agent: Mapped[User | None] = relationship(foreign_keys=agent_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)
    note: Mapped[Note | None] = relationship()

    @property
    def is_moment(self) -> bool:
        return self.start_ms is not None


class FeedClaim(db.Model):
    """A moment that the feed has served to one supervisor, so that nobody else hears it again.

    A claim without `done_at` holds until its lease ends; its holder's page renews it.
    """

    __tablename__ = "feed_claims"
    __table_args__ = (Index("ix_feed_claims_call", "call_id", "channel", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    #: A flag or a request; one claim for each at most, whoever asks at the same instant.
    point_id: Mapped[int | None] = mapped_column(
        ForeignKey("tipping_points.id", ondelete="SET NULL"), unique=True
    )
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("listening_requests.id", ondelete="CASCADE"), unique=True
    )
    #: The moment, so that a new analysis does not serve it again; none for a whole call.
    channel: Mapped[int | None]
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    cause: Mapped[str] = mapped_column(String(30), default="")
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[FeedOutcome | None] = mapped_column(String(10))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    call: Mapped[Call] = relationship()
    point: Mapped[TippingPoint | None] = relationship()
    request: Mapped[ListeningRequest | None] = relationship()
