"""Tables of sponsors, campaigns, personas and promises."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.extensions import UtcDateTime, db, utc_now


class PromiseKind(StrEnum):
    """What the sponsor says of a phrase."""

    #: May be said.
    APPROVED = "approved"
    #: May be said only with its condition ("after the study").
    CONDITIONAL = "conditional"
    FORBIDDEN = "forbidden"
    AMBIGUOUS = "ambiguous"
    #: Must be said when the call opens.
    DISCLOSURE = "disclosure"
    #: A word or phrase by which the offer wants to be known.
    POSITIONING = "positioning"


class Disclosure(StrEnum):
    """What must be said when a call opens (Code de la consommation L221-16; RGPD art. 13 and 21)."""

    IDENTITY = "identity"
    ON_BEHALF = "on_behalf"
    COMMERCIAL = "commercial"
    RECORDING = "recording"
    OBJECTION = "objection"


class AgentAudio(StrEnum):
    """What an agent may hear on a telephone of their own."""

    YES = "yes"
    #: Names and numbers beeped out.
    REDACTED = "redacted"
    TEXT_ONLY = "text_only"


class Sponsor(db.Model):
    """A client company on whose behalf the teams call."""

    __tablename__ = "sponsors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    is_archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    campaigns: Mapped[list[Campaign]] = relationship(
        back_populates="sponsor", cascade="all, delete-orphan"
    )
    seats: Mapped[list[SponsorSeat]] = relationship(
        back_populates="sponsor", cascade="all, delete-orphan"
    )


class SponsorSeat(db.Model):
    """A person of the sponsor's who may sign in."""

    __tablename__ = "sponsor_seats"
    __table_args__ = (UniqueConstraint("user_id", "sponsor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    sponsor_id: Mapped[int] = mapped_column(
        ForeignKey("sponsors.id", ondelete="CASCADE"), index=True
    )

    sponsor: Mapped[Sponsor] = relationship(back_populates="seats")


class Campaign(db.Model):
    """One sponsor's prospecting operation."""

    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("sponsor_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sponsor_id: Mapped[int] = mapped_column(ForeignKey("sponsors.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(160))
    #: Language of the calls, ISO 639-1.
    language: Mapped[str] = mapped_column(String(5), default="fr")
    #: Country that is called, ISO 3166.
    market: Mapped[str] = mapped_column(String(2), default="FR", server_default="FR")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    #: Names and terms the recogniser should know, one string each.
    vocabulary: Mapped[list[str]] = mapped_column(JSON, default=list)
    agent_audio: Mapped[AgentAudio] = mapped_column(
        String(10), default=AgentAudio.YES, server_default=AgentAudio.YES.value
    )
    #: Hours in which a supervisor is to answer an agent who sees a note otherwise.
    dispute_hours: Mapped[int] = mapped_column(default=48, server_default="48")
    #: Calls of one agent that may be recorded in a week.
    weekly_recordings: Mapped[int] = mapped_column(default=2, server_default="2")
    #: Hours in which the sponsor is told of an incident, by contract.
    incident_hours: Mapped[int] = mapped_column(default=48, server_default="48")
    #: Whether the sponsor hears the agents' voices; else their words are text only.
    portal_agent_voice: Mapped[bool] = mapped_column(default=True, server_default=true())
    #: What the call is for, in the sponsor's words.
    purpose: Mapped[str] = mapped_column(Text, default="")
    is_archived: Mapped[bool] = mapped_column(default=False)
    #: Raised by each change, so that two people who edit at once notice.
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    sponsor: Mapped[Sponsor] = relationship(back_populates="campaigns")
    personas: Mapped[list[Persona]] = relationship(
        back_populates="campaign", cascade="all, delete-orphan", order_by="Persona.name"
    )
    #: Those in force.
    promises: Mapped[list[Promise]] = relationship(
        primaryjoin="and_(Promise.campaign_id == Campaign.id, Promise.is_in_force)",
        back_populates="campaign",
        cascade="all, delete-orphan",
        order_by="Promise.id",
    )
    teams: Mapped[list[CampaignTeam]] = relationship(
        back_populates="campaign", cascade="all, delete-orphan"
    )


class CampaignTeam(db.Model):
    """A team that calls for a campaign."""

    __tablename__ = "campaign_teams"
    __table_args__ = (UniqueConstraint("campaign_id", "team_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)

    campaign: Mapped[Campaign] = relationship(back_populates="teams")


class Persona(db.Model):
    """A kind of person called: DAF, dirigeant …"""

    __tablename__ = "personas"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    #: How to speak with them: what matters, words to use and to avoid.
    notes: Mapped[str] = mapped_column(Text, default="")

    campaign: Mapped[Campaign] = relationship(back_populates="personas")


class Promise(db.Model):
    """A statement the sponsor decided on, as it is in force now.

    What it was before, and what is proposed, is in `promises.models.PromiseVersion`.
    """

    __tablename__ = "promises"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[PromiseKind] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(300))
    #: Why, or what to say instead.
    note: Mapped[str] = mapped_column(Text, default="")
    #: Other wordings that are as good, one string each.
    nuances: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    #: Of a conditional statement: the words without which it may not be said.
    condition: Mapped[str] = mapped_column(String(300), default="", server_default="")
    disclosure: Mapped[Disclosure | None] = mapped_column(String(12))
    #: False while it is only proposed, and once it was retired.
    is_in_force: Mapped[bool] = mapped_column(default=True, server_default=true())

    campaign: Mapped[Campaign] = relationship(
        back_populates="promises", foreign_keys="Promise.campaign_id"
    )
