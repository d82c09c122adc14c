"""The register of stored files: each original and each derived file has a row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from callcoach.extensions import UtcDateTime, db, utc_now


class StoredFile(db.Model):
    """One file in the store."""

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Generated name inside the store; never made from what a user sent.
    key: Mapped[str] = mapped_column(String(120), unique=True)
    #: ``original``, ``playback``, ``peaks``, ``excerpt``, ``beeped``.
    kind: Mapped[str] = mapped_column(String(20))
    media_type: Mapped[str] = mapped_column(String(80))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    #: Of the content, hexadecimal.
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
