"""What all pages share: the deny-by-default gate, errors, security headers, languages, filters.

Knows no feature room: rooms above it are named by endpoint only (`callcoach.web.nav`), and the
signed-in person is whatever Flask-Login loaded.
"""

from __future__ import annotations

from flask import Flask

from callcoach.web import assets, errors, filters, gate, headers, i18n, nav, paging, toasts


def init_app(app: Flask) -> None:
    """Attach the shared parts to the application."""
    gate.init_app(app)
    i18n.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    filters.init_app(app)
    nav.init_app(app)
    toasts.init_app(app)
    app.jinja_env.globals["with_args"] = paging.with_args
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
