"""When and how a person is told by e-mail, from what they chose and where they work."""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from callcoach.accounts.models import User
from callcoach.extensions import db
from callcoach.notices.clock import GATHER, after_quiet, next_at
from callcoach.notices.models import (
    DIGEST_AT,
    QUIET_FROM,
    QUIET_TO,
    Delivery,
    NoticePreference,
)
from callcoach.web.i18n import DEFAULT_TIMEZONE


def chosen_by(user_id: int) -> NoticePreference:
    """What the person chose, to be shown; an object that is not kept, with the defaults, when they
    never chose anything.
    """
    return _find(user_id) or NoticePreference(
        user_id=user_id,
        delivery=Delivery.DIGEST,
        digest_at=DIGEST_AT,
        quiet_from=QUIET_FROM,
        quiet_to=QUIET_TO,
    )


def preference_of(user_id: int) -> NoticePreference:
    """What the person chose; made with the defaults when they never chose anything."""
    found = _find(user_id)
    if found is not None:
        return found
    made = NoticePreference(user_id=user_id, unsubscribe_token=secrets.token_urlsafe(32))
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:  # made by another request at the same moment
        existing = _find(user_id)
        assert existing is not None
        return existing
    return made


def zone_of(user: User) -> ZoneInfo:
    """Where the person's clock runs."""
    return ZoneInfo(user.timezone or DEFAULT_TIMEZONE)


def leaves_at(
    preference: NoticePreference, zone: ZoneInfo, now: datetime, *, gather: bool = True
) -> datetime | None:
    """When an e-mail about something that happens `now` goes out; None when none does.

    Args:
        gather: wait a little, so that several things leave together.
    """
    if preference.delivery == Delivery.OFF:
        return None
    if preference.delivery == Delivery.DIGEST:
        wanted = next_at(now, zone, preference.digest_at)
    else:
        wanted = now + GATHER if gather else now
    return after_quiet(wanted, zone, preference.quiet_from, preference.quiet_to)


def _find(user_id: int) -> NoticePreference | None:
    found: NoticePreference | None = db.session.scalar(
        select(NoticePreference).where(NoticePreference.user_id == user_id)
    )
    return found
