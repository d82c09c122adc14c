"""The pages of this room: importing this module registers them all on the blueprint."""

from __future__ import annotations

from callcoach.learning.blueprint import bp

__all__ = ["bp"]
