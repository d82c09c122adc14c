"""Reads of a campaign's changes to the engine.

What an analysis applies is read without a viewer: it belongs to the campaign. Who may look at the
changes themselves is judged by `callcoach.tuning.access`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import func, select, union
from sqlalchemy.orm import joinedload

from callcoach.analysis.tuning import Tuning
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.tuning.models import (
    CampaignBound,
    CampaignPhrase,
    ChangeKind,
    DetectorStanding,
    PhraseRole,
    TuningChange,
)

#: Changes on a page of the log.
PER_PAGE = 30

#: Standings of a campaign by kind of flag: (detector, cause). A kind without one is active.
Standings = Mapping[tuple[str, str], DetectorStanding]


class Flagged(Protocol):
    """What a standing looks at."""

    @property
    def detector(self) -> str: ...

    @property
    def cause(self) -> str: ...

    @property
    def confidence(self) -> float: ...


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A page of the log, newest first; `number` from 1."""

    items: list[TuningChange]
    total: int
    number: int

    @property
    def page_count(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def tuning_of(campaign_id: int) -> Tuning:
    """What the analysis of the campaign's calls applies."""
    added: dict[str, set[str]] = {}
    removed: dict[str, set[str]] = {}
    prototypes: dict[str, set[str]] = {}
    background: set[str] = set()
    by_role = {
        PhraseRole.ADDED: added,
        PhraseRole.REMOVED: removed,
        PhraseRole.PROTOTYPE: prototypes,
    }
    for role, list_name, text in db.session.execute(
        select(CampaignPhrase.role, CampaignPhrase.list_name, CampaignPhrase.text).where(
            CampaignPhrase.campaign_id == campaign_id, CampaignPhrase.removed_at.is_(None)
        )
    ):
        if role == PhraseRole.BACKGROUND:
            background.add(text)
        else:
            by_role[PhraseRole(role)].setdefault(list_name, set()).add(text)
    bounds = db.session.execute(
        select(CampaignBound.name, CampaignBound.value).where(
            CampaignBound.campaign_id == campaign_id
        )
    )
    return Tuning(
        added=_sorted(added),
        removed=_sorted(removed),
        prototypes=_sorted(prototypes),
        background=tuple(sorted(background)),
        bounds={name: float(value) for name, value in sorted(bounds)},
    )


def fingerprints() -> dict[int, str]:
    """`Tuning.fingerprint` of every campaign that changes the engine, by its number."""
    tuned = union(
        select(CampaignPhrase.campaign_id).where(CampaignPhrase.removed_at.is_(None)),
        select(CampaignBound.campaign_id),
    )
    return {
        campaign_id: tuning_of(campaign_id).fingerprint
        for campaign_id in db.session.scalars(tuned).all()
    }


def is_learnt_from(call_id: int) -> bool:
    """Whether a phrase in force was learnt from this call, and leaves with it."""
    found = db.session.scalar(
        select(CampaignPhrase.id)
        .where(CampaignPhrase.source_call_id == call_id, CampaignPhrase.removed_at.is_(None))
        .limit(1)
    )
    return found is not None


def standings_of(campaign_id: int) -> Standings:
    """The standings that differ from "active, floor 0", or did once, as they are now: whoever
    looks again under the campaign's lock must not find what was read before it.
    """
    rows = db.session.scalars(
        select(DetectorStanding)
        .where(DetectorStanding.campaign_id == campaign_id)
        .execution_options(populate_existing=True)
    )
    return {(row.detector, row.cause): row for row in rows}


def holds_back(standings: Standings, flag: Flagged) -> bool:
    """Whether a flag is not put before people unless they ask; one with a verdict always is."""
    found = standings.get((flag.detector, flag.cause))
    return found is not None and found.holds_back(flag.confidence)


def phrases_of(campaign_id: int) -> list[CampaignPhrase]:
    """The campaign's own phrases in force, oldest first."""
    return list(
        db.session.scalars(
            select(CampaignPhrase)
            .where(CampaignPhrase.campaign_id == campaign_id, CampaignPhrase.removed_at.is_(None))
            .options(joinedload(CampaignPhrase.author))
            .order_by(CampaignPhrase.id)
        )
    )


def changes_of(
    campaign: Campaign, page: int = 1, *, kinds: Collection[ChangeKind] = tuple(ChangeKind)
) -> ChangePage:
    """The log of what was changed, of these kinds, newest first; a page past the end is the last
    one.
    """
    mine = (TuningChange.campaign_id == campaign.id) & TuningChange.kind.in_(kinds)
    total = db.session.scalar(select(func.count()).where(mine)) or 0
    number = min(max(1, page), max(1, -(-total // PER_PAGE)))
    items = db.session.scalars(
        select(TuningChange)
        .where(mine)
        .options(joinedload(TuningChange.author))
        .order_by(TuningChange.id.desc())
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    return ChangePage(list(items), total, number)


def _sorted(phrases: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(found)) for name, found in sorted(phrases.items())}
