"""Reads of briefings: what a version changes for somebody, and who has read it.

Somebody's briefing starts from the newest earlier version that they confirmed; from the first that
their team had, when they confirmed none. Where a team had no version before, all of it is new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.campaigns.models import Campaign, CampaignTeam
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.script_fit.line_access import sees_readings
from callcoach.script_fit.models import BriefingReading
from callcoach.script_library.access import can_read_version
from callcoach.script_library.changes import Difference, compare
from callcoach.script_library.document import Document
from callcoach.script_library.in_force import release_in_force, releases_before
from callcoach.script_library.models import Script, ScriptRelease, ScriptVersion


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a version changes for one agent.

    Args:
        base: the version that it is compared with; None when all of it is new.
        is_in_force: for a team of theirs, now; what is not need not be confirmed.
    """

    version: ScriptVersion
    base: ScriptVersion | None
    difference: Difference
    reading: BriefingReading | None
    is_in_force: bool

    @property
    def is_confirmed(self) -> bool:
        return self.reading is not None and self.reading.confirmed_at is not None


@dataclass(frozen=True, slots=True)
class Reader:
    """An agent who is to read a version."""

    user: User
    opened_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TeamReading:
    """Who of a team has read a version, by name."""

    team: Team
    release: ScriptRelease
    readers: Sequence[Reader]

    @property
    def waiting(self) -> list[Reader]:
        return [reader for reader in self.readers if reader.confirmed_at is None]


def agents_of(team_id: int) -> list[User]:
    """Agents of a team whose accounts are open, by name."""
    return list(
        db.session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.team_id == team_id,
                User.role == Role.AGENT.value,
                User.is_enabled.is_(True),
            )
            .order_by(User.name, User.id)
        )
    )


def find_reading(user_id: int | None, version_id: int) -> BriefingReading | None:
    """Whether somebody has opened a version's briefing."""
    return db.session.scalar(
        select(BriefingReading).where(
            BriefingReading.user_id == user_id, BriefingReading.version_id == version_id
        )
    )


def base_of(user_id: int | None, release: ScriptRelease) -> ScriptVersion | None:
    """The version that a release is compared with for somebody of its team."""
    earlier = releases_before(release)
    if not earlier:
        return None
    confirmed = set(
        db.session.scalars(
            select(BriefingReading.version_id).where(
                BriefingReading.user_id == user_id, BriefingReading.confirmed_at.is_not(None)
            )
        )
    )
    known = next((item for item in earlier if item.version_id in confirmed), earlier[-1])
    return known.version


def briefing_for(user_id: int | None, release: ScriptRelease, *, in_force: bool = True) -> Briefing:
    """What a release changes for somebody of its team."""
    base = base_of(user_id, release)
    before = base.document if base else Document()
    return Briefing(
        version=release.version,
        base=base,
        difference=compare(before, release.version.document),
        reading=find_reading(user_id, release.version_id),
        is_in_force=in_force,
    )


def get_my_briefing(viewer: Viewer, version_id: int) -> Briefing:
    """The briefing of a version for an agent whose team has, or had, it in force.

    Raises:
        NotFound: there is none for the viewer.
    """
    version = db.session.get(ScriptVersion, version_id)
    if version is None or viewer.role is not Role.AGENT or not can_read_version(viewer, version):
        raise NotFound("There is no such page.")
    now = utc_now()
    releases = [
        release
        for release in version.releases
        if release.team_id in viewer.team_ids and release.starts_at <= now
    ]
    if not releases:
        raise NotFound("There is no such page.")
    for release in reversed(releases):
        present = release_in_force(version.script.campaign_id, release.team_id, now)
        if present is not None and present.version_id == version.id:
            return briefing_for(viewer.user_id, release)
    return briefing_for(viewer.user_id, releases[-1], in_force=False)


def waiting_briefings(viewer: Viewer) -> list[Briefing]:
    """What an agent is to read: versions in force for their teams, not confirmed, that change
    something for them.
    """
    if viewer.role is not Role.AGENT:
        return []
    found: dict[int, Briefing] = {}
    for release in _present_releases(viewer):
        if release.version_id in found:
            continue
        reading = find_reading(viewer.user_id, release.version_id)
        if reading is not None and reading.confirmed_at is not None:
            continue
        briefing = briefing_for(viewer.user_id, release)
        if not briefing.difference.is_empty:
            found[release.version_id] = briefing
    return list(found.values())


def get_readings(viewer: Viewer, version_id: int) -> tuple[ScriptVersion, list[TeamReading]]:
    """Who of the viewer's teams has read a version that is or was in force there.

    Raises:
        NotFound: there is no such version for the viewer.
    """
    version = db.session.get(ScriptVersion, version_id)
    if version is None or not sees_readings(viewer, version.script.campaign):
        raise NotFound("There is no such version.")
    if not can_read_version(viewer, version):
        raise NotFound("There is no such version.")
    now = utc_now()
    newest: dict[int, ScriptRelease] = {}
    for release in version.releases:
        is_mine = viewer.sees_everything or release.team_id in viewer.team_ids
        if is_mine and release.starts_at <= now:
            newest[release.team_id] = release
    teams = sorted(newest.values(), key=lambda release: (release.team.name, release.id))
    return version, [_team_reading(release) for release in teams]


def waiting_readers(viewer: Viewer) -> list[TeamReading]:
    """Teams of the viewer's in which somebody has not confirmed what is in force."""
    found = [_team_reading(release) for release in _present_releases(viewer)]
    return [item for item in found if item.waiting]


def _present_releases(viewer: Viewer) -> list[ScriptRelease]:
    """What is in force for the viewer's teams, by campaign and team."""
    pairs = db.session.execute(
        select(Script.campaign_id, CampaignTeam.team_id)
        .join(CampaignTeam, CampaignTeam.campaign_id == Script.campaign_id)
        .join(Campaign, Campaign.id == Script.campaign_id)
        .where(CampaignTeam.team_id.in_(sorted(viewer.team_ids)), Campaign.is_archived.is_(False))
        .order_by(Script.campaign_id, CampaignTeam.team_id)
    )
    now = utc_now()
    found = (release_in_force(campaign_id, team_id, now) for campaign_id, team_id in pairs.all())
    return [release for release in found if release is not None]


def _team_reading(release: ScriptRelease) -> TeamReading:
    rows = db.session.scalars(
        select(BriefingReading).where(BriefingReading.version_id == release.version_id)
    )
    readings = {row.user_id: row for row in rows}
    readers = []
    for user in agents_of(release.team_id):
        row = readings.get(user.id)
        readers.append(
            Reader(user, row.opened_at if row else None, row.confirmed_at if row else None)
        )
    return TeamReading(release.team, release, readers)
