"""What all pages share: the deny-by-default gate, errors, security headers, languages, filters.

Knows no feature room: rooms above it are named by endpoint only (`callcoach.web.nav`), and the
signed-in person is whatever Flask-Login loaded.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

from callcoach.web import (
    assets,
    errors,
    filters,
    gate,
    headers,
    i18n,
    nav,
    paging,
    subject_parts,
    toasts,
)


class RowNumber(IntegerConverter):
    """``<int:…>`` in an address: what a column can hold; there is nothing at a greater one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": 2**31 - 1, **options})


def init_app(app: Flask) -> None:
    """Attach the shared parts to the application."""
    app.url_map.converters["int"] = RowNumber
    gate.init_app(app)
    i18n.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    filters.init_app(app)
    nav.init_app(app)
    toasts.init_app(app)
    subject_parts.init_app(app)
    app.jinja_env.globals["with_args"] = paging.with_args
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
