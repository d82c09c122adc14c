"""What a request is and where it may send people on to."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request


def is_htmx() -> bool:
    """Asked by htmx for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def wants_json() -> bool:
    """Asked by a script: it sent JSON or prefers it to HTML."""
    if request.is_json:
        return True
    accepts = request.accept_mimetypes
    return accepts["application/json"] > accepts["text/html"]


def safe_next(target: str | None) -> str | None:
    r"""`target` when it is a path of this site, else None.

    Refused: other hosts, other schemes, ``//host`` and ``/\host`` (browsers read both as hosts),
    and control characters (browsers drop them before reading).
    """
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if "\\" in target or any(ord(character) < 0x20 or character == "\x7f" for character in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target


def here() -> str | None:
    """Where to come back to after signing in: the page being read, as a path of this site."""
    if is_htmx():
        page = request.headers.get("HX-Current-URL", "")
    elif request.method in ("GET", "HEAD") and not wants_json():
        return safe_next(request.full_path.rstrip("?"))
    else:
        page = request.referrer or ""
    try:
        parts = urlsplit(page)
    except ValueError:
        return None
    if parts.netloc != request.host:
        return None
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else ""))
