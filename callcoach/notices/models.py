"""Tables of notices and of how each person wants to be told."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.extensions import UtcDateTime, db, utc_now

#: Defaults, in minutes after local midnight: the digest is there when the day begins, and evenings
#: are quiet.
DIGEST_AT = 8 * 60 + 30
QUIET_FROM, QUIET_TO = 19 * 60, 8 * 60


class Delivery(StrEnum):
    """How somebody is told by e-mail."""

    OFF = "off"
    #: Once a day, everything together.
    DIGEST = "digest"
    IMMEDIATE = "immediate"


class NoticePreference(db.Model):
    """How a person wants to be told; without a row, as the defaults say."""

    __tablename__ = "notice_preferences"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    delivery: Mapped[Delivery] = mapped_column(String(10), default=Delivery.DIGEST)
    #: Minutes after local midnight at which the digest goes out.
    digest_at: Mapped[int] = mapped_column(default=DIGEST_AT)
    #: No e-mail between these minutes of the person's day; the same twice: never quiet.
    quiet_from: Mapped[int] = mapped_column(default=QUIET_FROM)
    quiet_to: Mapped[int] = mapped_column(default=QUIET_TO)
    #: In every e-mail's link that ends them, without signing in; never shown elsewhere.
    unsubscribe_token: Mapped[str] = mapped_column(String(64), unique=True)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    user: Mapped[User] = relationship()


class Notice(db.Model):
    """One thing that waits for one person."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_user", "user_id", "seen_at", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    #: What happened, such as ``note.sent``; chooses the sentence.
    kind: Mapped[str] = mapped_column(String(40))
    #: What it is about: ``note:12``. One unseen notice for each kind and subject.
    subject: Mapped[str] = mapped_column(String(60))
    #: What fills the sentence: names and counts, never what a note says.
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: Address within the application, with its leading slash.
    path: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When it left by e-mail, alone or in a digest; none while it waits, or was never to leave.
    emailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    user: Mapped[User] = relationship()
