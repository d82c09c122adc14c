"""What a request is and where it may send people on to."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


def is_htmx() -> bool:
    """Asked by htmx for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def wants_json() -> bool:
    """Asked by a script: it sent JSON or prefers it to HTML."""
    if request.is_json:
        return True
    accepts = request.accept_mimetypes
    return accepts["application/json"] > accepts["text/html"]


def is_seen() -> bool:
    """Whether a person has the answer before them: not asked for its headers alone, and not by a
    browser that looks ahead.
    """
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in purpose


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
        return _own_page(request.headers.get("HX-Current-URL", ""))
    if request.method in ("GET", "HEAD") and not wants_json():
        return safe_next(request.full_path.rstrip("?"))
    return _own_page(request.referrer or "")


def came_from() -> str | None:
    """The page that led here, as a path of this site; None when it is this very page."""
    page = _own_page(request.referrer or "")
    return None if page == request.full_path.rstrip("?") else page


def _own_page(address: str) -> str | None:
    """The path of `address` when it is a page of this site that can be opened.

    A form that was refused is shown under an address that only takes POST: going back there
    would end on an error page.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.netloc != request.host:
        return None
    try:
        current_app.url_map.bind(request.host).match(parts.path, method="GET")
    except RequestRedirect:
        pass  # opens after a slash is added
    except HTTPException:
        return None
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else ""))
