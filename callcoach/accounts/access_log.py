"""The access log: who did what to which thing, when."""

from __future__ import annotations

from typing import Any

from callcoach.accounts.models import AccessEvent
from callcoach.extensions import db


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
