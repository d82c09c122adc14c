"""Writes: telling somebody, what they have seen, and how they want to be told.

Rooms call `notify` in the transaction in which the thing happens; nobody is told of what was
rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.config import Settings
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.notices.clock import DAY_MINUTES, GATHER
from callcoach.notices.models import Delivery, Notice, NoticePreference
from callcoach.notices.schedule import leaves_at, preference_of, zone_of
from callcoach.notices.sentences import SENTENCES

#: The job that sends a person's e-mail.
SEND = "notices.send"
_PREFIX = "user:"


def user_id_of(subject: str) -> int:
    """The person a job's subject names.

    >>> user_id_of("user:12:14823511")
    12
    """
    return int(subject.removeprefix(_PREFIX).split(":")[0])


def notify(user_id: int | None, kind: str, subject: str, path: str, **values: Any) -> Notice | None:
    """Tell somebody that something waits for them.

    One unseen notice for each kind and subject: a second one renews the first.

    Args:
        user_id: whom; nobody is told when there is none, or the account is closed.
        kind: one of `SENTENCES`.
        subject: what it is about, ``note:12``; seen together by `mark_subject_seen`.
        path: where it leads, within the application.
        **values: names and counts that fill the sentence, never what a note says.

    Raises:
        KeyError: an unknown kind.
    """
    SENTENCES[kind]
    user = db.session.get(User, user_id) if user_id is not None else None
    if user is None or not user.is_enabled:
        return None
    notice = db.session.scalar(
        select(Notice).where(
            Notice.user_id == user.id,
            Notice.kind == kind,
            Notice.subject == subject,
            Notice.seen_at.is_(None),
        )
    )
    if notice is None:
        notice = Notice(user_id=user.id, kind=kind, subject=subject)
        db.session.add(notice)
    notice.values, notice.path = values, path
    notice.created_at = utc_now()
    db.session.flush()
    plan_mail(user)
    return notice


def notify_each(
    user_ids: Iterable[int | None], kind: str, subject: str, path: str, **values: Any
) -> list[Notice]:
    """Tell several people the same; see `notify`.

    Returns:
        One for everybody who was told.
    """
    told = (notify(user_id, kind, subject, path, **values) for user_id in user_ids)
    return [notice for notice in told if notice is not None]


def plan_mail(user: User) -> None:
    """Ask for the e-mail that is due next, where the installation and the person have one."""
    settings: Settings = current_app.extensions["callcoach"]
    if not settings.smtp_url or not user.email:
        return
    preference = preference_of(user.id)
    moment = leaves_at(preference, zone_of(user), utc_now())
    if moment is None:
        return
    # One job for each slot: what happens while an e-mail is being sent goes with the next one
    slot = int(moment.timestamp() // GATHER.total_seconds())
    jobs.enqueue(
        SEND,
        f"{_PREFIX}{user.id}:{slot}",
        viewer=Viewer.system(),
        payload={"delivery": str(preference.delivery)},
        not_before=moment,
    )


def take_back(kind: str, subject: str, *, user_id: int | None = None) -> None:
    """What somebody was told of is undone: unseen notices of it go.

    Args:
        user_id: only what this person was told; None for everybody.
    """
    unseen = select(Notice).where(
        Notice.kind == kind, Notice.subject == subject, Notice.seen_at.is_(None)
    )
    if user_id is not None:
        unseen = unseen.where(Notice.user_id == user_id)
    for notice in db.session.scalars(unseen):
        db.session.delete(notice)
    db.session.flush()


def mark_subject_seen(viewer: Viewer, subject: str) -> None:
    """The viewer has this thing before them: nothing about it is new any more."""
    db.session.execute(
        update(Notice)
        .where(
            Notice.user_id == viewer.user_id, Notice.subject == subject, Notice.seen_at.is_(None)
        )
        .values(seen_at=utc_now())
        .execution_options(synchronize_session=False)
    )


def mark_seen(viewer: Viewer, notice_id: int) -> Notice:
    """The viewer opened one notice; opening it again changes nothing.

    Raises:
        NotFound: it is not the viewer's.
    """
    notice: Notice | None = db.session.get(Notice, notice_id)
    if notice is None or notice.user_id != viewer.user_id:
        raise NotFound("There is no such notification.")
    notice.seen_at = notice.seen_at or utc_now()
    db.session.flush()
    return notice


def mark_all_seen(viewer: Viewer) -> list[int]:
    """Everything is seen; returns the numbers of what was not, so that it can be undone."""
    ids = list(
        db.session.scalars(
            select(Notice.id).where(Notice.user_id == viewer.user_id, Notice.seen_at.is_(None))
        )
    )
    _set_seen(viewer, ids, utc_now())
    return ids


def mark_unseen(viewer: Viewer, ids: list[int]) -> None:
    """Take `mark_all_seen` back; numbers of other people's notices are passed over."""
    _set_seen(viewer, ids, None)


def change_preference(
    viewer: Viewer, *, delivery: str, digest_at: int, quiet_from: int, quiet_to: int
) -> NoticePreference:
    """Choose how to be told by e-mail.

    Args:
        delivery: one of `Delivery`.
        digest_at, quiet_from, quiet_to: minutes after local midnight, 0 to 1439.

    Raises:
        InvalidInput: a value is out of range.
        NotFound: nobody is signed in.
    """
    if viewer.user_id is None:
        raise NotFound("There is no such page.")
    if delivery not in set(Delivery):
        raise InvalidInput("Choose how you want to be told.")
    if not all(0 <= minute < DAY_MINUTES for minute in (digest_at, quiet_from, quiet_to)):
        raise InvalidInput("Write a time of day, such as 08:30.")
    preference = preference_of(viewer.user_id)
    preference.delivery = Delivery(delivery)
    preference.digest_at = digest_at
    preference.quiet_from, preference.quiet_to = quiet_from, quiet_to
    preference.updated_at = utc_now()
    db.session.flush()
    user = db.session.get_one(User, viewer.user_id)
    if db.session.scalar(select(Notice.id).where(*waiting_for_mail(user.id)).limit(1)):
        plan_mail(user)
    return preference


def find_token(token: str) -> NoticePreference | None:
    """Whose e-mails carry this token."""
    found: NoticePreference | None = db.session.scalar(
        select(NoticePreference).where(NoticePreference.unsubscribe_token == token)
    )
    return found


def unsubscribe(token: str) -> bool:
    """End a person's e-mails; whether the token is anybody's. Twice is once."""
    preference = find_token(token)
    if preference is None:
        return False
    preference.delivery = Delivery.OFF
    preference.updated_at = utc_now()
    db.session.flush()
    return True


def waiting_for_mail(user_id: int) -> tuple[Any, ...]:
    """Conditions for notices that an e-mail still has to carry."""
    return (
        Notice.user_id == user_id,
        Notice.seen_at.is_(None),
        Notice.emailed_at.is_(None),
    )


def _set_seen(viewer: Viewer, ids: list[int], moment: Any) -> None:
    db.session.execute(
        update(Notice)
        .where(Notice.user_id == viewer.user_id, Notice.id.in_(ids))
        .values(seen_at=moment)
        .execution_options(synchronize_session=False)
    )
