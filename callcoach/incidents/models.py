"""Tables of incidents: a forbidden claim or a false identity, from the suspicion to the end."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.debriefs.models import AgendaItem
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.promises.models import PromiseVersion


class IncidentKind(StrEnum):
    """What is suspected."""

    FORBIDDEN_CLAIM = "forbidden_claim"
    FALSE_IDENTITY = "false_identity"


class IncidentState(StrEnum):
    """How far it has come."""

    SUSPECTED = "suspected"
    #: Heard by a person: it is none.
    DISMISSED = "dismissed"
    #: Confirmed; the sponsor is to be told, the prospect called back.
    OPEN = "open"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What happened to an incident."""

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REOPENED = "reopened"
    TOLD = "told"
    RECONTACT = "recontact"
    RECTIFIED = "rectified"
    BRIEFING = "briefing"
    COMMENT = "comment"
    CLOSED = "closed"


class Step(StrEnum):
    """What is done about an incident besides telling the sponsor."""

    RECONTACT = "recontact"
    RECTIFIED = "rectified"
    BRIEFING = "briefing"


class Incident(db.Model):
    """One suspected or confirmed incident of one call."""

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("call_id", "kind", "start_ms"),
        Index("ix_incidents_campaign", "campaign_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    #: The forbidden claim or the disclosure it touches; None for a false identity of no promise.
    promise_version_id: Mapped[int | None] = mapped_column(
        ForeignKey("promise_versions.id", ondelete="SET NULL")
    )
    kind: Mapped[IncidentKind] = mapped_column(String(16))
    state: Mapped[IncidentState] = mapped_column(String(10), default=IncidentState.SUSPECTED)
    channel: Mapped[int]
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    quote: Mapped[str] = mapped_column(Text, default="")
    #: 0 to 1, of the detection; 1 where a person reported it.
    confidence: Mapped[float] = mapped_column(default=1.0)
    #: None where the analysis found it.
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: `Campaign.incident_hours` after it was confirmed.
    tell_by: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: What the sponsor reads of it, redacted by a person; never the quote as it is.
    account: Mapped[str] = mapped_column(Text, default="")
    #: Who calls the prospect back, until when, and when it was done.
    recontact_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    recontact_due_on: Mapped[date | None]
    recontacted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: What was put right with the prospect.
    rectified: Mapped[str] = mapped_column(Text, default="")
    #: The briefing that follows: an item of a debrief, or words.
    item_id: Mapped[int | None] = mapped_column(ForeignKey("debrief_items.id", ondelete="SET NULL"))
    briefing: Mapped[str] = mapped_column(Text, default="")
    #: Why a step is not needed, by `Step`; a step that is not here is to be done.
    not_needed: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    row_version: Mapped[int] = mapped_column(default=1)

    call: Mapped[Call] = relationship()
    campaign: Mapped[Campaign] = relationship()
    version: Mapped[PromiseVersion | None] = relationship()
    item: Mapped[AgendaItem | None] = relationship()
    recontact_by: Mapped[User | None] = relationship(foreign_keys=recontact_by_id)
    events: Mapped[list[IncidentEvent]] = relationship(
        back_populates="incident", cascade="all, delete-orphan", order_by="IncidentEvent.id"
    )


class IncidentEvent(db.Model):
    """One line of an incident's history; never changed."""

    __tablename__ = "incident_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(
        ForeignKey("incidents.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[EventKind] = mapped_column(String(10))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text, default="")
    #: Whether the sponsor reads this line.
    is_shared: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    incident: Mapped[Incident] = relationship(back_populates="events")
    actor: Mapped[User | None] = relationship()
