"""A call's notes and words as files: a PDF to print, and WebVTT tracks for any player."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import webvtt
from flask_babel import format_datetime
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Speaker
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock, heading, language
from callcoach.coaching.indexing import said_aloud
from callcoach.coaching.models import Note, NoteAim
from callcoach.coaching.note_presenters import (
    aim_label,
    cause_label,
    hears_label,
    instead_label,
    scope_label,
)
from callcoach.coaching.queries.script_lines import words_of
from callcoach.web.papers import compile_paper

#: A cue that nobody could read is no cue (WebVTT needs start < end).
LEAST_CUE_MS = 1
#: How long a remark on the whole call stands at its start.
WHOLE_CUE_MS = 10_000


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: milliseconds, half-open; who speaks it, or "", and what is said."""

    start_ms: int
    end_ms: int
    voice: str
    text: str


def track(cues: Iterable[Cue]) -> str:
    """A WebVTT file; cues without text are left out.

    Line breaks become spaces and ``<``, ``>`` and ``&`` are escaped: what people write can neither
    end a cue nor begin a tag.
    """
    found = webvtt.WebVTT()
    for cue in sorted(cues, key=lambda item: (item.start_ms, item.end_ms)):
        text = _escaped(cue.text)
        if not text:
            continue
        voice = _escaped(cue.voice)
        end_ms = max(cue.end_ms, cue.start_ms + LEAST_CUE_MS)
        found.captions.append(
            webvtt.Caption(
                _timestamp(cue.start_ms),
                _timestamp(end_ms),
                f"<v {voice}>{text}" if voice else text,
            )
        )
    return str(found.content) + "\n"


def transcript_track(turns: Sequence[ShownTurn], *, agent: str, prospect: str) -> str:
    """What was said, with the speakers' names as voices."""
    names = {Speaker.AGENT.value: agent, Speaker.PROSPECT.value: prospect}
    return track(
        Cue(turn.start_ms, turn.end_ms, names.get(turn.speaker, ""), turn.text) for turn in turns
    )


def notes_track(notes: Iterable[Note]) -> str:
    """The notes at their moments, with their authors as voices; those on calls as a whole for a
    while at the start.
    """
    return track(
        Cue(note.start_ms, _until(note), note.author.name if note.author else "", _spoken(note))
        for note in notes
        if not note.is_draft
    )


def _until(note: Note) -> int:
    return note.end_ms if note.is_moment else min(note.end_ms, note.start_ms + WHOLE_CUE_MS)


def notes_paper(viewer: Viewer, call: Call, notes: Sequence[Note], *, made_at: datetime) -> bytes:
    """The sent notes on a call that `viewer` reads, as a PDF.

    Args:
        notes: of `queries.notes_of`; drafts are left out.
        made_at: aware; printed at the foot.
    """
    sent = [note for note in notes if not note.is_draft]
    agent = call.agent.name if call.agent else ""
    about = [agent, call.campaign.name, format_datetime(call.started_at, "long")]
    return compile_paper(
        "notes",
        {
            "language": language(),
            "title": heading(call),
            "subtitle": " · ".join(part for part in about if part),
            "foot": _("Made on %(date)s", date=format_datetime(made_at, "long")),
            "nothing": _("There is no note on this call that you can read."),
            "notes": [_printed(viewer, note) for note in sent],
        },
        made_at=made_at,
    )


def _printed(viewer: Viewer, note: Note) -> dict[str, Any]:
    is_keep = note.aim == NoteAim.KEEP
    author = note.author.name if note.author else _("somebody who has left")
    return {
        "clock": f"{clock(note.start_ms)}–{clock(note.end_ms)}"
        if note.is_moment
        else scope_label(note.scope),
        "aim": aim_label(note.aim),
        "cause": cause_label(note.cause),
        "quote": note.quote,
        "hears": note.hears,
        "hears_label": hears_label(is_keep=is_keep),
        "instead": note.instead,
        "instead_label": instead_label(is_keep=is_keep),
        "said": said_aloud(note),
        "said_label": _("Said aloud"),
        "script_line": words_of(note.call, note.script_line),
        "script_line_label": _line_label(note),
        "by": _by(author, note.sent_at),
        "replies": [
            {
                "by": _by(reply.author.name if reply.author else author, reply.created_at),
                "text": reply.text,
            }
            for reply in note.replies
        ],
    }


def _by(name: str, at: datetime | None) -> str:
    return f"{name}, {format_datetime(at, 'medium')}" if at is not None else name


def _line_label(note: Note) -> str:
    if note.proposes_wording:
        return str(_("Line of the script, with new words proposed for it"))
    return str(_("Line of the script"))


def _spoken(note: Note) -> str:
    parts = [
        aim_label(note.aim),
        cause_label(note.cause),
        note.hears,
        note.instead,
        _named(str(_("Said aloud")), said_aloud(note)),
        _named(_line_label(note), words_of(note.call, note.script_line)),
    ]
    return " · ".join(part for part in parts if part)


def _named(label: str, words: str) -> str:
    return f"{label} «\u00a0{words}\u00a0»" if words else ""


def _escaped(text: str) -> str:
    return html.escape(" ".join(text.split()), quote=False)


def _timestamp(milliseconds: int) -> str:
    seconds, rest = divmod(max(0, milliseconds), 1000)
    hours, seconds = divmod(seconds, 3600)
    return f"{hours:02d}:{seconds // 60:02d}:{seconds % 60:02d}.{rest:03d}"
