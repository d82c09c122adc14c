"""Which version of a script is in force for a team at a moment.

Read without a viewer: what a call is measured against does not depend on who looks. Who may read a
version is judged by `callcoach.script_library.access`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from callcoach.extensions import db
from callcoach.script_library.models import (
    PUBLISHED,
    Expression,
    ExpressionKind,
    Script,
    ScriptRelease,
    ScriptVersion,
)


def release_in_force(
    campaign_id: int, team_id: int, at: datetime, *, without: ScriptVersion | None = None
) -> ScriptRelease | None:
    """The release that says what the team says at a moment, or None before the first one.

    Args:
        without: a version that is passed over: what would be said if it were not in force.
    """
    query = (
        select(ScriptRelease)
        .join(ScriptRelease.version)
        .join(ScriptVersion.script)
        .where(
            Script.campaign_id == campaign_id,
            ScriptVersion.state.in_(PUBLISHED),
            ScriptRelease.team_id == team_id,
            ScriptRelease.starts_at <= at,
            or_(ScriptRelease.ended_at.is_(None), ScriptRelease.ended_at > at),
        )
        .order_by(ScriptRelease.starts_at.desc(), ScriptRelease.id.desc())
        .limit(1)
    )
    if without is not None:
        query = query.where(ScriptRelease.version_id != without.id)
    return db.session.scalar(query)


def releases_before(release: ScriptRelease) -> list[ScriptRelease]:
    """Releases by which other versions came to the same team before this one, newest first; what was
    ended before it began was never said and is left out.
    """
    found = db.session.scalars(
        select(ScriptRelease)
        .join(ScriptRelease.version)
        .join(ScriptVersion.script)
        .where(
            Script.campaign_id == release.version.script.campaign_id,
            ScriptVersion.state.in_(PUBLISHED),
            ScriptRelease.team_id == release.team_id,
            ScriptRelease.version_id != release.version_id,
            ScriptRelease.starts_at < release.starts_at,
            or_(
                ScriptRelease.ended_at.is_(None),
                ScriptRelease.ended_at > ScriptRelease.starts_at,
            ),
        )
        .options(joinedload(ScriptRelease.version))
        .order_by(ScriptRelease.starts_at.desc(), ScriptRelease.id.desc())
    )
    return list(found)


def phrases_of(campaign_id: int) -> dict[ExpressionKind, tuple[str, ...]]:
    """The set phrases of a campaign by kind, in the order in which they were written; every kind is
    there.
    """
    found: dict[ExpressionKind, list[str]] = {kind: [] for kind in ExpressionKind}
    rows = db.session.execute(
        select(Expression.kind, Expression.phrase)
        .where(Expression.campaign_id == campaign_id, Expression.removed_at.is_(None))
        .order_by(Expression.id)
    )
    for kind, phrase in rows:
        found[ExpressionKind(kind)].append(phrase)
    return {kind: tuple(phrases) for kind, phrases in found.items()}


def version_in_force(campaign_id: int, team_id: int, at: datetime) -> ScriptVersion | None:
    """The version that the team says at a moment, or None before the first one."""
    found = release_in_force(campaign_id, team_id, at)
    return found.version if found else None
