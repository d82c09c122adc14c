"""The pages of this room: importing this module registers them all on the blueprint."""

from __future__ import annotations

from callcoach.coaching import (
    agent_views,
    desk_views,
    export_views,
    feed_views,
    home_views,
    note_views,
    request_views,
    verdict_views,
)
from callcoach.coaching.blueprint import bp

__all__ = [
    "agent_views",
    "bp",
    "desk_views",
    "export_views",
    "feed_views",
    "home_views",
    "note_views",
    "request_views",
    "verdict_views",
]
