"""Who may do what with notes, verdicts and requests. Pure: no database, no request."""

from __future__ import annotations

from typing import Protocol

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.access import ScopedCall, can_judge_call, can_read_call


class ScopedNote(Protocol):
    """What scope looks at."""

    @property
    def author_id(self) -> int | None: ...

    @property
    def agent_id(self) -> int | None: ...

    @property
    def visibility(self) -> str: ...

    @property
    def is_draft(self) -> bool: ...


class ScopedRequest(Protocol):
    """What scope looks at."""

    @property
    def agent_id(self) -> int | None: ...


def judges(viewer: Viewer) -> bool:
    """Whose judgement counts at all, as `callcoach.calls.access.can_judge_call` does on one call."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def can_read_note(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """The author everything of their own; of what others wrote, nobody a draft or a private note,
    the agent what is for them on a call that is theirs, the team's supervisors and leads the rest.
    """
    if viewer.is_system:
        return True
    if not can_read_call(viewer, call):
        return False
    if note.author_id == viewer.user_id:
        return True
    if note.is_draft or note.visibility != "agent":
        return False
    if viewer.role is Role.AGENT:
        return note.agent_id == viewer.user_id
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)


def can_edit_note(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """Its author, and once it is sent the other supervisors of the team."""
    return can_judge_call(viewer, call) and can_read_note(viewer, note, call)


def can_answer_note(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """The agent it is for, and whoever may edit it; nobody answers a draft."""
    if note.is_draft or not can_read_note(viewer, note, call):
        return False
    return note.agent_id == viewer.user_id or can_judge_call(viewer, call)


def can_acknowledge_note(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """Only the agent it is for."""
    return can_answer_note(viewer, note, call) and note.agent_id == viewer.user_id


def can_request_listening(viewer: Viewer, call: ScopedCall) -> bool:
    """Agents, on their own calls."""
    return viewer.role is Role.AGENT and can_read_call(viewer, call)


def can_read_request(viewer: Viewer, request: ScopedRequest, call: ScopedCall) -> bool:
    """Whoever made it, and those who answer for the team."""
    if not can_read_call(viewer, call):
        return False
    return viewer.role is not Role.AGENT or request.agent_id == viewer.user_id
