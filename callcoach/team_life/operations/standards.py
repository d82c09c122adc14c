"""Standards of a team: written, put in order, retired and brought back."""

from __future__ import annotations

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import Team
from callcoach.debriefs.models import Decision
from callcoach.errors import Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.team_life.models import TeamStandard

MAX_TEXT, MAX_DETAIL = 300, 2000
#: What nobody can keep in mind is no standard.
MOST_STANDARDS = 12


def add_standard(
    viewer: Viewer, team: Team, text: str, detail: str = "", decision: Decision | None = None
) -> TeamStandard:
    """Put one in force, last of all.

    Whether the viewer leads the team, and the decision was taken by it, is judged by the queries
    that found them.

    Raises:
        InvalidInput: no words, or too many.
        Conflict: it is in force already, or there are too many.
    """
    standard = TeamStandard(team_id=team.id, author_id=viewer.user_id)
    _write(standard, text, detail)
    standard.decision_id = decision.id if decision is not None else None
    _require_room(standard)
    standard.position = _last_position(team.id) + 1
    standard.row_version = 1
    db.session.add(standard)
    db.session.flush()
    _log(viewer, "added", standard)
    return standard


def edit_standard(
    viewer: Viewer, standard: TeamStandard, text: str, detail: str, *, based_on: int
) -> TeamStandard:
    """Change its words.

    Raises:
        InvalidInput, Conflict: as `add_standard`; or it is retired.
        StaleVersion: it was changed since.
    """
    _lock(standard)
    if standard.row_version != based_on:
        raise StaleVersion(
            "This standard was changed meanwhile. Read it again, then decide.",
            row_version=standard.row_version,
        )
    if standard.retired_at is not None:
        raise Conflict("This standard is not in force any more; bring it back first.")
    _write(standard, text, detail)
    _require_room(standard)
    standard.row_version += 1
    db.session.flush()
    _log(viewer, "edited", standard)
    return standard


def move_standard(viewer: Viewer, standard: TeamStandard, places: int) -> TeamStandard:
    """Move it up (below 0) or down among those in force; at the end it stays there.

    Raises:
        Conflict: it is retired.
    """
    _lock(standard)
    shown = list(
        db.session.scalars(
            select(TeamStandard)
            .where(TeamStandard.team_id == standard.team_id, TeamStandard.retired_at.is_(None))
            .order_by(TeamStandard.position, TeamStandard.id)
        )
    )
    if standard not in shown:
        raise Conflict("This standard is not in force any more; bring it back first.")
    at = shown.index(standard)
    shown.insert(max(0, min(len(shown) - 1, at + places)), shown.pop(at))
    for position, item in enumerate(shown):
        item.position = position
    db.session.flush()
    _log(viewer, "moved", standard)
    return standard


def retire_standard(viewer: Viewer, standard: TeamStandard) -> TeamStandard:
    """It is in force no longer, and is kept; twice is once."""
    _lock(standard)
    if standard.retired_at is None:
        standard.retired_at = utc_now()
        standard.row_version += 1
        db.session.flush()
        _log(viewer, "retired", standard)
    return standard


def restore_standard(viewer: Viewer, standard: TeamStandard) -> TeamStandard:
    """Bring it back where it was; twice is once.

    Raises:
        Conflict: the same is in force already, or there are too many.
    """
    _lock(standard)
    if standard.retired_at is not None:
        _require_room(standard)
        standard.retired_at = None
        standard.row_version += 1
        db.session.flush()
        _log(viewer, "restored", standard)
    return standard


def _write(standard: TeamStandard, text: str, detail: str) -> None:
    text, detail = " ".join(text.split()), detail.strip()
    if not 1 <= len(text) <= MAX_TEXT:
        raise InvalidInput(
            "Say it in one sentence, %(limit)s characters at most.", field="text", limit=MAX_TEXT
        )
    if len(detail) > MAX_DETAIL:
        raise InvalidInput(
            "This is too long: %(limit)s characters at most.", field="detail", limit=MAX_DETAIL
        )
    standard.text, standard.detail = text, detail


def _require_room(standard: TeamStandard) -> None:
    others = db.session.scalars(
        select(TeamStandard.text).where(
            TeamStandard.team_id == standard.team_id,
            TeamStandard.retired_at.is_(None),
            TeamStandard.id != (standard.id or 0),
        )
    ).all()
    if standard.text.casefold() in {text.casefold() for text in others}:
        raise Conflict("This standard is in force already.")
    if len(others) >= MOST_STANDARDS:
        raise Conflict(
            "A team keeps %(limit)s standards at most: retire one first.", limit=MOST_STANDARDS
        )


def _last_position(team_id: int) -> int:
    found = db.session.scalar(
        select(func.max(TeamStandard.position)).where(
            TeamStandard.team_id == team_id, TeamStandard.retired_at.is_(None)
        )
    )
    return -1 if found is None else found


def _lock(standard: TeamStandard) -> None:
    db.session.flush()
    db.session.refresh(standard, with_for_update={"of": TeamStandard})


def _log(viewer: Viewer, what: str, standard: TeamStandard) -> None:
    record(
        viewer.user_id,
        f"team_standard.{what}",
        subject_kind="team_standard",
        subject_id=standard.id,
    )
