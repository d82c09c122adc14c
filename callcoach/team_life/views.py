"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.team_life import agenda, home, objective_views, standard_views, team_views
from callcoach.team_life.blueprint import bp

__all__ = ["agenda", "bp", "home", "objective_views", "standard_views", "team_views"]
