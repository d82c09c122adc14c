"""Every page of this room: importing this module registers them."""

from __future__ import annotations

from callcoach.promises import (  # noqa: F401 - they register their pages, and what they do when
    # a script is released
    approval_views,
    check_views,
    home,
    list_views,
    proposal_views,
    subscribers,
)
from callcoach.promises.blueprint import bp

__all__ = ["bp"]
