"""All pages of this room, for the application to register."""

from callcoach.expressions import desk_views, my_views, voice_views
from callcoach.expressions.blueprint import bp

__all__ = ["bp", "desk_views", "my_views", "voice_views"]
