"""Reads of this room, scoped by a `Viewer`: outside the scope a thing does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team, User
from callcoach.campaigns.access import can_edit_campaign, can_manage_sponsors
from callcoach.campaigns.models import Campaign, CampaignTeam, Sponsor, SponsorSeat
from callcoach.errors import NotAllowed, NotFound
from callcoach.extensions import db


def visible_campaigns(viewer: Viewer) -> Select[Campaign]:
    """Campaigns the viewer may read, archived ones included."""
    query = select(Campaign)
    if viewer.sees_everything:
        return query
    if viewer.role is Role.SPONSOR:
        seats = select(SponsorSeat.sponsor_id).where(SponsorSeat.user_id == viewer.user_id)
        return query.where(Campaign.sponsor_id.in_(seats))
    calling = select(CampaignTeam.campaign_id).where(CampaignTeam.team_id.in_(viewer.team_ids))
    return query.where(Campaign.id.in_(calling))


@dataclass(frozen=True, slots=True)
class SponsorGroup:
    """A sponsor with those of its campaigns that the viewer may read."""

    sponsor: Sponsor
    campaigns: list[Campaign]


def list_by_sponsor(
    viewer: Viewer, *, text: str = "", archived: bool = False
) -> list[SponsorGroup]:
    """Sponsors in the order of their names, each with its campaigns.

    Args:
        viewer: only administrators also see sponsors without a campaign.
        text: part of a sponsor's or a campaign's name.
        archived: archived campaigns and sponsors instead of the living ones.
    """
    query = (
        visible_campaigns(viewer)
        .join(Campaign.sponsor)
        .where(Campaign.is_archived.is_(archived))
        .options(selectinload(Campaign.sponsor), selectinload(Campaign.teams))
        .order_by(Sponsor.name, Campaign.name)
    )
    groups: dict[int, SponsorGroup] = {}
    if can_manage_sponsors(viewer):
        sponsors = select(Sponsor).where(Sponsor.is_archived.is_(archived)).order_by(Sponsor.name)
        groups = {s.id: SponsorGroup(s, []) for s in db.session.scalars(sponsors)}
    for campaign in db.session.scalars(query):
        group = groups.setdefault(campaign.sponsor_id, SponsorGroup(campaign.sponsor, []))
        group.campaigns.append(campaign)
    wanted = text.casefold()
    kept = []
    for group in sorted(groups.values(), key=lambda g: g.sponsor.name.casefold()):
        if wanted in group.sponsor.name.casefold():
            kept.append(group)
        elif found := [c for c in group.campaigns if wanted in c.name.casefold()]:
            kept.append(SponsorGroup(group.sponsor, found))
    return kept


def get_campaign(viewer: Viewer, campaign_id: int) -> Campaign:
    """One campaign.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    campaign = db.session.scalar(visible_campaigns(viewer).where(Campaign.id == campaign_id))
    if campaign is None:
        raise NotFound("This campaign does not exist, or is not one of yours.")
    return campaign


def get_campaign_to_edit(viewer: Viewer, campaign_id: int) -> Campaign:
    """One campaign that the viewer may change.

    Raises:
        NotFound: as `get_campaign`.
        NotAllowed: the viewer may read it only.
    """
    campaign = get_campaign(viewer, campaign_id)
    if not can_edit_campaign(viewer, [link.team_id for link in campaign.teams]):
        raise NotAllowed("You may read this campaign; its supervisors change it.")
    return campaign


def get_sponsor(viewer: Viewer, sponsor_id: int) -> Sponsor:
    """One sponsor, for those who manage sponsors.

    Raises:
        NotFound: there is none, or the viewer does not manage sponsors.
    """
    sponsor = db.session.get(Sponsor, sponsor_id) if can_manage_sponsors(viewer) else None
    if sponsor is None:
        raise NotFound("This sponsor does not exist, or is not one of yours.")
    return sponsor


def can_offer_sponsor(viewer: Viewer, sponsor_id: int) -> bool:
    """Whether the viewer may add a campaign to this sponsor: supervisors where they read one.

    Else a number typed into the address would tell them which companies are clients.
    """
    if can_manage_sponsors(viewer):
        return True
    known = visible_campaigns(viewer).where(Campaign.sponsor_id == sponsor_id).limit(1)
    return db.session.scalar(known) is not None


def teams_to_offer(viewer: Viewer, campaign: Campaign | None = None) -> Sequence[Team]:
    """Teams the viewer may bind to a campaign: their own, or all; and those already bound."""
    bound = {link.team_id for link in campaign.teams} if campaign else set()
    query = select(Team).where(Team.is_archived.is_(False) | Team.id.in_(bound))
    if not viewer.sees_everything:
        query = query.where(Team.id.in_(viewer.team_ids | bound))
    return db.session.scalars(query.order_by(Team.name)).all()


def team_names(campaign: Campaign) -> Sequence[str]:
    """Names of the teams that call for a campaign."""
    ids = [link.team_id for link in campaign.teams]
    return db.session.scalars(select(Team.name).where(Team.id.in_(ids)).order_by(Team.name)).all()


def seats(sponsor: Sponsor) -> Sequence[User]:
    """People of the sponsor's who may sign in."""
    return db.session.scalars(
        select(User)
        .join(SponsorSeat, SponsorSeat.user_id == User.id)
        .where(SponsorSeat.sponsor_id == sponsor.id)
        .order_by(User.name)
    ).all()


def people_without_seat(sponsor: Sponsor) -> Sequence[User]:
    """Enabled sponsor users who have no seat at this sponsor yet."""
    taken = select(SponsorSeat.user_id).where(SponsorSeat.sponsor_id == sponsor.id)
    return db.session.scalars(
        select(User)
        .where(User.role == Role.SPONSOR, User.is_enabled, User.id.not_in(taken))
        .order_by(User.name)
    ).all()
