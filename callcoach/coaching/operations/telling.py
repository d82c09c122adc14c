"""Who is told what of notes and requests. Called inside the operation whose news it is.

A notice never says what is written, nor that a private note exists; nobody is told of what they did
themselves.
"""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.accounts.queries import name_of, supervisors_of, viewer_of
from callcoach.calls.models import Call
from callcoach.coaching.access import can_read_note, reads_thread
from callcoach.coaching.models import ListeningRequest, Note, NoteReply, Visibility
from callcoach.extensions import db
from callcoach.notices import operations as notices


def note_sent(viewer: Viewer, note: Note) -> None:
    """The agent has a new note."""
    if note.visibility == Visibility.PRIVATE:
        return
    notices.notify(
        note.agent_id,
        "note.sent",
        subject_of(note),
        agents_page(note),
        name=name_of(viewer.user_id),
    )


def note_changed(viewer: Viewer, note: Note, *, is_new_to_agent: bool) -> None:
    """The agent has read a note that says something else now; or may not read it any more."""
    if note.visibility == Visibility.PRIVATE:
        note_gone(note)
    elif is_new_to_agent:
        # Not yet seen: the first notice still says it
        notices.take_back("note.changed", subject_of(note))
        kind = "note.sent" if note.read_at is None else "note.changed"
        notices.notify(
            note.agent_id, kind, subject_of(note), agents_page(note), name=name_of(viewer.user_id)
        )


def note_gone(note: Note) -> None:
    """Taken back, deleted, or made private: nobody is sent to a page that is not there."""
    for kind in ("note.sent", "note.changed", "note.answered", "note.mention"):
        notices.take_back(kind, subject_of(note))


def note_answered(viewer: Viewer, note: Note, reply: NoteReply) -> None:
    """The other side has an answer: the agent, or the author and whoever answered before."""
    people = {note.agent_id, note.author_id} | {item.author_id for item in note.replies}
    for user_id in people - {viewer.user_id, None}:
        user = db.session.get(User, user_id)
        if user is not None and reads_thread(viewer_of(user), note, note.call):
            path = page_for(user, note)
            notices.notify(
                user_id, "note.answered", subject_of(note), path, name=name_of(viewer.user_id)
            )


def names_changed(
    viewer: Viewer, note: Note, *, new: Collection[int], gone: Collection[int] = ()
) -> None:
    """People are named in a note, or not any more; whoever cannot read it is told nothing."""
    for user_id in sorted(gone):
        notices.take_back("note.mention", subject_of(note), user_id=user_id)
    for user_id in sorted(set(new) - {viewer.user_id}):
        user = db.session.get(User, user_id)
        if user is not None and can_read_note(viewer_of(user), note, note.call):
            path = page_for(user, note)
            notices.notify(
                user_id, "note.mention", subject_of(note), path, name=name_of(viewer.user_id)
            )


def listening_asked(viewer: Viewer, call: Call, request: ListeningRequest) -> None:
    """The team's supervisors find an agent's request in the feed; they are told too."""
    notices.notify_each(
        supervisors_of(call.team_id),
        "request.asked",
        f"request:{request.id}",
        _moment(call.id, request.start_ms),
        name=name_of(viewer.user_id),
    )


def listening_withdrawn(request: ListeningRequest) -> None:
    """The agent took it back, or somebody has answered: nobody else need go there."""
    notices.take_back("request.asked", f"request:{request.id}")


def listening_answered(viewer: Viewer, request: ListeningRequest) -> None:
    """The agent has an answer."""
    listening_withdrawn(request)
    notices.notify(
        request.agent_id,
        "request.answered",
        f"request:{request.id}",
        "/my/requests",
        name=name_of(viewer.user_id),
    )


def listening_reopened(request: ListeningRequest) -> None:
    """The answer was taken back."""
    notices.take_back("request.answered", f"request:{request.id}")


def subject_of(note: Note) -> str:
    """What notices about a note are about."""
    return f"note:{note.id}"


def page_for(user: User, note: Note) -> str:
    """Where somebody who may read it does."""
    if user.id == note.agent_id:
        return agents_page(note)
    return f"/my/team/{note.id}" if user.role == Role.AGENT else supervisors_page(note)


def agents_page(note: Note) -> str:
    """Where the agent reads it."""
    return f"/my/notes/{note.id}"


def supervisors_page(note: Note) -> str:
    """Where a supervisor reads it."""
    return f"{_moment(note.call_id, note.start_ms)}#note-{note.id}"


def _moment(call_id: int, start_ms: int | None) -> str:
    at = f"?t={start_ms / 1000:g}" if start_ms is not None else ""
    return f"/calls/{call_id}{at}"
