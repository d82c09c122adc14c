"""The pages of this room: its views register themselves on its blueprint when imported."""

from callcoach.progress import subscribers
from callcoach.progress.blueprint import bp

__all__ = ["bp", "subscribers"]
