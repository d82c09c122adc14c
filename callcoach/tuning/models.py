"""Tables of a campaign's changes to the engine, and the log of these changes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import User
from callcoach.campaigns.models import Campaign
from callcoach.extensions import UtcDateTime, db, utc_now


class PhraseRole(StrEnum):
    """What a campaign's phrase does; see `analysis.tuning.Tuning`."""

    ADDED = "added"
    REMOVED = "removed"
    PROTOTYPE = "prototype"
    BACKGROUND = "background"


class Standing(StrEnum):
    """Whether flags of a kind are put before people in a campaign."""

    #: Shown.
    ACTIVE = "active"
    #: Held back by the figures: probably wrong more often than right here.
    HIDDEN = "hidden"
    #: Held back by a person.
    RETIRED = "retired"
    #: Shown by a person's word, whatever the figures say.
    KEPT = "kept"

    @property
    def is_held_back(self) -> bool:
        return self in HELD_BACK


#: Standings under which flags wait until somebody asks for them.
HELD_BACK = (Standing.HIDDEN, Standing.RETIRED)


class ChangeKind(StrEnum):
    """What a change of the log changed."""

    PHRASE = "phrase"
    BOUND = "bound"
    STANDING = "standing"
    FLOOR = "floor"


class CampaignPhrase(db.Model):
    """A phrase or sentence of a campaign's own.

    One learnt from a call names it and leaves with it, unless a person rewrote it: then it is
    theirs and names no call.
    """

    __tablename__ = "campaign_phrases"
    __table_args__ = (Index("ix_campaign_phrases_campaign", "campaign_id", "role", "list_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    role: Mapped[PhraseRole] = mapped_column(String(12))
    #: Phrase list of the engine, or intent; "" for a background sentence.
    list_name: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(String(200))
    source_call_id: Mapped[int | None] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Put aside; undone by taking the change back.
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship()
    author: Mapped[User | None] = relationship()


class CampaignBound(db.Model):
    """A threshold of the engine as one campaign has it."""

    __tablename__ = "campaign_bounds"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    #: Of `analysis.thresholds`.
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[float]


class DetectorStanding(db.Model):
    """How one kind of flag stands in a campaign; without a row it is active, floor 0.

    A kind of flag is a detector with a cause: ``R0``, which names the cause by likeness, is judged
    for each cause on its own.
    """

    __tablename__ = "detector_standings"
    __table_args__ = (UniqueConstraint("campaign_id", "detector", "cause"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    detector: Mapped[str] = mapped_column(String(40))
    cause: Mapped[str] = mapped_column(String(30))
    standing: Mapped[Standing] = mapped_column(String(10), default=Standing.ACTIVE)
    #: Least `confidence` of a flag that is shown, 0 to 1.
    floor: Mapped[float] = mapped_column(default=0.0)
    since: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    def holds_back(self, confidence: float) -> bool:
        """Whether a flag of this kind that nobody judged is kept from people unless they ask."""
        return self.standing in HELD_BACK or confidence < self.floor


class TuningChange(db.Model):
    """One line of the log: what changed, from what to what, by whom, and whether it was undone.

    Holds ids of phrases, never their words: a learnt phrase leaves with its call.
    """

    __tablename__ = "tuning_changes"
    __table_args__ = (Index("ix_tuning_changes_campaign", "campaign_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: None: the figures did it.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: Whether a person did it, also when that person's account is gone.
    is_automatic: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[ChangeKind] = mapped_column(String(10))
    #: ``D06/mishandled_silence``, the name of a threshold, or that of a phrase list.
    subject: Mapped[str] = mapped_column(String(80))
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: Plain facts behind it, such as ``{"n": 24, "precision": 0.31}``.
    reason: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: The change that this one takes back.
    undoes_id: Mapped[int | None] = mapped_column(
        ForeignKey("tuning_changes.id", ondelete="SET NULL")
    )
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[User | None] = relationship()
