"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.debriefs import (
    adding_views,
    agenda_views,
    deciding_views,
    decision_views,
    effect_views,
    home,
    invitation_views,
    item_views,
    list_views,
    live_views,
    minutes_views,
    my_views,
    offers,
    one_to_one_views,
    outcome_put_views,
    plan_views,
    present_views,
    series_views,
    sound_views,
    suggestion_views,
    waiting_views,
)
from callcoach.debriefs.blueprint import bp

__all__ = [
    "adding_views",
    "agenda_views",
    "bp",
    "deciding_views",
    "decision_views",
    "effect_views",
    "home",
    "invitation_views",
    "item_views",
    "list_views",
    "live_views",
    "minutes_views",
    "my_views",
    "offers",
    "one_to_one_views",
    "outcome_put_views",
    "plan_views",
    "present_views",
    "series_views",
    "sound_views",
    "suggestion_views",
    "waiting_views",
]
