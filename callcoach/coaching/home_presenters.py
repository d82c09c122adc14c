"""What the home page prints. Plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

from flask import url_for
from flask_babel import gettext as _

from callcoach.calls.presenters import Row, clock, heading
from callcoach.coaching.models import ListeningRequest, Note, NoteAim, NoteReply
from callcoach.coaching.queries.home import Short, Unheard

#: Letters of a text that a line shows; the rest is on the page it leads to.
_LINE_LETTERS = 160


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits, and where it is.

    Args:
        who: a name that comes first; may be empty.
        text: what was written or asked; may be empty.
        language: of `text`, for the screen reader.
        at: since when it waits, or when it was written.
    """

    url: str
    title: str
    about: str = ""
    who: str = ""
    text: str = ""
    language: str = ""
    at: datetime | None = None
    mark: str = ""
    aim: str = ""
    chip: str = ""


Shown = TypeVar("Shown", Line, Row)


@dataclass(frozen=True, slots=True)
class Part(Generic[Shown]):
    """A list of the page, lines or calls as their list prints them: the first ones, how many there
    are in all, and where the others are.
    """

    shown: Sequence[Shown] = ()
    total: int = 0
    more_url: str = ""

    @property
    def more(self) -> int:
        return self.total - len(self.shown)


@dataclass(frozen=True, slots=True)
class FeedStart:
    """What waits in the listening feed; `newest` and `minutes` are of the newest shift, `minutes`
    at least 1 with any moment in it.
    """

    total: int = 0
    newest: int = 0
    minutes: int = 0
    day: date | None = None
    is_afternoon: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """The page of one person; a part that is not theirs, or holds nothing, is empty.

    `check_minutes` is what is left of a supervisor's daily check, 0 when nothing is due.
    """

    feed: FeedStart | None = None
    check_minutes: int = 0
    to_hear: Part[Line] | None = None
    #: What agents see otherwise, what is due first on top.
    disputes: Part[Line] = field(default_factory=Part)
    requests: Part[Line] = field(default_factory=Part)
    answers: Part[Line] = field(default_factory=Part)
    drafts: Part[Line] = field(default_factory=Part)
    unheard: Part[Line] = field(default_factory=Part)
    running: Part[Row] = field(default_factory=Part)
    failed: Part[Row] = field(default_factory=Part)
    latest: Part[Row] = field(default_factory=Part)

    @property
    def is_quiet(self) -> bool:
        """Nothing waits for this person; calls on their way do not."""
        feed = self.feed.total if self.feed else 0
        to_hear = self.to_hear.total if self.to_hear else 0
        parts = (self.disputes, self.requests, self.answers, self.drafts, self.failed)
        if feed or to_hear or self.check_minutes:
            return False
        return not any(part.total for part in parts)


def request_part(found: Short[ListeningRequest]) -> Part[Line]:
    """Requests as those who answer for the team see them."""
    lines = [
        Line(
            url=desk_url(item.call_id, item.start_ms),
            title=heading(item.call),
            about=clock(item.start_ms) if item.start_ms is not None else _("the whole call"),
            who=item.agent.name if item.agent else _("somebody who has left"),
            text=_cut(item.text),
            at=item.created_at,
        )
        for item in found.items
    ]
    return Part(lines, found.total)


def answer_part(found: Short[ListeningRequest]) -> Part[Line]:
    """Answers to an agent's own requests."""
    lines = [
        Line(
            url=url_for("coaching.my_requests", _anchor=f"request-{item.id}"),
            title=heading(item.call),
            about=clock(item.start_ms) if item.start_ms is not None else _("the whole call"),
            who=item.answered_by.name if item.answered_by else _("somebody who has left"),
            text=_cut(item.answer_text),
            at=item.answered_at,
        )
        for item in found.items
    ]
    return Part(lines, found.total, url_for("coaching.my_requests"))


def reply_part(found: Short[NoteReply]) -> Part[Line]:
    """Answers under a supervisor's notes."""
    lines = [
        Line(
            url=desk_url(item.note.call_id, item.note.start_ms, note_id=item.note_id),
            title=heading(item.note.call),
            about=clock(item.note.start_ms),
            who=item.author.name if item.author else _("somebody who has left"),
            text=_cut(item.text),
            at=item.created_at,
        )
        for item in found.items
    ]
    return Part(lines, found.total)


def draft_part(found: Short[Note]) -> Part[Line]:
    """Notes that were begun."""
    lines = [
        Line(
            url=desk_url(note.call_id, note.start_ms, note_id=note.id),
            title=heading(note.call),
            about=clock(note.start_ms),
            text=_cut(note.instead or note.hears or note.quote),
            language=note.call.language,
            at=note.updated_at,
        )
        for note in found.items
    ]
    return Part(lines, found.total)


def unheard_part(found: Short[Unheard]) -> Part[Line]:
    """Calls with a note that was not heard: which, and since when; how many notes is not told, as
    such a number beside a name would be compared.
    """
    lines = [
        Line(
            url=desk_url(item.call.id),
            title=heading(item.call),
            who=item.call.agent.name if item.call.agent else "",
            at=item.sent_at,
        )
        for item in found.items
    ]
    return Part(lines, found.total)


def to_hear_part(found: Short[Note]) -> Part[Line]:
    """An agent's notes."""
    lines = [
        Line(
            url=url_for("coaching.my_note", note_id=note.id),
            title=heading(note.call),
            about=clock(note.start_ms),
            who=note.author.name if note.author else _("Supervisor"),
            text=_cut(note.instead or note.hears or note.quote),
            language=note.call.language,
            at=note.sent_at,
            mark="▲" if note.aim == NoteAim.KEEP else "▼",
            aim=_("To keep") if note.aim == NoteAim.KEEP else _("To change"),
            chip="chip-click" if note.aim == NoteAim.KEEP else "chip-break",
        )
        for note in found.items
    ]
    return Part(lines, found.total, url_for("coaching.my_notes"))


def desk_url(call_id: int, start_ms: int | None = None, *, note_id: int | None = None) -> str:
    """The call's page, at a moment and at a note of it."""
    at = f"{start_ms / 1000:g}" if start_ms else None
    anchor = f"note-{note_id}" if note_id else None
    return url_for("coaching.desk", call_id=call_id, t=at, _anchor=anchor)


def _cut(text: str) -> str:
    """The beginning of a text, cut between words."""
    plain = " ".join(text.split())
    if len(plain) <= _LINE_LETTERS:
        return plain
    return plain[:_LINE_LETTERS].rpartition(" ")[0].rstrip(" ,;:") + "\u2026"
