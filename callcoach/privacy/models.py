"""Tables of redactions: what is struck out of a call before an outsider sees or hears any of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.storage.models import StoredFile


class Redaction(db.Model):
    """One redaction of a call; the newest counts, and only while it is released and fits.

    It fits while `fingerprint` is that of the words and channels as they are now
    (`privacy.fitting`): a corrected transcript makes it out of date, and nothing of it is shown.
    """

    __tablename__ = "redactions"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    #: 1, 2, 3 … within the call.
    number: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    #: What is struck out: ``{"turn", "start", "end", "kind", "start_ms", "end_ms", "by", "is_struck"}``,
    #: characters of the turn's text, half-open; `by`: ``rule`` or ``person``; `is_struck` False where
    #: a person put back what a rule had found.
    spans: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    #: What is shown once released: ``{"turn", "speaker", "channel", "start_ms", "end_ms", "text"}``.
    turns: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    #: The whole call with what is struck beeped out, made once it is released; `text_only_file` has
    #: the agent's channel silent as well.
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id", ondelete="SET NULL"))
    text_only_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_files.id", ondelete="SET NULL")
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Raised by each change, so that two people who edit at once notice.
    row_version: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship()
    file: Mapped[StoredFile | None] = relationship(foreign_keys=file_id)
    text_only_file: Mapped[StoredFile | None] = relationship(foreign_keys=text_only_file_id)
    released_by: Mapped[User | None] = relationship(foreign_keys=released_by_id)
