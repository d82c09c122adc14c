"""The people of this device: who signed in here lately, for the quick switch on a shared PC.

A signed cookie with ids and names only; it opens nothing, the secret is asked each time. Anybody
at the device can have it forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

_COOKIE = "callcoach_people"
#: A shared PC serves one shift after another; more names than this are no longer quick.
MAX_PEOPLE = 8
_AGE_S = 60 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signed in here."""

    id: int
    name: str


def recent_people() -> list[Person]:
    """Who signed in here lately, the last one first; empty when unknown or tampered with."""
    raw = request.cookies.get(_COOKIE, "")
    if not raw:
        return []
    try:
        pairs = _serializer().loads(raw, max_age=_AGE_S)
    except BadSignature:
        return []
    return [Person(id_, name) for id_, name in pairs][:MAX_PEOPLE]


def remember_person(response: Response, person: Person) -> None:
    """Put `person` first."""
    others = [known for known in recent_people() if known.id != person.id]
    people = [person, *others][:MAX_PEOPLE]
    response.set_cookie(
        _COOKIE,
        _serializer().dumps([[known.id, known.name] for known in people]),
        max_age=_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def forget_people(response: Response) -> None:
    """Forget everybody."""
    response.delete_cookie(_COOKIE)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="people-of-this-device")
