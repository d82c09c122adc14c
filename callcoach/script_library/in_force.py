"""Which version of a script is in force for a team at a moment.

Read without a viewer: what a call is measured against does not depend on who looks. Who may read a
version is judged by `callcoach.script_library.access`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from callcoach.extensions import db
from callcoach.script_library.models import PUBLISHED, Script, ScriptRelease, ScriptVersion


def release_in_force(campaign_id: int, team_id: int, at: datetime) -> ScriptRelease | None:
    """The release that says what the team says at a moment, or None before the first one."""
    return db.session.scalar(
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


def version_in_force(campaign_id: int, team_id: int, at: datetime) -> ScriptVersion | None:
    """The version that the team says at a moment, or None before the first one."""
    found = release_in_force(campaign_id, team_id, at)
    return found.version if found else None
