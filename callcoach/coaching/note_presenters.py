"""Notes as pages print them: worded, placed beside their moments, compared with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.analysis import wording
from callcoach.calls import queries as calls
from callcoach.calls.call_presenters import MomentView
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock, heading, language, spoken_duration
from callcoach.coaching.access import can_answer_note, can_edit_note
from callcoach.coaching.desk_notes import DeskNotes
from callcoach.coaching.models import Note, NoteAim, NoteReply, NoteScope, Visibility
from callcoach.coaching.note_moments import moment_of
from callcoach.coaching.queries import notes as queries
from callcoach.coaching.queries.script_lines import words_of

#: How far a sent note has come. "Understood" is the agent's own word, no agreement.
STATES = ("draft", "sent", "read", "heard", "acknowledged")


@dataclass(frozen=True, slots=True)
class ReplyView:
    """An answer under a note; `is_new` to the viewer."""

    author: str
    is_mine: bool
    at: datetime
    text: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class CallLink:
    """One call of a note on several; `is_here` is the page it is shown on."""

    call_id: int
    label: str
    at: datetime
    is_here: bool


@dataclass(frozen=True, slots=True)
class VoiceView:
    """What a supervisor said in their own voice; `text` is what was recognised, "" until then."""

    length: str
    spoken_length: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note as the desk prints it. `number` counts the call's notes in time; `key` names the
    moment it stands beside, "" for a loose one.
    """

    id: int
    number: int
    key: str
    aim: str
    mark: str
    aim_label: str
    cause_label: str
    quote: str
    hears: str
    hears_label: str
    instead: str
    instead_label: str
    start_ms: int
    end_ms: int
    clock: str
    until: str
    author: str
    is_mine: bool
    to: str
    at: datetime
    state: str
    state_mark: str
    state_label: str
    state_at: datetime | None
    is_private: bool
    #: Who else reads it, in a few words; "" for the usual, the agent and those who answer for them.
    readers: str
    is_moment: bool
    #: The calls of a note on several, this desk's among them; or "the whole call".
    scope_label: str
    series: tuple[CallLink, ...]
    #: The call on whose desk it is shown, when that is not the one it was begun on.
    on: int | None
    voice: VoiceView | None
    #: Words of the line of the script that it is about, or "".
    script_line: str
    script_line_id: int
    proposes_wording: bool
    changed_at: datetime | None
    changed_by: str
    replies: tuple[ReplyView, ...]
    can_edit: bool
    can_reply: bool
    shows_state: bool

    @property
    def is_draft(self) -> bool:
        return self.state == "draft"

    @property
    def is_keep(self) -> bool:
        return self.aim == NoteAim.KEEP


def desk_notes(viewer: Viewer, call: Call, moments: Sequence[MomentView]) -> DeskNotes:
    """The notes of a call that the viewer reads, beside their moments and in time."""
    notes = queries.notes_of(viewer, call)
    by_moment: dict[str, list[NoteView]] = {}
    loose: list[NoteView] = []
    for number, note in enumerate(notes, start=1):
        moment = moment_of(note, moments)
        view = note_view(viewer, call, note, number=number, key=moment.key if moment else "")
        (by_moment.setdefault(moment.key, []) if moment else loose).append(view)
    views = [*loose, *(view for group in by_moment.values() for view in group)]
    placed = sorted((view for view in views if view.is_moment), key=lambda view: view.number)
    marks = [_mark(view) for view in placed]
    return DeskNotes(by_moment=by_moment, loose=loose, marks=marks)


def _mark(note: NoteView) -> dict[str, Any]:
    words = [f"{_('Note')} {note.number}", note.aim_label, note.author, note.clock]
    return {
        "id": note.id,
        "number": note.number,
        "start": note.start_ms,
        "end": note.end_ms,
        "aim": note.aim,
        "state": note.state,
        "label": ", ".join(word for word in words if word),
    }


def note_view(
    viewer: Viewer, call: Call, note: Note, *, number: int = 0, key: str = ""
) -> NoteView:
    """One note for `viewer`, who may read it, as the desk of `call` shows it."""
    state, state_at = state_of(note)
    is_keep = note.aim == NoteAim.KEEP
    is_changed = len(queries.readable_revisions(viewer, note, note.revisions)) > 1
    return NoteView(
        id=note.id,
        number=number,
        key=key,
        aim=str(note.aim),
        mark=aim_mark(note.aim),
        aim_label=aim_label(note.aim),
        cause_label=cause_label(note.cause),
        quote=note.quote,
        hears=note.hears,
        hears_label=hears_label(is_keep=is_keep),
        instead=note.instead,
        instead_label=instead_label(is_keep=is_keep),
        start_ms=note.start_ms,
        end_ms=note.end_ms,
        clock=clock(note.start_ms),
        until=clock(note.end_ms),
        author=note.author.name if note.author else "",
        is_mine=note.author_id == viewer.user_id,
        to=note.agent.name if note.agent else "",
        at=note.sent_at or note.updated_at,
        state=state,
        state_mark=_MARKS[state],
        state_label=state_label(state),
        state_at=state_at,
        is_private=note.visibility == Visibility.PRIVATE,
        readers=readers_text(note),
        is_moment=note.is_moment,
        scope_label="" if note.is_moment else scope_label(note.scope),
        series=series_links(viewer, note, here=call.id),
        on=call.id if call.id != note.call_id else None,
        voice=voice_view(note),
        script_line=words_of(note.call, note.script_line),
        script_line_id=note.script_line_id or 0,
        proposes_wording=bool(note.proposes_wording),
        changed_at=note.updated_at if is_changed else None,
        changed_by=note.updated_by.name if is_changed and note.updated_by else "",
        replies=tuple(_reply(viewer, reply) for reply in note.replies),
        can_edit=can_edit_note(viewer, note, call),
        can_reply=can_answer_note(viewer, note, call),
        shows_state=viewer.role is not Role.AGENT,
    )


