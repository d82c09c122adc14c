"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.debriefs import (
    adding_views,
    decision_views,
    effect_views,
    live_views,
    minutes_views,
    my_views,
    offers,
    outcome_put_views,
    present_views,
    suggestion_views,
    waiting_views,
)
from callcoach.debriefs.blueprint import bp

__all__ = [
    "adding_views",
    "bp",
    "decision_views",
    "effect_views",
    "live_views",
    "minutes_views",
    "my_views",
    "offers",
    "outcome_put_views",
    "present_views",
    "suggestion_views",
    "waiting_views",
]
