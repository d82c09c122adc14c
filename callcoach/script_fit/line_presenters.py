"""Lines of a script as this room's pages print them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call, Verdict
from callcoach.calls.presenters import clock, heading
from callcoach.coaching.home_presenters import desk_url
from callcoach.coaching.models import Note, NoteAim
from callcoach.coaching.note_presenters import aim_label, aim_mark, cause_label
from callcoach.script_fit.line_queries import Words
from callcoach.script_library.changes import Words as Piece
from callcoach.script_library.changes import compare_words
from callcoach.script_library.labels import section_title, state_mark
from callcoach.script_library.models import ScriptLine, ScriptVersion


@dataclass(frozen=True, slots=True)
class WordsView:
    """A line as one version has it.

    Args:
        pieces: its words woven with those before.
    """

    number: int
    url: str
    sign: str
    state: str
    author: str
    at: datetime
    reason: str
    text: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class MomentView:
    """A note or a confirmed flag that is about a line: where, what was said, what is said of it."""

    note_id: int
    verdict_id: int
    call_id: int
    start_s: float
    end_s: float
    mark: str
    label: str
    cause: str
    quote: str
    hears: str
    instead: str
    is_proposal: bool
    author: str
    at: datetime
    about: str
    clock: str
    url: str
    language: str


def words_views(history: Sequence[Words]) -> list[WordsView]:
    """How a line changed."""
    return [_words_view(item) for item in history]


def _words_view(item: Words) -> WordsView:
    version = item.version
    sign, word = state_mark(version.state)
    return WordsView(
        number=version.number,
        url=url_for("script_library.show_version", version_id=version.id),
        sign=sign,
        state=word,
        author=version.author.name if version.author else "",
        at=version.published_at or version.created_at,
        reason=version.reason,
        text=item.text,
        pieces=compare_words(item.before, item.text),
    )


def note_moment(note: Note) -> MomentView:
    """A note as evidence, for somebody who reads it."""
    call = note.call
    return MomentView(
        note_id=note.id,
        verdict_id=0,
        call_id=call.id,
        start_s=note.start_ms / 1000,
        end_s=note.end_ms / 1000,
        mark=aim_mark(note.aim),
        label=aim_label(note.aim),
        cause=cause_label(note.cause),
        quote=note.quote,
        hears=note.hears,
        instead=note.instead,
        is_proposal=bool(note.proposes_wording),
        author=note.author.name if note.author else "",
        at=note.sent_at or note.created_at,
        about=heading(call),
        clock=clock(note.start_ms),
        url=desk_url(call.id, note.start_ms, note_id=note.id),
        language=call.language,
    )


def flag_moment(call: Call, verdict: Verdict) -> MomentView:
    """A confirmed flag as evidence, for somebody who reads its call."""
    is_keep = verdict.valence == "positive"
    aim = NoteAim.KEEP if is_keep else NoteAim.CHANGE
    return MomentView(
        note_id=0,
        verdict_id=verdict.id,
        call_id=call.id,
        start_s=verdict.start_ms / 1000,
        end_s=verdict.end_ms / 1000,
        mark=aim_mark(aim),
        label="",
        cause=cause_label(verdict.cause),
        quote=verdict.quote,
        hears="",
        instead="",
        is_proposal=False,
        author=verdict.author.name if verdict.author else "",
        at=verdict.created_at,
        about=heading(call),
        clock=clock(verdict.start_ms),
        url=desk_url(call.id, verdict.start_ms),
        language=call.language,
    )


def place_name(version: ScriptVersion | None, line: ScriptLine) -> str:
    """The section that a line stands in; "" in none."""
    place = version.document.place_of(line.key) if version is not None else None
    return section_title(place.section) if place else ""


def line_url(viewer: Viewer, line: ScriptLine) -> str:
    """The page of a line."""
    return url_for("script_fit.show_line", line_id=line.id)
