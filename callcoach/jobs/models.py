"""The table of jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from callcoach.extensions import UtcDateTime, db, utc_now

#: Attempts after which a job that keeps failing, or keeps killing its worker, is given up.
DEFAULT_MAX_ATTEMPTS = 3


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: States of a job that still has work before it.
LIVE_STATES = (JobState.QUEUED, JobState.RUNNING)

_IS_LIVE = text("state IN ('queued', 'running')")


def fill_reason(reason: str, values: Mapping[str, Any], translate: Callable[[str], str]) -> str:
    """A stored reason as a sentence: translated, then its placeholders filled."""
    sentence = translate(reason) if reason else ""
    return sentence % values if values and "%(" in sentence else sentence


class Job(db.Model):
    """One task to be done on one subject; the row is the truth, the queue only a messenger."""

    __tablename__ = "jobs"
    __table_args__ = (
        # One subject has one live job of a kind, whoever asks and however often.
        Index(
            "uq_jobs_live",
            "kind",
            "subject",
            unique=True,
            sqlite_where=_IS_LIVE,
            postgresql_where=_IS_LIVE,
        ),
        Index("ix_jobs_subject", "subject", "id"),
        Index("ix_jobs_state_not_before", "state", "not_before"),
        Index("ix_jobs_state_lease_until", "state", "lease_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Name of the registered task, ``calls.process``.
    kind: Mapped[str] = mapped_column(String(60))
    #: What it works on, ``call:12``; opaque to this room.
    subject: Mapped[str] = mapped_column(String(120))
    state: Mapped[JobState] = mapped_column(String(20), default=JobState.QUEUED)
    #: What it is doing now, a word of the task's own; "" when it has not said.
    stage: Mapped[str] = mapped_column(String(40), default="")
    #: How far it is, 0 to 1000.
    progress_permille: Mapped[int] = mapped_column(default=0)
    #: Leases taken so far since it was last enqueued by a person; a crash counts.
    attempt: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=DEFAULT_MAX_ATTEMPTS)
    #: Higher is sooner; 0 is ordinary.
    priority: Mapped[int] = mapped_column(default=0)
    #: Waits at least until then; none = due at once.
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Until when the running worker is trusted to be alive.
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Secret of the one run that may write results; changes with every lease.
    lease_token: Mapped[str | None] = mapped_column(String(32))
    #: Last sign of life of the running worker.
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Who runs it, or ran it last (`callcoach.jobs.identity`).
    worker: Mapped[str] = mapped_column(String(160), default="")
    #: Asked for once more while it was running: is queued again instead of done.
    again: Mapped[bool] = mapped_column(default=False)
    #: Why the last attempt failed: one sentence, a message id …
    reason: Mapped[str] = mapped_column(Text, default="")
    #: … and the values of its placeholders.
    reason_values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: Small plain values the task needs beside its subject.
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)
    #: When the last attempt began.
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When it became done, failed or cancelled.
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    #: Who asked for it; none for the system.
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))

    @property
    def is_live(self) -> bool:
        """Still has work before it."""
        return self.state in LIVE_STATES

    def explain(self, translate: Callable[[str], str]) -> str:
        """Why the last attempt failed, in the words of `translate` (gettext); "" if it did not."""
        return fill_reason(self.reason, self.reason_values, translate)

    @property
    def progress(self) -> float:
        """How far it is, 0 to 1."""
        return self.progress_permille / 1000
