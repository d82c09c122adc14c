"""Writes of this room about one's own sign-in: authentication, password, own settings.

All flush, none commits.
"""

from __future__ import annotations

from sqlalchemy import or_, select

from callcoach.accounts import passwords
from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import User
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now

#: Longest name shown.
MAX_NAME = 120


def find_by_identifier(identifier: str) -> User | None:
    """The person with this login or e-mail, whatever its case; disabled people too."""
    folded = identifier.strip().lower()
    if not folded:
        return None
    return db.session.scalars(
        select(User)
        .where(or_(User.login == folded, User.email == folded))
        .order_by((User.login == folded).desc())  # a login wins over another's e-mail
        .limit(1)
    ).first()


def check_secret(user: User | None, secret: str) -> bool:
    """Whether this person may sign in with `secret`; takes as long for nobody as for somebody."""
    is_right = passwords.verify_password(user.password_hash if user else None, secret)
    return is_right and user is not None and user.is_enabled


def record_sign_in(user_id: int, secret: str) -> User:
    """Note the sign-in of a person whose secret was just checked.

    A hash made with older parameters is made anew while the secret is at hand.

    Raises:
        NotFound: the person was removed or disabled meanwhile.
    """
    user = db.session.get(User, user_id)
    if user is None or not user.is_enabled:
        raise NotFound("This account no longer exists.")
    if passwords.needs_rehash(user.password_hash):
        user.password_hash = passwords.hash_password(secret)
    user.signed_in_at = utc_now()
    record(user.id, "user.signed_in", subject_kind="user", subject_id=user.id)
    db.session.flush()
    return user


def record_failed_sign_in(user_id: int | None) -> None:
    """Note a refused sign-in: at whose account, when there is one; never what was typed."""
    record(None, "user.sign_in_failed", subject_kind="user", subject_id=user_id)
    db.session.flush()


def record_sign_out(viewer: Viewer, *, to_switch: bool = False) -> None:
    """Note that a person left, for good or for a colleague."""
    action = "user.switched_out" if to_switch else "user.signed_out"
    record(viewer.user_id, action, subject_kind="user", subject_id=viewer.user_id)
    db.session.flush()


def change_own_password(viewer: Viewer, current: str, new: str) -> User:
    """Change one's own password; every other open session of this person ends.

    Raises:
        InvalidInput: the current password is wrong, or the new one is too easy to guess.
    """
    user = _self(viewer)
    if not passwords.verify_password(user.password_hash, current):
        raise InvalidInput("This is not your current password.", field="current")
    if current == new:
        raise InvalidInput("The new password is the same as the current one.")
    passwords.check_new_password(new, about=(user.login, user.name, user.email))
    user.password_hash = passwords.hash_password(new)
    user.session_epoch += 1
    record(user.id, "user.password_changed", subject_kind="user", subject_id=user.id)
    db.session.flush()
    return user


def change_own_settings(
    viewer: Viewer, *, name: str | None = None, locale: str | None = None, theme: str | None = None
) -> User:
    """Change how one is named and how pages look; what is None stays.

    Raises:
        InvalidInput: the name is empty or too long.
    """
    user = _self(viewer)
    if name is not None:
        name = " ".join(name.split())
        if not name or len(name) > MAX_NAME:
            raise InvalidInput("Write a name of 1 to %(count)s characters.", count=MAX_NAME)
        user.name = name
    if locale is not None:
        user.locale = locale
    if theme is not None:
        user.theme = theme
    db.session.flush()
    return user


def _self(viewer: Viewer) -> User:
    user = db.session.get(User, viewer.user_id) if viewer.user_id is not None else None
    if user is None:
        raise NotFound("This account no longer exists.")
    return user
