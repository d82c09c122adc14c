"""Notes as pages print them: worded, placed beside their moments, compared with each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.analysis import wording
from callcoach.calls.call_presenters import MomentView
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock, language
from callcoach.coaching.access import can_answer_note, can_edit_note
from callcoach.coaching.desk_notes import DeskNotes
from callcoach.coaching.models import Note, NoteAim, NoteReply, Visibility
from callcoach.coaching.note_diff import Part, is_rewritten, side, word_diff
from callcoach.coaching.note_moments import moment_of
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.queries import notes as queries

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
    marks = [_mark(view) for view in sorted(views, key=lambda view: view.number)]
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
    """One note for `viewer`, who may read it."""
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
        changed_at=note.updated_at if is_changed else None,
        changed_by=note.updated_by.name if is_changed and note.updated_by else "",
        replies=tuple(_reply(viewer, reply) for reply in note.replies),
        can_edit=can_edit_note(viewer, note, call),
        can_reply=can_answer_note(viewer, note, call),
        shows_state=viewer.role is not Role.AGENT,
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


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """A field in two versions, each with its own words marked; `is_text` for what people wrote.

    `together` is both in one, unless so much differs that it would read as a jumble.
    """

    label: str
    before: tuple[Part, ...]
    after: tuple[Part, ...]
    together: tuple[Part, ...]
    is_text: bool


def field_diffs(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldDiff]:
    """The fields that differ between two versions of a note (fields of `NoteText`)."""
    diffs = []
    for name, label in _labels(is_keep=after.get("aim") == NoteAim.KEEP).items():
        one, other = _shown(name, before), _shown(name, after)
        if one == other:
            continue
        is_text = name in ("quote", "hears", "instead")
        parts = word_diff(one, other) if is_text else _replaced(one, other)
        diffs.append(
            FieldDiff(
                label=label,
                before=side(parts, new=False),
                after=side(parts, new=True),
                together=_replaced(one, other) if is_rewritten(parts) else parts,
                is_text=is_text,
            )
        )
    return diffs


def _replaced(one: str, other: str) -> tuple[Part, ...]:
    parts = (Part(one, is_gone=True), Part(other, is_new=True))
    return tuple(part for part in parts if part.text)


def _labels(*, is_keep: bool) -> dict[str, str]:
    return {
        "instead": instead_label(is_keep=is_keep),
        "hears": hears_label(is_keep=is_keep),
        "quote": _("What was said"),
        "moment": _("Moment"),
        "cause": _("Cause"),
        "aim": _("What for"),
        "visibility": _("Who reads it"),
    }


def _shown(name: str, values: Mapping[str, Any]) -> str:
    """A field's value in words; fields that an older version did not have are empty."""
    if name == "moment":
        return f"{tenths(values.get('start_ms', 0))} – {tenths(values.get('end_ms', 0))}"
    value = str(values.get(name, ""))
    if name == "cause":
        return cause_label(value)
    if name == "aim":
        return aim_label(value)
    if name == "visibility":
        private = value == Visibility.PRIVATE
        return str(_("Only me") if private else _("Agent and supervisors"))
    return value


def tenths(ms: int) -> str:
    r"""A place in a call to the tenth of a second, such as ``0:12,2``."""
    whole, rest = divmod(round(ms / 100), 10)
    comma = "," if language() == "fr" else "."
    return f"{whole // 60}:{whole % 60:02d}{comma}{rest}"


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Two people's versions of one note, or one person's from two windows (`is_own`)."""

    author: str
    at: datetime
    is_own: bool
    diffs: list[FieldDiff]


def conflict_view(
    theirs: Mapping[str, Any], mine: Mapping[str, Any], *, author: str, at: datetime, is_own: bool
) -> ConflictView:
    """What was saved in between beside what the viewer wrote."""
    return ConflictView(author, at, is_own, field_diffs(theirs, mine))


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One saved version: who, when, and what changed from the one before (all of it at first)."""

    number: int
    author: str
    at: datetime
    diffs: list[FieldDiff]
    first: NoteText | None


def revision_views(viewer: Viewer, note: Note) -> list[RevisionView]:
    """The versions of a sent note that the viewer reads, newest first."""
    views = []
    before: Mapping[str, Any] | None = None
    for revision in queries.revisions_of(viewer, note):
        content = revision.content
        known = {name: content[name] for name in NoteText.__dataclass_fields__ if name in content}
        views.append(
            RevisionView(
                number=revision.number,
                author=revision.author.name if revision.author else "",
                at=revision.created_at,
                diffs=field_diffs(before, content) if before is not None else [],
                first=NoteText(**known) if before is None else None,
            )
        )
        before = content
    return views[::-1]
