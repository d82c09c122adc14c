"""Language, theme and time zone of this request.

The signed-in person's choice counts; strangers and error pages go by the cookies, which carry the
last choice made on this device. French is the default.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from flask_babel import force_locale
from flask_login import current_user

from callcoach.extensions import babel

#: Languages with a complete catalogue: code, name in that language.
LOCALES = {"fr": "Français", "en": "English"}
DEFAULT_LOCALE = "fr"
THEMES = ("auto", "light", "dark")
DEFAULT_TIMEZONE = "Europe/Paris"

LOCALE_COOKIE = "callcoach_locale"
THEME_COOKIE = "callcoach_theme"
_COOKIE_AGE_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """How to show things: plain values, safe to read after the database failed.

    Args:
        locale: ``fr`` or ``en``.
        theme: ``auto``, ``light`` or ``dark``.
        timezone: IANA name.
    """

    locale: str = DEFAULT_LOCALE
    theme: str = "auto"
    timezone: str = DEFAULT_TIMEZONE


def init_app(app: Flask) -> None:
    """Attach Flask-Babel and the template globals."""
    babel.init_app(
        app,
        default_locale=DEFAULT_LOCALE,
        default_timezone=DEFAULT_TIMEZONE,
        locale_selector=lambda: preferences().locale,
        timezone_selector=lambda: preferences().timezone,
    )
    app.before_request(_load)
    app.context_processor(lambda: {"preferences": preferences(), "locales": LOCALES})


def _load() -> None:
    """Read the person's choices while the database is known to answer."""
    if request.endpoint not in (None, "static"):
        g.preferences = _of_person(current_user) or _of_device()


def preferences() -> Preferences:
    """The preferences of this request; the defaults outside one."""
    if not has_request_context():
        return Preferences()
    if "preferences" not in g:
        g.preferences = _of_device()
    chosen: Preferences = g.preferences
    return chosen


def speaking(locale: str) -> AbstractContextManager[None]:
    """Translate into `locale` inside: for a message read after a switch of language."""
    context: AbstractContextManager[None] = force_locale(locale)
    return context


def remember(response: Response, *, locale: str | None = None, theme: str | None = None) -> None:
    """Keep choices on this device; unknown ones are dropped."""
    for name, value, known in (
        (LOCALE_COOKIE, locale, LOCALES),
        (THEME_COOKIE, theme, THEMES),
    ):
        if value in known:
            response.set_cookie(
                name,
                str(value),
                max_age=_COOKIE_AGE_S,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure,
            )


def _of_person(person: Any) -> Preferences | None:
    if not person.is_authenticated:
        return None
    return Preferences(
        locale=person.locale if person.locale in LOCALES else DEFAULT_LOCALE,
        theme=person.theme if person.theme in THEMES else "auto",
        timezone=getattr(person, "timezone", None) or DEFAULT_TIMEZONE,
    )


def _of_device() -> Preferences:
    locale = request.cookies.get(LOCALE_COOKIE, "")
    theme = request.cookies.get(THEME_COOKIE, "")
    return Preferences(
        locale=locale if locale in LOCALES else DEFAULT_LOCALE,
        theme=theme if theme in THEMES else "auto",
    )
