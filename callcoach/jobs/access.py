"""Who acts, as this room sees it. No database, no request.

Jobs lie below the rooms that own their subjects: those rooms judge, through their own scoped
queries, who may see or steer the work on a call. This room records who it was.
"""

from __future__ import annotations

from typing import Protocol


class Actor(Protocol):
    """The part of `callcoach.accounts.access.Viewer` that this room needs."""

    @property
    def user_id(self) -> int | None:
        """None for the system."""

    @property
    def sees_everything(self) -> bool:
        """The system and administrators."""


def can_see_every_job(actor: Actor) -> bool:
    """Look at the queue as a whole, across teams and subjects."""
    return actor.sees_everything
