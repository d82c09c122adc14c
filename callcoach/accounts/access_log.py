"""The access log: who did what to which thing, when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from callcoach.accounts.models import AccessEvent
from callcoach.extensions import db, utc_now

#: A player fetches one listening in many parts; within this time it is one line of the log.
ONE_LISTENING = timedelta(minutes=10)


def record(
    actor_id: int | None,
    action: str,
    *,
    subject_kind: str = "",
    subject_id: int | None = None,
    **detail: Any,
) -> AccessEvent:
    """Write one line; flushed with the next flush, committed by the caller.

    Args:
        actor_id: who; None for a stranger or the system.
        action: ``subject.verb``, such as ``user.signed_in``.
        subject_kind, subject_id: what it was done to.
        **detail: plain facts; never secrets, and never text typed by a stranger.
    """
    event = AccessEvent(
        actor_id=actor_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        detail=detail,
    )
    db.session.add(event)
    return event


def was_recorded(
    actor_id: int | None,
    action: str,
    *,
    subject_kind: str,
    subject_id: int,
    within: timedelta = ONE_LISTENING,
) -> bool:
    """Whether the log has such a line that is younger than `within`; arguments as for `record`."""
    found = db.session.scalar(
        select(AccessEvent.id)
        .where(
            AccessEvent.subject_kind == subject_kind,
            AccessEvent.subject_id == subject_id,
            AccessEvent.actor_id == actor_id,
            AccessEvent.action == action,
            AccessEvent.at > utc_now() - within,
        )
        .limit(1)
    )
    return found is not None
