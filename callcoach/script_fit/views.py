"""The pages of this room: its views register themselves on its blueprint when imported."""

from callcoach.script_fit import (
    briefing_subscribers,
    briefing_views,
    example_views,
    fit_views,
    line_offers,
    line_views,
    models,
    request_views,
)
from callcoach.script_fit.blueprint import bp

__all__ = [
    "bp",
    "briefing_subscribers",
    "briefing_views",
    "example_views",
    "fit_views",
    "line_offers",
    "line_views",
    "models",
    "request_views",
]
