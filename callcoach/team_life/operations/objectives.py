"""Objectives of a team: proposed, adjusted and closed by who leads it; every agent is told."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.errors import Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices
from callcoach.progress.operations.objectives import CLOSINGS, MAX_WORDS, Aim, require_aim
from callcoach.team_life.models import TeamObjective

#: What agents are told of a new one.
NOTICE = "team.objective"


def propose(viewer: Viewer, team: Team, campaign_id: int | None, aim: Aim) -> TeamObjective:
    """Give a team something to aim at together; its agents are told.

    Whether the viewer leads the team, and the campaign is one that it calls for, is judged by the
    queries that found them.

    Raises:
        InvalidInput: something is missing or out of range.
    """
    objective = TeamObjective(team_id=team.id, author_id=viewer.user_id)
    _write(objective, campaign_id, aim)
    objective.row_version = 1
    db.session.add(objective)
    db.session.flush()
    _log(viewer, "proposed", objective)
    _tell(viewer, objective)
    return objective


def adjust(
    viewer: Viewer,
    objective: TeamObjective,
    campaign_id: int | None,
    aim: Aim,
    *,
    based_on: int,
) -> TeamObjective:
    """Change it; its agents are told anew.

    Raises:
        InvalidInput: as `propose`.
        StaleVersion: it was changed since.
        Conflict: it is closed.
    """
    _require_current(objective, based_on)
    _write(objective, campaign_id, aim)
    objective.row_version += 1
    db.session.flush()
    _log(viewer, "adjusted", objective)
    _tell(viewer, objective)
    return objective


def close(
    viewer: Viewer, objective: TeamObjective, closing: str, text: str, *, based_on: int
) -> TeamObjective:
    """End it, with words for the team.

    Raises:
        InvalidInput: not a way to end, or no words.
        StaleVersion, Conflict: as `adjust`.
    """
    _require_current(objective, based_on)
    if closing not in CLOSINGS:
        raise InvalidInput("Reached, adjusted or dropped: choose one.", field="closing")
    text = text.strip()
    if not 1 <= len(text) <= MAX_WORDS:
        raise InvalidInput("Close it with a few words: the team reads them.", field="closing_text")
    objective.closing, objective.closing_text = closing, text
    objective.closed_at = utc_now()
    objective.row_version += 1
    notices.take_back(NOTICE, subject_of(objective))
    db.session.flush()
    _log(viewer, "closed", objective)
    return objective


def reopen(viewer: Viewer, objective: TeamObjective) -> TeamObjective:
    """Undo closing it; twice is once."""
    if objective.closed_at is not None:
        objective.closed_at, objective.closing, objective.closing_text = None, "", ""
        objective.row_version += 1
        db.session.flush()
        _log(viewer, "reopened", objective)
    return objective


def withdraw(viewer: Viewer, objective: TeamObjective) -> None:
    """Undo proposing it.

    Raises:
        Conflict: it was adjusted or closed meanwhile.
    """
    db.session.refresh(objective, with_for_update={"of": TeamObjective})
    if objective.row_version != 1 or objective.closed_at is not None:
        raise Conflict("This objective was changed meanwhile; close it instead.")
    notices.take_back(NOTICE, subject_of(objective))
    _log(viewer, "withdrawn", objective)
    db.session.delete(objective)
    db.session.flush()


def subject_of(objective: TeamObjective) -> str:
    """What notices about a team's objective are about."""
    return f"team_objective:{objective.id}"


def _write(objective: TeamObjective, campaign_id: int | None, aim: Aim) -> None:
    aim = require_aim(aim)
    objective.campaign_id = campaign_id
    objective.text, objective.measure, objective.subject = aim.text, aim.measure, aim.subject
    objective.bound, objective.is_upper = aim.bound, aim.is_upper
    assert aim.starts_on is not None
    assert aim.ends_on is not None
    objective.starts_on, objective.ends_on = aim.starts_on, aim.ends_on


def _require_current(objective: TeamObjective, based_on: int) -> None:
    db.session.refresh(objective, with_for_update={"of": TeamObjective})
    if objective.row_version != based_on:
        raise StaleVersion(
            "This objective was changed meanwhile. Read it again, then decide.",
            row_version=objective.row_version,
        )
    if objective.closed_at is not None:
        raise Conflict("This objective is closed.")


def _tell(viewer: Viewer, objective: TeamObjective) -> None:
    agents = db.session.scalars(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.team_id == objective.team_id, User.role == Role.AGENT.value)
    )
    for user_id in agents:
        if user_id != viewer.user_id:
            notices.notify(
                user_id,
                NOTICE,
                subject_of(objective),
                f"/my/team-life?team={objective.team_id}#objectives",
            )


def _log(viewer: Viewer, what: str, objective: TeamObjective) -> None:
    record(
        viewer.user_id,
        f"team_objective.{what}",
        subject_kind="team_objective",
        subject_id=objective.id,
    )
