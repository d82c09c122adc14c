"""What the pages and answers about a note have in common."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.calls.judging import Stretch
from callcoach.calls.models import Call
from callcoach.coaching.desk_change import desk_change
from callcoach.coaching.desk_views import answer_change
from callcoach.coaching.models import Note
from callcoach.web.requests import wants_json


def changed(
    viewer: Viewer,
    call: Call,
    note: Note,
    message: str,
    *,
    undo: str | None = None,
    toast: bool = True,
) -> ResponseReturnValue:
    """The desk after a change to a note: of the call it is shown on, which for a note on several
    calls need not be the first.
    """
    call = desk_of(viewer, call, note)
    if not wants_json():
        return answer_change(viewer, call, at_ms=note.start_ms, message=message, undo=undo)
    change = desk_change(
        viewer,
        call,
        message=message if toast else "",
        announce="" if toast else message,
        undo=undo,
        near=near(note),
    )
    return jsonify(change | facts(note))


def near(note: Note) -> list[Stretch]:
    """A note stands beside its flag, also when its own moment was moved elsewhere."""
    return [place for place in (note, note.point, note.verdict) if place is not None]


def facts(note: Note) -> dict[str, Any]:
    """What the form needs to know of the note it is editing."""
    on = elsewhere(note)
    return {
        "note": {
            "id": note.id,
            "version": note.row_version,
            "sent": not note.is_draft,
            "action": url_for("coaching.save_note", note_id=note.id, on=on),
            "send": url_for("coaching.send_note", note_id=note.id, on=on),
            "show": url_for("coaching.show_note", note_id=note.id, on=on),
            "voice": url_for("coaching.voice_take", note_id=note.id, name=""),
        }
    }


def elsewhere(note: Note) -> int | None:
    """The further call of a note on whose desk the viewer is (``?on=12``); None on the first's."""
    on = request.args.get("on", "")
    number = int(on) if on.isdecimal() else 0
    return number if number in {row.call_id for row in note.other_calls} else None


def desk_of(viewer: Viewer, call: Call, note: Note) -> Call:
    """The call on whose desk the viewer is, with the note's first one in hand."""
    on = elsewhere(note)
    return calls.get_call(viewer, on) if on is not None else call


def on_desk(call: Call, note: Note) -> str:
    """The note on the desk of a call that it is about."""
    at = note.start_ms / 1000 if note.is_moment else None
    return url_for("coaching.desk", call_id=call.id, t=at, _anchor=f"note-{note.id}")


def wants_fragment() -> bool:
    """Whether a script puts the form into its page."""
    return request.headers.get("X-Fragment") == "note"
