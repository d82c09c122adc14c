"""Tables of the index and of people's saved views.

`search_entries` is a plain table, the same on both engines. What makes it quick to search lies
beside it and is not mapped: on SQLite a full-text table kept in step by triggers, on PostgreSQL a
generated column (`callcoach.search.engines`).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.search import engines


class EntryKind(StrEnum):
    """What an entry was taken from."""

    TURN = "turn"
    NOTE = "note"


class SearchEntry(db.Model):
    """A turn of a call's current analysis, or a sent note: what can be found, and by whom."""

    __tablename__ = "search_entries"
    __table_args__ = (Index("ix_search_entries_call", "call_id", "kind", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    kind: Mapped[EntryKind] = mapped_column(String(10))
    #: ``agent``, ``prospect`` or ``unknown``; for a note, who spoke at its moment is not kept: "".
    speaker: Mapped[str] = mapped_column(String(10), default="")
    channel: Mapped[int]
    #: Milliseconds from the start of the recording, half-open.
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    #: As shown: corrected, where somebody corrected it.
    text: Mapped[str] = mapped_column(Text)
    #: `words.indexed` of the text.
    words: Mapped[str] = mapped_column(Text, deferred=True)
    stems: Mapped[str] = mapped_column(Text, deferred=True)
    #: A note's number; a plain one, since notes live in a room above.
    note_id: Mapped[int | None] = mapped_column(unique=True)
    #: A note's cause, or "".
    cause: Mapped[str] = mapped_column(String(30), default="")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: Whom a note is for.
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: A note that its author alone reads.
    is_private: Mapped[bool] = mapped_column(default=False)

    call: Mapped[Call] = relationship()
    author: Mapped[User | None] = relationship(foreign_keys=author_id)


class SavedView(db.Model):
    """A search somebody wants again: its filters under a name of theirs."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_owner", "owner_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    #: Of the search page's address, without ``?`` and page.
    query: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Put aside by its owner, undone by another click.
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


engines.attach(SearchEntry.__table__)  # what lies beside the table comes and goes with it
