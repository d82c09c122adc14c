"""Inviting people to a debrief, and telling them when it moves, falls away or takes place after all.

Nobody is told of a debrief before they were invited to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import User
from callcoach.debriefs.models import Debrief, DebriefState
from callcoach.debriefs.queries.debriefs import participants
from callcoach.errors import Conflict
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices
from callcoach.notices.models import Notice
from callcoach.notices.schedule import zone_of
from callcoach.web.filters import local_date, local_time
from callcoach.web.i18n import speaking

#: Notices that say when it takes place.
_INVITING = ("debrief.invited", "debrief.one_to_one")


class Planned(Protocol):
    """What an invitation says."""

    @property
    def title(self) -> str: ...

    @property
    def starts_at(self) -> datetime: ...

    @property
    def minutes(self) -> int: ...

    @property
    def timezone(self) -> str: ...

    @property
    def place(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Told:
    """Who was invited before a change, and to when."""

    user_ids: frozenset[int]
    starts_at: datetime


def subject_of(debrief: Debrief) -> str:
    """What notices about a debrief are about."""
    return f"debrief:{debrief.id}"


def says(plan: Planned) -> tuple[object, ...]:
    """What an invitation says: when it changes, calendars must be told (RFC 5545, SEQUENCE)."""
    return plan.title, plan.starts_at, plan.minutes, plan.timezone, plan.place


def invite(viewer: Viewer, debrief: Debrief) -> list[User]:
    """Invite everybody who is expected and was not yet; again, those who came to the team since.

    Raises:
        Conflict: it is not planned any more.
    """
    if debrief.state != DebriefState.PLANNED:
        raise Conflict("This debrief is not planned any more: it has begun, is over or skipped.")
    expected = participants(debrief)
    told = invited_ids(debrief)
    new = [user for user in expected if user.id not in told]
    for user in new:
        _tell_invited(debrief, user)
    debrief.invited_at = utc_now()
    db.session.flush()
    record(viewer.user_id, "debrief.invited", subject_kind="debrief", subject_id=debrief.id)
    return new


def uninvite(viewer: Viewer, debrief: Debrief) -> None:
    """Invitations that nobody has opened yet are taken back; twice is once."""
    for kind in _INVITING:
        notices.take_back(kind, subject_of(debrief))
    if not invited_ids(debrief):
        debrief.invited_at = None
    db.session.flush()
    record(viewer.user_id, "debrief.uninvited", subject_kind="debrief", subject_id=debrief.id)


def before_change(debrief: Debrief) -> Told | None:
    """Whom a change concerns; None while nobody is invited."""
    if debrief.invited_at is None:
        return None
    return Told(frozenset(user.id for user in participants(debrief)), debrief.starts_at)


def after_change(viewer: Viewer, debrief: Debrief, told: Told | None) -> None:
    """Tell those invited that it moved, those who come to it that it takes place, and those it is
    for no longer that it does not.
    """
    if told is None:
        return
    expected = participants(debrief)
    for user in expected:
        if user.id not in told.user_ids:
            _tell_invited(debrief, user)
        elif debrief.starts_at != told.starts_at:
            _tell_moved(debrief, user)
    gone = told.user_ids - {user.id for user in expected}
    for user in db.session.scalars(select(User).where(User.id.in_(sorted(gone)))):
        _tell_off(debrief, user)


def tell_skipped(debrief: Debrief) -> None:
    """Those invited hear that it does not take place."""
    if debrief.invited_at is not None:
        for user in participants(debrief):
            _tell_off(debrief, user)


def tell_on_again(debrief: Debrief) -> None:
    """Those invited hear that it takes place after all."""
    if debrief.invited_at is None:
        return
    notices.take_back("debrief.skipped", subject_of(debrief))
    for user in participants(debrief):
        _tell_invited(debrief, user)


def _tell_invited(debrief: Debrief, user: User) -> None:
    _tell(debrief, user, "debrief.one_to_one" if debrief.is_one_to_one else "debrief.invited")


def _tell_moved(debrief: Debrief, user: User) -> None:
    """An invitation that was not opened yet says the new time instead."""
    is_unread = any(True for _ in _unseen(debrief, user, _INVITING))
    if is_unread:
        _tell_invited(debrief, user)
    else:
        _tell(debrief, user, "debrief.moved")


def _tell_off(debrief: Debrief, user: User) -> None:
    for kind in (*_INVITING, "debrief.moved"):
        notices.take_back(kind, subject_of(debrief), user_id=user.id)
    _tell(debrief, user, "debrief.skipped")


def _tell(debrief: Debrief, user: User, kind: str) -> None:
    """In the reader's language, by the clock of where they work."""
    zone = zone_of(user)
    here = debrief.starts_at.astimezone(zone)
    with speaking(user.locale):
        notices.notify(
            user.id,
            kind,
            subject_of(debrief),
            f"/my/debriefs/{debrief.id}",
            title=debrief.title,
            day=local_date(here.date()),
            time=local_time(here, zone),
            name=debrief.host.name if debrief.host else "CallCoach",
        )


def invited_ids(debrief: Debrief) -> set[int]:
    """Who was told that it takes place, opened or not; nobody before one was invited."""
    if debrief.invited_at is None:
        return set()
    return set(
        db.session.scalars(
            select(Notice.user_id).where(
                Notice.subject == subject_of(debrief), Notice.kind.in_(_INVITING)
            )
        )
    )


def _unseen(debrief: Debrief, user: User, kinds: Iterable[str]) -> Iterable[int]:
    return db.session.scalars(
        select(Notice.id).where(
            Notice.subject == subject_of(debrief),
            Notice.user_id == user.id,
            Notice.kind.in_(tuple(kinds)),
            Notice.seen_at.is_(None),
        )
    )
