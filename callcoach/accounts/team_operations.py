"""Writes about teams. All flush, none commits; each leaves a line in the access log."""

from __future__ import annotations

from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from callcoach.accounts.access import Viewer, can_manage_people
from callcoach.accounts.access_log import record
from callcoach.accounts.folding import fold
from callcoach.accounts.models import Team
from callcoach.errors import Conflict, InvalidInput, NotAllowed
from callcoach.extensions import db

#: Longest name, as the column holds it.
MAX_TEAM_NAME = 120


def create_team(viewer: Viewer, name: str, timezone: str) -> Team:
    """Add a team.

    Raises:
        NotAllowed: the viewer does not manage teams.
        InvalidInput, Conflict: the name or the zone is refused; ``values["field"]`` says which.
    """
    _must_manage(viewer)
    team = Team(name=_free_name(name, None), timezone=_known_zone(timezone))
    db.session.add(team)
    _flush_unique()
    _log(viewer, "team.created", team)
    return team


def update_team(viewer: Viewer, team: Team, name: str, timezone: str) -> None:
    """Rename a team or move it to another zone; raises as `create_team`."""
    _must_manage(viewer)
    team.name, team.timezone = _free_name(name, team.id), _known_zone(timezone)
    _flush_unique()
    _log(viewer, "team.changed", team)


def set_team_archived(viewer: Viewer, team: Team, *, archived: bool) -> None:
    """Put a team aside, or take it back; its people and calls stay. Doing so twice is fine."""
    _must_manage(viewer)
    if team.is_archived == archived:
        return
    team.is_archived = archived
    _log(viewer, "team.archived" if archived else "team.restored", team)


def _must_manage(viewer: Viewer) -> None:
    if not can_manage_people(viewer):
        raise NotAllowed("Administrators manage people and teams.")


def _free_name(name: str, team_id: int | None) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MAX_TEAM_NAME:
        raise InvalidInput(
            "Write a name of 1 to %(count)s characters.", count=MAX_TEAM_NAME, field="name"
        )
    # Imports find teams by their folded name, so that is what must differ.
    others = db.session.execute(select(Team.id, Team.name)).all()
    if any(fold(other) == fold(name) and id_ != team_id for id_, other in others):
        raise Conflict(
            "There is already a team called “%(name)s”, perhaps archived. Choose another name.",
            name=name,
            field="name",
        )
    return name


def _known_zone(timezone: str) -> str:
    if timezone not in available_timezones():
        raise InvalidInput("Choose a time zone from the list.", field="timezone")
    return timezone


def _flush_unique() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict("Somebody saved the same name at this moment. Try again.") from error


def _log(viewer: Viewer, action: str, team: Team) -> None:
    record(viewer.user_id, action, subject_kind="team", subject_id=team.id)
    db.session.flush()
