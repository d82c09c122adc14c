"""The pages of this room: its views register themselves on its blueprint when imported."""

from callcoach.script_fit import models
from callcoach.script_fit.blueprint import bp

__all__ = ["bp", "models"]
