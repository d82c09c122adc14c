"""The pages of this room: its views register themselves on its blueprint when imported."""

from callcoach.progress import (
    agent_views,
    my_views,
    offers,
    pair_views,
    planning_views,
    recheck_views,
    sharing,
    subscribers,
)
from callcoach.progress.blueprint import bp

__all__ = [
    "agent_views",
    "bp",
    "my_views",
    "offers",
    "pair_views",
    "planning_views",
    "recheck_views",
    "sharing",
    "subscribers",
]
