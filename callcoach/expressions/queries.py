"""Reads of this room, scoped by a `Viewer`: outside the scope a thing does not exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.analysis.text import fold
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import get_campaign, visible_campaigns
from callcoach.errors import NotFound
from callcoach.expressions.access import (
    can_edit_expressions,
    oversees_expressions,
    readable_kinds,
)
from callcoach.extensions import db
from callcoach.script_library.models import Expression, ExpressionKind

_NONE = "There is no such expression."


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to, as its address says.

    Args:
        kind: an `ExpressionKind`, or "".
        text: in the phrase, what is heard in it or what to say.
        removed: those put aside instead of those in use.
    """

    kind: str = ""
    text: str = ""
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A campaign's expressions as filtered, and how many of each kind there are otherwise."""

    rows: list[Expression]
    counts: Counter[str]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def kinds_for(viewer: Viewer, campaign: Campaign) -> tuple[ExpressionKind, ...]:
    """What the viewer reads in a campaign."""
    return readable_kinds(
        viewer,
        [link.team_id for link in campaign.teams],
        [seat.user_id for seat in campaign.sponsor.seats],
    )


def edits(viewer: Viewer, campaign: Campaign) -> bool:
    """Whether the viewer changes a campaign's expressions."""
    return can_edit_expressions(viewer, [link.team_id for link in campaign.teams])


def get_overseen(viewer: Viewer, campaign_id: int) -> Campaign:
    """A campaign whose expressions the viewer reads as a list.

    Raises:
        NotFound: there is none.
    """
    campaign = get_campaign(viewer, campaign_id)
    if not oversees_expressions(viewer) or not kinds_for(viewer, campaign):
        raise NotFound("There is no such page.")
    return campaign


def get_edited(viewer: Viewer, campaign_id: int) -> Campaign:
    """A campaign whose expressions the viewer changes.

    Raises:
        NotFound: there is none: nobody else needs to know that there is such a page.
    """
    campaign = get_campaign(viewer, campaign_id)
    if not edits(viewer, campaign):
        raise NotFound("There is no such page.")
    return campaign


def get_expression(viewer: Viewer, expression_id: int, *, to_edit: bool = False) -> Expression:
    """One expression, also one put aside for those who may bring it back.

    Raises:
        NotFound: there is none, or it is not the viewer's to read (to change, with `to_edit`).
    """
    found = db.session.get(Expression, expression_id)
    if found is None:
        raise NotFound(_NONE)
    may_edit = edits(viewer, found.campaign)
    may_read = found.removed_at is None and found.kind in kinds_for(viewer, found.campaign)
    if not (may_edit or (may_read and not to_edit)):
        raise NotFound(_NONE)
    return found


def list_expressions(viewer: Viewer, campaign: Campaign, filters: Filters) -> Listed:
    """A campaign's expressions that the viewer reads, by kind, then as they sort."""
    rows = [
        row
        for row in in_use(campaign.id, removed=filters.removed)
        if row.kind in kinds_for(viewer, campaign) and _holds(row, filters.text)
    ]
    counts: Counter[str] = Counter(str(row.kind) for row in rows)
    if filters.kind:
        rows = [row for row in rows if row.kind == filters.kind]
    return Listed(rows, counts)


def in_use(
    campaign_id: int,
    kinds: Collection[ExpressionKind] = tuple(ExpressionKind),
    *,
    removed: bool = False,
) -> list[Expression]:
    """A campaign's expressions of these kinds; the caller judges who reads them."""
    place = {kind: number for number, kind in enumerate(ExpressionKind)}
    rows = db.session.scalars(
        select(Expression)
        .where(
            Expression.campaign_id == campaign_id,
            Expression.kind.in_(kinds),
            Expression.removed_at.is_not(None) if removed else Expression.removed_at.is_(None),
        )
        .options(joinedload(Expression.voice_file))
    )
    return sorted(rows, key=lambda row: (place[ExpressionKind(row.kind)], fold(row.phrase), row.id))


def my_campaigns(viewer: Viewer) -> list[tuple[Campaign, list[Expression]]]:
    """The expressions of an agent's campaigns; campaigns without any are left out.

    Raises:
        NotFound: the viewer is no agent.
    """
    if viewer.role is not Role.AGENT:
        raise NotFound("There is no such page.")
    campaigns = db.session.scalars(
        visible_campaigns(viewer)
        .where(Campaign.is_archived.is_(False))
        .options(selectinload(Campaign.sponsor))
        .order_by(Campaign.name)
    )
    found = [(campaign, in_use(campaign.id)) for campaign in campaigns]
    return [(campaign, rows) for campaign, rows in found if rows]


def _holds(row: Expression, text: str) -> bool:
    wanted = fold(text)
    if not wanted:
        return True
    said = (row.phrase, row.instead, *row.hears.values())
    return any(wanted in fold(part) for part in said)
