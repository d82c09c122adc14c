"""Security headers on every answer.

Own code rather than an extension: a nonce, seven headers and one rule on caching.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, current_app, g, request

_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
#: Two years, as browsers' preload lists ask.
_HSTS = "max-age=63072000; includeSubDomains"
_IMMUTABLE = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Attach the headers and the template global `csp_nonce()`."""
    app.after_request(_add_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def csp_nonce() -> str:
    """The nonce that lets one inline script or style through, fresh for each request."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def _add_headers(response: Response) -> Response:
    set_default = response.headers.setdefault
    set_default("Content-Security-Policy", _POLICY.format(nonce=csp_nonce()))
    set_default("X-Content-Type-Options", "nosniff")
    # same-origin, not no-referrer: the CSRF check over HTTPS compares the referrer's host
    set_default("Referrer-Policy", "same-origin")
    set_default("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=()")
    set_default("Cross-Origin-Opener-Policy", "same-origin")
    set_default("Cross-Origin-Resource-Policy", "same-origin")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        set_default("Strict-Transport-Security", _HSTS)
    if request.endpoint == "static":
        if request.path.startswith("/static/dist/") and response.status_code == 200:
            response.headers["Cache-Control"] = _IMMUTABLE  # names carry a hash of the content
    elif not response.headers.get("Cache-Control"):
        # nothing private stays on a shared PC; views that serve media say otherwise themselves
        response.headers["Cache-Control"] = "no-store"
    if request.endpoint != "static":
        response.vary.add("Cookie")
        response.vary.add("HX-Request")
    return response
