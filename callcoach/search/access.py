"""Who may search, and who finds which entry. Pure: no database, no request."""

from __future__ import annotations

from typing import Protocol

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.access import ScopedCall, can_read_call


class ScopedEntry(Protocol):
    """What scope looks at."""

    @property
    def kind(self) -> str: ...

    @property
    def author_id(self) -> int | None: ...

    @property
    def agent_id(self) -> int | None: ...

    @property
    def is_private(self) -> bool: ...


def can_search(viewer: Viewer) -> bool:
    """Everybody of the floor, each in what they may read; for sponsors nothing is shared."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD, Role.AGENT)


def can_find(viewer: Viewer, entry: ScopedEntry, call: ScopedCall) -> bool:
    """A turn, whoever may read its call; a note, whoever may read the note: its author, and unless
    it is private the agent it is for and those who answer for the team. Drafts are not indexed;
    notes for named people are indexed as private, and a room above adds who they are for.

    `callcoach.search.queries.readable` says the same in SQL.
    """
    if viewer.is_system:
        return True
    if not can_search(viewer) or not can_read_call(viewer, call):
        return False
    if entry.kind != "note" or entry.author_id == viewer.user_id:
        return True
    if entry.is_private:
        return False
    return viewer.role is not Role.AGENT or entry.agent_id == viewer.user_id
