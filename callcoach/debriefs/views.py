"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.debriefs import outcome_put_views
from callcoach.debriefs.blueprint import bp

__all__ = ["bp", "outcome_put_views"]
