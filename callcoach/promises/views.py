"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.promises import subscribers  # noqa: F401 - what it does when a script is released
from callcoach.promises.blueprint import bp

__all__ = ["bp"]
