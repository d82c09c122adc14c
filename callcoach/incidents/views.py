"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.incidents import (  # noqa: F401 - they register their pages, what they add to those
    # of other rooms, and what they do when a call is checked
    incident_views,
    offer_views,
    subscribers,
)
from callcoach.incidents.blueprint import bp

__all__ = ["bp"]
