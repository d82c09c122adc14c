"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.debriefs import effect_views, outcome_put_views
from callcoach.debriefs.blueprint import bp

__all__ = ["bp", "effect_views", "outcome_put_views"]
