"""Telling every screen that follows a debrief that there is something new to show."""

from __future__ import annotations

from sqlalchemy import select, update

from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, LiveState
from callcoach.extensions import db
from callcoach.progress.operations.consents import on_consent_changed


def follow(debrief_id: int) -> None:
    """Raise the revision that screens compare; nothing happens where none follows."""
    db.session.execute(
        update(LiveState)
        .where(LiveState.debrief_id == debrief_id)
        .values(revision=LiveState.revision + 1)
        .execution_options(synchronize_session="fetch")
    )


@on_consent_changed
def follow_consent(call_id: int) -> None:
    """An agent gave, or took back, their yes to a moment of a call: what is loaded on a screen of a
    debrief that runs may have to go at once.
    """
    running = (
        select(Debrief.id)
        .join(AgendaItem, AgendaItem.debrief_id == Debrief.id)
        .where(Debrief.state == DebriefState.RUNNING, AgendaItem.call_id == call_id)
        .distinct()
    )
    for debrief_id in db.session.scalars(running).all():
        follow(debrief_id)
