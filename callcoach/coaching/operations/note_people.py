"""Who else a note is for: readers by name, people named with @, and the calls it is about."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.models import Call
from callcoach.coaching.models import Note, NoteAim, NoteCall, NoteMention, NoteReader, Visibility
from callcoach.coaching.note_mentions import named_in
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations import telling
from callcoach.coaching.queries import note_people as queries
from callcoach.coaching.queries.script_lines import is_line_of
from callcoach.errors import InvalidInput
from callcoach.extensions import db


def check_lists(viewer: Viewer, call: Call, text: NoteText) -> None:
    """What a draft may already hold: readers of this team, calls of this agent.

    Raises:
        InvalidInput: somebody or some call has no place in a note on this call. What lies outside
            the viewer's scope is answered like what does not exist.
    """
    # As for something to keep: a draft's aim may still change
    known = {user.id for user in queries.nameable(call, NoteAim.KEEP)}
    if not set(text.readers) <= known:
        raise InvalidInput("Only people of the call's team can be named.", field="readers")
    if text.other_calls:
        found = queries.same_agents_calls(viewer, call, text.other_calls)
        if {other.id for other in found} != set(text.other_calls):
            raise InvalidInput(
                "A note on several calls is about calls of one agent in one team.",
                field="other_calls",
            )
    if text.script_line_id is not None and not is_line_of(call, text.script_line_id):
        raise InvalidInput("This line is not in the script of the call.", field="script_line_id")


def check_people(viewer: Viewer, call: Call, text: NoteText) -> None:
    """Everybody whom the note names may be told of it.

    Raises:
        InvalidInput: somebody may not, or is nobody of this team.
    """
    allowed = {user.id for user in queries.nameable(call, text.aim)}
    if not set(text.readers) <= allowed:
        raise InvalidInput(
            "A colleague is not shown what somebody else is to change: name supervisors and team "
            "leads only.",
            field="readers",
        )
    for name in ("hears", "instead"):
        _check_mentions(call, text.aim, text.visibility, getattr(text, name), field=name)


def check_answer(viewer: Viewer, call: Call, note: Note, text: str) -> None:
    """Everybody whom an answer names may read the note; agents name no colleagues.

    Raises:
        InvalidInput: as `check_people`.
    """
    aim = NoteAim.CHANGE if viewer.role is Role.AGENT else note.aim
    _check_mentions(call, aim, note.visibility, text, field="text")


def _check_mentions(call: Call, aim: str, visibility: str, text: str, *, field: str) -> None:
    found = named_in(text, queries.mentionable(call, aim))
    if visibility == Visibility.PRIVATE and (found.user_ids or found.unknown):
        raise InvalidInput(
            "Nobody can be named with @ in a note that you keep to yourself.", field=field
        )
    if not found.unknown:
        return
    name = found.unknown[0]
    if name not in named_in(text, queries.mentionable(call, NoteAim.KEEP)).unknown:
        raise InvalidInput(
            "%(name)s is a colleague. Here only supervisors and team leads can be named: nobody is "
            "shown what somebody else is to change.",
            name=f"@{name}",
            field=field,
        )
    raise InvalidInput(
        "%(name)s is nobody of this call's team who can be told. Choose from the list that "
        "opens after @, or write the name without it.",
        name=f"@{name}",
        field=field,
    )


def write_lists(note: Note, text: NoteText) -> None:
    """Let the note's readers and further calls be those of the text."""
    note.readers = [
        next((row for row in note.readers if row.user_id == user_id), NoteReader(user_id=user_id))
        for user_id in text.readers
    ]
    note.other_calls = [
        next((row for row in note.other_calls if row.call_id == call_id), NoteCall(call_id=call_id))
        for call_id in text.other_calls
    ]


def follow_names(
    viewer: Viewer, call: Call, note: Note, *, before: frozenset[int] = frozenset()
) -> None:
    """Let in whom the sent note and its answers name, and tell them; who is not named any more
    does not read it any more.

    Args:
        before: who was let in by name until now.
    """
    named = _mentioned(call, note) - {note.agent_id, note.author_id}
    known = {row.user_id: row for row in note.mentions}
    note.mentions = [
        known.get(user_id) or NoteMention(user_id=user_id) for user_id in sorted(named)
    ]
    db.session.flush()
    telling.names_changed(viewer, note, gone=before - note.let_in_ids, new=note.let_in_ids - before)


def forget_names(note: Note) -> None:
    """The note is a draft again: nobody is let in by it."""
    note.mentions = []
    db.session.flush()


def _mentioned(call: Call, note: Note) -> set[int]:
    people = queries.mentionable(call, note.aim)
    texts = [note.hears, note.instead, *(reply.text for reply in note.replies)]
    return {user_id for text in texts for user_id in named_in(text, people).user_ids}