def series_links(viewer: Viewer, note: Note, *, here: int = 0) -> tuple[CallLink, ...]:
    """The calls of a note on several that the viewer opens, newest first; none for other notes."""
    if note.scope != NoteScope.SERIES:
        return ()
    numbers = [note.call_id, *(row.call_id for row in note.other_calls)]
    return tuple(
        CallLink(call.id, heading(call), call.started_at, call.id == here)
        for call in calls.calls_by_id(viewer, numbers)
    )


def voice_view(note: Note) -> VoiceView | None:
    """The spoken part of a note; None when there is none."""
    if note.voice_file_id is None:
        return None
    return VoiceView(
        length=clock(note.voice_ms),
        spoken_length=spoken_duration(note.voice_ms),
        text=note.voice_text,
        url=url_for("coaching.voice_sound", note_id=note.id),
    )


def readers_text(note: Note) -> str:
    """Who reads a note beside its agent and those who answer for the team; "" for nobody else."""
    if note.visibility == Visibility.TEAM:
        return str(_("The whole team reads it"))
    if note.visibility == Visibility.NAMED:
        names = ", ".join(row.user.name for row in note.readers)
        return str(_("Read by those named: %(names)s", names=names))
    return ""


def visibility_label(visibility: str) -> str:
    """Who reads a note, as its form says it."""
    return str(
        {
            Visibility.AGENT: _("Agent and supervisors"),
            Visibility.TEAM: _("The whole team"),
            Visibility.NAMED: _("People I name"),
            Visibility.PRIVATE: _("Only me"),
        }.get(Visibility(visibility), "")
    )


def scope_label(scope: str) -> str:
    """What a note is about."""
    return str(
        {
            NoteScope.MOMENT: _("This moment"),
            NoteScope.CALL: _("The whole call"),
            NoteScope.SERIES: _("Several calls"),
        }.get(NoteScope(scope), "")
    )


def _reply(viewer: Viewer, reply: NoteReply) -> ReplyView:
    is_mine = reply.author_id == viewer.user_id
    return ReplyView(
        author=reply.author.name if reply.author else "",
        is_mine=is_mine,
        at=reply.created_at,
        text=reply.text,
        is_new=reply.seen_at is None and not is_mine,
    )


_MARKS = {"draft": "✎", "sent": "→", "read": "○", "heard": "◐", "acknowledged": "●"}


def state_of(note: Note) -> tuple[str, datetime | None]:
    """How far a note has come, one of `STATES`, and since when."""
    for state, at in (
        ("acknowledged", note.acknowledged_at),
        ("heard", note.heard_at),
        ("read", note.read_at),
    ):
        if at is not None and not note.is_draft:
            return state, at
    return ("draft", note.updated_at) if note.is_draft else ("sent", note.sent_at)


def state_label(state: str) -> str:
    """A state in a word or two."""
    return str(
        {
            "draft": _("Draft"),
            "sent": _("Sent, not read yet"),
            "read": _("Read"),
            "heard": _("Heard"),
            "acknowledged": _("Says it is understood"),
        }[state]
    )


def aim_mark(aim: str) -> str:
    """▼ or ▲, as moments carry them."""
    return "▲" if aim == NoteAim.KEEP else "▼"


def aim_label(aim: str) -> str:
    """What a note asks."""
    return str(_("to keep") if aim == NoteAim.KEEP else _("to change"))


def hears_label(*, is_keep: bool) -> str:
    """What stands over `hears`."""
    return str(_("Why it works") if is_keep else _("What the prospect hears in it"))


def instead_label(*, is_keep: bool) -> str:
    """What stands over `instead`."""
    return str(_("How to say it again") if is_keep else _("What to say instead"))


def cause_label(cause: str) -> str:
    """A cause as the floor says it; "" for none, and for one that today's vocabulary lacks."""
    try:
        return wording.cause_label(cause, language()) if cause else ""
    except (KeyError, ValueError):
        return ""
