"""Telling every screen that follows a debrief that there is something new to show."""

from __future__ import annotations

from sqlalchemy import update

from callcoach.debriefs.models import LiveState
from callcoach.extensions import db


def follow(debrief_id: int) -> None:
    """Raise the revision that screens compare; nothing happens where none follows."""
    db.session.execute(
        update(LiveState)
        .where(LiveState.debrief_id == debrief_id)
        .values(revision=LiveState.revision + 1)
        .execution_options(synchronize_session="fetch")
    )
