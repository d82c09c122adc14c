"""Telling a team what a version changes, and keeping who has read it."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.errors import Conflict, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices
from callcoach.script_fit.briefing_queries import (
    Briefing,
    agents_of,
    briefing_for,
    find_reading,
    get_readings,
)
from callcoach.script_fit.models import BriefingReading
from callcoach.script_library.models import ScriptRelease, ScriptVersion

KIND = "script.briefing"


def subject_of(version: ScriptVersion) -> str:
    """What notices about a version are about."""
    return f"briefing:{version.id}"


def announce(release: ScriptRelease) -> int:
    """Tell the agents of a release's team that there is something to read; how many were told.

    Idempotent: who has confirmed is told nothing, and an unseen notice is only renewed.
    """
    told = 0
    for agent in agents_of(release.team_id):
        briefing = briefing_for(agent.id, release)
        if not briefing.is_confirmed and not briefing.difference.is_empty:
            _tell(agent.id, release)
            told += 1
    release.announced_at = release.announced_at or utc_now()
    db.session.flush()
    return told


def take_back(release: ScriptRelease) -> None:
    """A version is no longer in force for a team: nobody there has to read it."""
    for agent in agents_of(release.team_id):
        notices.take_back(KIND, subject_of(release.version), user_id=agent.id)


def open_briefing(viewer: Viewer, briefing: Briefing) -> BriefingReading:
    """The agent has the differences before them; opening them again changes nothing."""
    reading = find_reading(viewer.user_id, briefing.version.id)
    if reading is None:
        if viewer.user_id is None:
            raise NotFound("There is no such page.")
        reading = BriefingReading(version_id=briefing.version.id, user_id=viewer.user_id)
        try:
            with db.session.begin_nested():
                db.session.add(reading)
        except IntegrityError:  # opened at this moment in another window
            found = find_reading(viewer.user_id, briefing.version.id)
            assert found is not None
            return found
        record(
            viewer.user_id,
            "briefing.opened",
            subject_kind="script_version",
            subject_id=briefing.version.id,
        )
    notices.mark_subject_seen(viewer, subject_of(briefing.version))
    db.session.flush()
    return reading


def confirm(viewer: Viewer, briefing: Briefing) -> BriefingReading:
    """The agent says that they have read what changes; saying it again changes nothing.

    Raises:
        Conflict: they have not opened it, or it is no longer in force.
    """
    reading = find_reading(viewer.user_id, briefing.version.id)
    if reading is None:
        raise Conflict("Open what changes first; then say that you have read it.")
    if not briefing.is_in_force and reading.confirmed_at is None:
        raise Conflict("This version is no longer in force; there is nothing to confirm.")
    if reading.confirmed_at is None:
        reading.confirmed_at = utc_now()
        record(
            viewer.user_id,
            "briefing.confirmed",
            subject_kind="script_version",
            subject_id=briefing.version.id,
        )
    db.session.flush()
    return reading


def remind(viewer: Viewer, version_id: int, team_id: int) -> int:
    """Remind the agents of a team who have not confirmed a version; how many.

    Raises:
        NotFound: it is not in force for a team of the viewer's.
    """
    version, teams = get_readings(viewer, version_id)
    team = next((item for item in teams if item.team.id == team_id), None)
    if team is None:
        raise NotFound("There is no such team.")
    for reader in team.waiting:
        _tell(reader.user.id, team.release)
    record(
        viewer.user_id,
        "briefing.reminded",
        subject_kind="script_version",
        subject_id=version.id,
        team=team_id,
        count=len(team.waiting),
    )
    db.session.flush()
    return len(team.waiting)


def _tell(agent_id: int, release: ScriptRelease) -> None:
    version = release.version
    notices.notify(
        agent_id,
        KIND,
        subject_of(version),
        f"/my/script/changes/{version.id}",
        campaign=version.script.campaign.name,
    )
