"""The signed-in person, for views: Flask-Login wiring and `current_viewer`."""

from __future__ import annotations

from flask import Flask, g, session
from flask_login import current_user, login_user, logout_user

from callcoach.accounts.access import Viewer
from callcoach.accounts.labels import role_label
from callcoach.accounts.models import User
from callcoach.accounts.queries import viewer_of
from callcoach.extensions import db, login_manager
from callcoach.web.countries import country_name


def init_app(app: Flask) -> None:
    """Attach Flask-Login."""
    login_manager.init_app(app)
    # Strong: a session cookie used from another address or browser ends. It holds only while
    # sessions are not marked permanent; the cookie's signature still ages out
    # (PERMANENT_SESSION_LIFETIME).
    login_manager.session_protection = "strong"
    app.jinja_env.filters["role_label"] = role_label
    app.jinja_env.filters["country"] = country_name


@login_manager.user_loader
def _load_user(session_id: str) -> User | None:
    """The person of this session; none when disabled or when the session was ended."""
    user_id, _, epoch = session_id.partition(".")
    if not (user_id.isdecimal() and epoch.isdecimal()):
        return None
    user = db.session.get(User, int(user_id))
    if user is None or not user.is_enabled or user.session_epoch != int(epoch):
        return None
    return user


def start_session(user: User) -> None:
    """Sign `user` in on a session of their own: nothing of the one before is taken over."""
    session.clear()
    g.pop("csrf_token", None)  # the token belonged to the session before
    login_user(user)
    g.pop("viewer", None)


def end_session() -> None:
    """Sign out and empty the session."""
    logout_user()
    session.clear()
    g.pop("viewer", None)


def current_viewer() -> Viewer:
    """The viewer of this request; cached for its length."""
    if "viewer" not in g:
        g.viewer = viewer_of(current_user._get_current_object())
    viewer: Viewer = g.viewer
    return viewer
