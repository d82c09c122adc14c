"""Who may do what with notes, verdicts and requests. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Collection
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
    def aim(self) -> str: ...

    @property
    def is_draft(self) -> bool: ...

    @property
    def let_in_ids(self) -> Collection[int]:
        """Who reads it because they are named: chosen as readers, or with @."""
        ...


class ScopedRequest(Protocol):
    """What scope looks at."""

    @property
    def agent_id(self) -> int | None: ...


def judges(viewer: Viewer) -> bool:
    """Whose judgement counts at all, as `callcoach.calls.access.can_judge_call` does on one call."""
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def can_read_note(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """The author everything of their own; of what others wrote, nobody a draft or a private note,
    the agent what is for them on a call that is theirs, the team's supervisors the rest.

    Team leads read the rest too, but one for named people only when they are named. Colleagues
    read what is to keep, when it is for the team or names them: a fault is shown to no colleague.

    `callcoach.coaching.queries.notes.readable` says the same in SQL.
    """
    if viewer.is_system:
        return True
    if reads_as_colleague(viewer, note, call):
        return True
    if not can_read_call(viewer, call):
        return False
    if note.author_id == viewer.user_id:
        return True
    if note.is_draft or note.visibility == "private":
        return False
    if viewer.role is Role.AGENT:
        return note.agent_id == viewer.user_id
    if viewer.role is Role.TEAM_LEAD and note.visibility == "named":
        return viewer.user_id in note.let_in_ids
    return viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)


def reads_as_colleague(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """An agent of the call's team whom somebody else's good moment is shown to: its words, without
    the call.
    """
    if viewer.role is not Role.AGENT or call.team_id not in viewer.team_ids:
        return False
    if note.is_draft or note.visibility == "private" or note.aim != "keep":
        return False
    if note.agent_id == viewer.user_id:
        return False
    return note.visibility == "team" or viewer.user_id in note.let_in_ids


def can_edit_note(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """Its author, and once it is sent the other supervisors of the team."""
    return can_judge_call(viewer, call) and can_read_note(viewer, note, call)


def can_answer_note(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """The agent it is for, whoever may edit it, and whoever is named in it; nobody answers a
    draft.
    """
    if note.is_draft or not can_read_note(viewer, note, call):
        return False
    if note.agent_id == viewer.user_id or can_judge_call(viewer, call):
        return True
    return viewer.user_id in note.let_in_ids


def reads_thread(viewer: Viewer, note: ScopedNote, call: ScopedCall) -> bool:
    """What was answered under a note stays among those it is for: a colleague who reads it with
    the whole team does not see it.
    """
    return can_read_note(viewer, note, call) and (
        can_read_call(viewer, call) or viewer.user_id in note.let_in_ids
    )


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
