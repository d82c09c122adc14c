"""Tables of the versions of promises, and of what the analysis proposes of each call."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.analysis.claims import Standing
from callcoach.calls.models import Call
from callcoach.campaigns.models import Disclosure, Promise, PromiseKind
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.script_library.models import ScriptVersion


class ProposalState(StrEnum):
    """How far a version of a promise has come."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    #: Taken back by who proposed it.
    WITHDRAWN = "withdrawn"


class PromiseVersion(db.Model):
    """One version of a promise; once decided it never changes."""

    __tablename__ = "promise_versions"
    __table_args__ = (UniqueConstraint("promise_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    promise_id: Mapped[int] = mapped_column(ForeignKey("promises.id", ondelete="CASCADE"))
    #: 1, 2, 3 … within the promise.
    number: Mapped[int]
    state: Mapped[ProposalState] = mapped_column(
        String(10),
        default=ProposalState.PROPOSED,
        active_history=True,  # what it was is needed by `_keep_decided`
    )
    #: It proposes that the promise be retired.
    is_removal: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[PromiseKind] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(300))
    note: Mapped[str] = mapped_column(Text, default="")
    nuances: Mapped[list[str]] = mapped_column(JSON, default=list)
    condition: Mapped[str] = mapped_column(String(300), default="")
    disclosure: Mapped[Disclosure | None] = mapped_column(String(12))
    #: Why it is proposed.
    reason: Mapped[str] = mapped_column(Text, default="")
    #: The version of the script with which it comes into force; at once, once approved, without one.
    script_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_versions.id", ondelete="SET NULL")
    )
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: When the sponsor's people were reminded that it waits.
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What the sponsor said with it; where an administrator recorded an approval given elsewhere:
    #: who gave it, how and when.
    comment: Mapped[str] = mapped_column(Text, default="")
    is_recorded: Mapped[bool] = mapped_column(default=False)
    #: Calls within are judged against it, half-open.
    in_force_from: Mapped[datetime | None] = mapped_column(
        UtcDateTime, index=True, active_history=True
    )
    in_force_until: Mapped[datetime | None] = mapped_column(UtcDateTime, active_history=True)
    #: Raised by each change while it is proposed.
    row_version: Mapped[int] = mapped_column(default=1)

    promise: Mapped[Promise] = relationship()
    script_version: Mapped[ScriptVersion | None] = relationship()
    proposed_by: Mapped[User | None] = relationship(foreign_keys=proposed_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)


#: What a decided version may still be given, once: when it came into force, and when that ended.
_SET_ONCE = frozenset({"in_force_from", "in_force_until"})


@event.listens_for(PromiseVersion, "before_update")
def _keep_decided(_mapper: Any, _connection: Any, version: PromiseVersion) -> None:
    """Whatever the code above does: calls are judged against what a decided version says, and the
    sponsor has decided on those very words.

    Raises:
        RuntimeError: a decided version was about to change; the transaction is lost.
    """
    state: Any = inspect(version)
    old = state.attrs.state.history.deleted
    if ProposalState(old[0] if old else version.state) is ProposalState.PROPOSED:
        return
    columns = inspect(PromiseVersion).column_attrs.keys()
    changed = {name for name in columns if state.attrs[name].history.has_changes()}
    again = {name for name in changed & _SET_ONCE if any(state.attrs[name].history.deleted)}
    if changed - _SET_ONCE or again:
        raise RuntimeError(
            f"promise version {version.id} is decided and cannot change: "
            f"{', '.join(sorted(changed))}"
        )


class PromiseCheck(db.Model):
    """What the analysis proposes of one call and one promise; replaced when the words change."""

    __tablename__ = "promise_checks"
    __table_args__ = (
        UniqueConstraint("call_id", "promise_version_id"),
        Index("ix_promise_checks_version", "promise_version_id", "standing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    promise_version_id: Mapped[int] = mapped_column(
        ForeignKey("promise_versions.id", ondelete="CASCADE")
    )
    #: The words it was read from; another current transcript makes it out of date.
    transcript_id: Mapped[int | None] = mapped_column(
        ForeignKey("transcripts.id", ondelete="SET NULL")
    )
    #: Of `analysis.alignment`, raised when it would say otherwise.
    engine: Mapped[int]
    standing: Mapped[Standing] = mapped_column(String(16))
    #: Where, and the exact words; none when nothing was said.
    channel: Mapped[int | None]
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    quote: Mapped[str] = mapped_column(Text, default="")
    #: 0 to 1: how sure; below `alignment.SURE` a person is asked.
    confidence: Mapped[float]
    #: Why, as a `Message` of the core (`calls.mapping.message_of`).
    reason: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    call: Mapped[Call] = relationship()
    version: Mapped[PromiseVersion] = relationship()
