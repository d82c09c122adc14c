"""What all pages share: the deny-by-default gate, errors, security headers, languages, filters.

Knows no feature room.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Attach the shared parts to the application."""
