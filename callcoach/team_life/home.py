"""The way from the home page to the team's page."""

from __future__ import annotations

from flask import render_template

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.coaching.home_parts import add_part


@add_part(Role.AGENT)
def team_part(_viewer: Viewer) -> str:
    """A line for agents: what the team keeps to, and what it aims at."""
    return render_template("team_life/_home.html")
