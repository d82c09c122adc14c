"""Reads of scripts and versions, scoped by a `Viewer`: outside the scope a thing does not exist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.campaigns.models import Campaign, CampaignTeam, Persona, Promise
from callcoach.campaigns.queries import get_campaign, visible_campaigns
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.script_library.access import can_edit_script, can_oversee_script, can_read_version
from callcoach.script_library.in_force import release_in_force
from callcoach.script_library.models import (
    Script,
    ScriptEdit,
    ScriptRelease,
    ScriptVersion,
    VersionState,
)


@dataclass(frozen=True, slots=True)
class InForce:
    """What one team says now and what it says next.

    Args:
        release: None before the first version is put in force.
        upcoming: releases that have not started, soonest first.
    """

    team: Team
    release: ScriptRelease | None
    upcoming: tuple[ScriptRelease, ...]


def script_of(campaign: Campaign) -> Script | None:
    """The script of a campaign that the viewer was let read."""
    return db.session.scalar(
        select(Script).where(Script.campaign_id == campaign.id).options(joinedload(Script.campaign))
    )


def get_overseen_campaign(viewer: Viewer, campaign_id: int) -> Campaign:
    """A campaign whose list of versions the viewer may see.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    campaign = get_campaign(viewer, campaign_id)
    if not can_oversee_script(viewer, campaign):
        raise NotFound("This campaign does not exist, or is not one of yours.")
    return campaign


def get_version(viewer: Viewer, version_id: int) -> ScriptVersion:
    """One version.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    version = db.session.scalar(
        select(ScriptVersion)
        .where(ScriptVersion.id == version_id)
        .options(
            joinedload(ScriptVersion.script).joinedload(Script.campaign),
            joinedload(ScriptVersion.author),
            selectinload(ScriptVersion.releases),
        )
    )
    if version is None or not can_read_version(viewer, version):
        raise NotFound("There is no such version.")
    return version


def base_of(viewer: Viewer, version: ScriptVersion) -> ScriptVersion | None:
    """The version that one is counted from, when the viewer may read it."""
    base = version.based_on
    return base if base is not None and can_read_version(viewer, base) else None


def readable_versions(viewer: Viewer, script: Script) -> list[ScriptVersion]:
    """Versions of a script that the viewer may read, newest first."""
    found = db.session.scalars(
        select(ScriptVersion)
        .where(ScriptVersion.script_id == script.id)
        .options(
            joinedload(ScriptVersion.author),
            joinedload(ScriptVersion.based_on).joinedload(ScriptVersion.script),
            selectinload(ScriptVersion.releases).joinedload(ScriptRelease.team),
            selectinload(ScriptVersion.decisions),
        )
        .order_by(ScriptVersion.number.desc())
    )
    return [version for version in found if can_read_version(viewer, version)]


def in_force_by_team(
    viewer: Viewer, campaign: Campaign, at: datetime | None = None
) -> list[InForce]:
    """What each team of a campaign says, in the order of their names; the viewer's teams only.

    Args:
        at: present moment when not given.
    """
    moment = at or utc_now()
    query = (
        select(Team)
        .join(CampaignTeam, CampaignTeam.team_id == Team.id)
        .where(CampaignTeam.campaign_id == campaign.id)
        .order_by(Team.name)
    )
    if not viewer.sees_everything:
        query = query.where(Team.id.in_(viewer.team_ids))
    found = []
    for team in db.session.scalars(query):
        coming = db.session.scalars(
            select(ScriptRelease)
            .join(ScriptRelease.version)
            .join(ScriptVersion.script)
            .where(
                Script.campaign_id == campaign.id,
                ScriptRelease.team_id == team.id,
                ScriptRelease.starts_at > moment,
                ScriptRelease.ended_at.is_(None),
            )
            .order_by(ScriptRelease.starts_at)
        )
        found.append(InForce(team, release_in_force(campaign.id, team.id, moment), tuple(coming)))
    return found


def edits_of(version: ScriptVersion, limit: int = 200) -> Sequence[ScriptEdit]:
    """What was done to a draft, newest first."""
    return db.session.scalars(
        select(ScriptEdit)
        .where(ScriptEdit.version_id == version.id)
        .options(joinedload(ScriptEdit.author))
        .order_by(ScriptEdit.revision.desc())
        .limit(limit)
    ).all()


def forkable_versions(viewer: Viewer, campaign: Campaign) -> list[ScriptVersion]:
    """Published versions of other campaigns that the viewer reads, newest of each script first."""
    found = db.session.scalars(
        select(ScriptVersion)
        .join(ScriptVersion.script)
        .where(
            Script.campaign_id != campaign.id,
            Script.campaign_id.in_(visible_campaigns(viewer).with_only_columns(Campaign.id)),
            ScriptVersion.state == VersionState.APPROVED,
        )
        .options(joinedload(ScriptVersion.script).joinedload(Script.campaign))
        .order_by(Script.campaign_id, ScriptVersion.number.desc())
    )
    return [version for version in found if can_read_version(viewer, version)]


def editable_campaigns(viewer: Viewer, but: Campaign) -> list[Campaign]:
    """Other campaigns whose script the viewer writes, by name."""
    found = db.session.scalars(
        visible_campaigns(viewer)
        .where(Campaign.id != but.id, Campaign.is_archived.is_(False))
        .options(selectinload(Campaign.teams), joinedload(Campaign.sponsor))
        .order_by(Campaign.name)
    )
    return [campaign for campaign in found if can_edit_script(viewer, campaign)]


def personas_of(campaign: Campaign) -> list[str]:
    """Names of a campaign's personas, for whom lines may have variants."""
    return list(
        db.session.scalars(
            select(Persona.name).where(Persona.campaign_id == campaign.id).order_by(Persona.name)
        )
    )


def promises_of(campaign: Campaign) -> dict[int, Promise]:
    """What the sponsor said of phrases, by id."""
    rows = db.session.scalars(
        select(Promise).where(Promise.campaign_id == campaign.id).order_by(Promise.id)
    )
    return {promise.id: promise for promise in rows}
