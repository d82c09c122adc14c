"""Tables of coaching notes, listening requests and the feed's claims.

A note and a request own their moment (channel and milliseconds from the start of the recording,
half-open); which turn that is today is found by overlap, so they outlive corrections, swapped
channels and new analyses.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.calls.models import Call, TippingPoint, Verdict
from callcoach.extensions import UtcDateTime, db, utc_now


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
    revisions: Mapped[list[NoteRevision]] = relationship(
        back_populates="note", cascade="all, delete-orphan", order_by="NoteRevision.number"
    )
    replies: Mapped[list[NoteReply]] = relationship(
        back_populates="note", cascade="all, delete-orphan", order_by="NoteReply.id"
    )

    @property
    def is_draft(self) -> bool:
        return self.sent_at is None


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
