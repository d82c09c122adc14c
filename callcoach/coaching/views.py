"""The pages of this room: importing this module registers them all on the blueprint."""

from __future__ import annotations

from typing import cast

from flask import Flask

from callcoach.coaching import (
    agent_views,
    desk_views,
    dispute_views,
    export_views,
    feed_views,
    hearing_views,
    home_parts,
    home_views,
    note_action_views,
    note_panels,
    note_views,
    request_views,
    script_home,
    series_views,
    team_views,
    template_views,
    verdict_views,
    voice_views,
)
from callcoach.coaching.blueprint import bp

bp.record_once(lambda state: note_panels.init_app(cast("Flask", state.app)))
bp.record_once(lambda state: home_parts.init_app(cast("Flask", state.app)))

__all__ = [
    "agent_views",
    "bp",
    "desk_views",
    "dispute_views",
    "export_views",
    "feed_views",
    "hearing_views",
    "home_views",
    "note_action_views",
    "note_views",
    "request_views",
    "script_home",
    "series_views",
    "team_views",
    "template_views",
    "verdict_views",
    "voice_views",
]
