"""The pages of this room: its views register themselves on its blueprint when imported."""

from callcoach.drills import (
    agent_views,
    library_views,
    marking_views,
    offers,
    set_views,
    sound_views,
)
from callcoach.drills.blueprint import bp

__all__ = [
    "agent_views",
    "bp",
    "library_views",
    "marking_views",
    "offers",
    "set_views",
    "sound_views",
]
