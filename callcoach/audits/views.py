"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.audits.blueprint import bp

__all__ = ["bp"]
