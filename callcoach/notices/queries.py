"""Reads: a person's own notices, nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice

#: Seen ones are listed this long: they are reminders, not an archive.
SHOWN_FOR = timedelta(days=30)
#: Longest list; what is older is on the pages that it led to.
MAX_SHOWN = 100


def count_unseen(viewer: Viewer) -> int:
    """How many wait."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Notice)
            .where(Notice.user_id == viewer.user_id, Notice.seen_at.is_(None))
        )
        or 0
    )


def list_notices(viewer: Viewer) -> Sequence[Notice]:
    """Unseen ones first, then those of the last weeks, newest first."""
    return db.session.scalars(
        select(Notice)
        .where(
            Notice.user_id == viewer.user_id,
            Notice.seen_at.is_(None) | (Notice.created_at >= utc_now() - SHOWN_FOR),
        )
        .order_by(Notice.seen_at.is_not(None), Notice.created_at.desc(), Notice.id.desc())
        .limit(MAX_SHOWN)
    ).all()
