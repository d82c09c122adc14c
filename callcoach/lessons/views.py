"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.lessons import lesson_views, sharing_views, subscribers
from callcoach.lessons.blueprint import bp

__all__ = ["bp", "lesson_views", "sharing_views", "subscribers"]
