"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.sponsors import (
    call_views,
    incident_views,
    log_views,
    portal_views,
    report_views,
    subscribers,
    wording_views,
)
from callcoach.sponsors.blueprint import bp

__all__ = [
    "bp",
    "call_views",
    "incident_views",
    "log_views",
    "portal_views",
    "report_views",
    "subscribers",
    "wording_views",
]
