"""The gate: every endpoint needs a signed-in person unless its view is marked `@public`.

Runs before each request, after the CSRF check (which reads the whole form, uploads included) and
before anything touches the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from callcoach.extensions import intend_write
from callcoach.web.requests import here, is_htmx, wants_json

_View = TypeVar("_View", bound=Callable[..., Any])

#: Methods that change nothing.
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_PUBLIC = "_callcoach_public"
_LATE_LOCK = "_callcoach_late_lock"


def public(view: _View) -> _View:
    """Open a view to strangers. Must be the innermost decorator or keep attributes."""
    setattr(view, _PUBLIC, True)
    return view


def lock_late(view: _View) -> _View:
    """Keep a slow writing view from holding SQLite's write lock while it prepares.

    For views that, say, decode an upload first. Such a view ends its reading transaction
    (``db.session.rollback()``) and writes inside `callcoach.extensions.write_transaction`.
    """
    setattr(view, _LATE_LOCK, True)
    return view


def is_public(app: Flask, endpoint: str) -> bool:
    """Whether strangers may use `endpoint`: static files, and views marked `@public`."""
    return endpoint == "static" or hasattr(app.view_functions[endpoint], _PUBLIC)


def init_app(app: Flask) -> None:
    """Close the gate."""
    app.before_request(_declare_write_intent)
    app.before_request(_deny_strangers)
    app.teardown_request(_forget_write_intent)


def _declare_write_intent() -> None:
    """Take SQLite's write lock with the first statement of a request that means to write.

    Loading the signed-in person is a read. A transaction that begins by reading and then writes
    is refused at once by SQLite when another writer committed in between, whatever the busy
    timeout: its snapshot is stale. Beginning IMMEDIATE waits for the lock instead.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    intend_write(request.method not in SAFE_METHODS and not hasattr(view, _LATE_LOCK))


def _forget_write_intent(_error: BaseException | None = None) -> None:
    """The intent lives in the thread's context, and the server uses threads again."""
    intend_write(False)


def _deny_strangers() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such page, for anybody: routing answers 404 or 405
    if is_public(current_app, request.endpoint) or current_user.is_authenticated:
        return None
    return send_to_sign_in()


def send_to_sign_in() -> Response:
    """The way to the sign-in page, in the language of who asks: browser, htmx or script."""
    address = url_for("accounts.sign_in", next=here())
    if not (is_htmx() or wants_json()):
        return make_response(redirect(address))
    body = jsonify(error=_("Your session has ended. Sign in again.")) if wants_json() else ""
    response = make_response(body, 401)
    response.headers["HX-Redirect"] = address
    return response
