"""What an agent's pages print of notes and listening requests. Plain values for templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis import wording
from callcoach.analysis.model import Cause
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock, heading, language, person_called, spoken_duration
from callcoach.calls.sound import hears_calls
from callcoach.coaching.access import can_read_note
from callcoach.coaching.models import ListeningRequest, Note, NoteAim, NoteRevision, RequestAnswer
from callcoach.coaching.note_choices import Mentionable, mentions_of
from callcoach.coaching.note_presenters import (
    CallLink,
    VoiceView,
    readers_text,
    scope_label,
    series_links,
    voice_view,
)
from callcoach.coaching.queries.inbox import ExcerptState, is_new
from callcoach.coaching.queries.notes import readable_revisions
from callcoach.coaching.queries.script_lines import words_of


@dataclass(frozen=True, slots=True)
class ReplyView:
    """One answer in the thread under a note."""

    name: str
    text: str
    at: datetime
    is_mine: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A text of the note as it was when the agent last read it."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteCard:
    """A note as the agent reads it.

    `is_new`: not read yet, or answered since; `is_changed`: it was read, then said otherwise, and
    `before` holds the old texts. `speaker` is who said what is quoted.
    """

    note_id: int
    call_id: int
    is_keep: bool
    mark: str
    aim: str
    title: str
    about: str
    clock: str
    start_s: float
    author: str
    at: datetime
    changed_at: datetime | None
    is_new: bool
    is_changed: bool
    before: tuple[Change, ...]
    speaker: str
    language: str
    quote: str
    hears: str
    hears_label: str
    instead: str
    instead_label: str
    is_acknowledged: bool
    replies: tuple[ReplyView, ...]
    excerpt: str
    spoken_length: str
    #: About a stretch of the call; otherwise about `calls`, or the whole of the one call.
    is_moment: bool
    scope_label: str
    calls: tuple[CallLink, ...]
    voice: VoiceView | None
    readers: str
    #: Whom an answer can name; none for a closed card.
    mentions: tuple[Mentionable, ...]
    #: Words of the line of the script that it is about; "" for none and for a closed card.
    script_line: str

    @property
    def summary(self) -> str:
        """What a closed card shows: the words to say, else what was said about them."""
        said = self.voice.text if self.voice else ""
        return self.instead or said or self.hears or self.quote


@dataclass(frozen=True, slots=True)
class RequestView:
    """A listening request with its answer.

    `state` is ``waiting``, ``here``, ``elsewhere``, ``noted`` or ``listened``; `note_id` is 0
    unless the reader may open the note that answers it.
    """

    request_id: int
    call_id: int
    about: str
    asked_by: str
    asked_at: datetime
    heading: str
    is_moment: bool
    start_ms: int
    end_ms: int
    clock: str
    quote: str
    language: str
    text: str
    state: str
    mark: str
    label: str
    answered_by: str
    answered_at: datetime | None
    answer_text: str
    note_id: int
    is_new: bool
    is_mine: bool

    @property
    def is_open(self) -> bool:
        return self.state == "waiting"

    @property
    def start_s(self) -> float:
        return self.start_ms / 1000


def note_card(
    viewer: Viewer,
    note: Note,
    excerpt: ExcerptState | None = None,
    *,
    before: NoteRevision | None = None,
) -> NoteCard:
    """A note as its agent reads it.

    Args:
        excerpt: its sound; None for a closed card, which has neither sound nor speaker.
        before: what it said when the agent last read it, when that is not what it says now.
    """
    call = note.call
    is_keep = note.aim == NoteAim.KEEP
    sent_at = note.sent_at or note.created_at
    shown = readable_revisions(viewer, note, note.revisions)
    cause = wording.cause_label(Cause(note.cause), language()) if note.cause else ""
    return NoteCard(
        note_id=note.id,
        call_id=call.id,
        is_keep=is_keep,
        mark="▲" if is_keep else "▼",
        aim=_("To keep") if is_keep else _("To change"),
        title=cause[:1].upper() + cause[1:] if cause else person_called(call),
        about=heading(call),
        clock=clock(note.start_ms),
        start_s=note.start_ms / 1000,
        author=note.author.name if note.author else _("Supervisor"),
        at=sent_at,
        changed_at=note.updated_at if len(shown) > 1 else None,
        is_new=is_new(viewer, note),
        is_changed=before is not None,
        before=tuple(_changes(note, before)) if before is not None else (),
        speaker=_speaker(call, note.channel) if excerpt else "",
        language=call.language,
        quote=note.quote,
        hears=note.hears,
        hears_label=_("Why it works") if is_keep else _("What the prospect hears"),
        instead=note.instead,
        instead_label=_("To keep") if is_keep else _("To say instead"),
        is_acknowledged=note.acknowledged_at is not None,
        replies=tuple(reply_views(viewer, note)),
        excerpt=excerpt.state if excerpt else "",
        spoken_length=spoken_duration(excerpt.length_ms) if excerpt else "",
        is_moment=note.is_moment,
        scope_label="" if note.is_moment else scope_label(note.scope),
        calls=series_links(viewer, note) if excerpt else (),
        voice=_voice(viewer, note),
        readers=readers_text(note),
        mentions=tuple(mentions_of(viewer, call, note.aim)) if excerpt else (),
        script_line=words_of(call, note.script_line) if excerpt else "",
    )


def _voice(viewer: Viewer, note: Note) -> VoiceView | None:
    """The spoken part; its words alone where the campaign keeps sound off agents' telephones."""
    voice = voice_view(note)
    if voice is None or hears_calls(viewer, note.call.campaign):
        return voice
    return replace(voice, url="")


def reply_views(viewer: Viewer, note: Note) -> Iterable[ReplyView]:
    """The thread under a note."""
    for reply in note.replies:
        is_mine = reply.author_id == viewer.user_id
        yield ReplyView(
            name=_("You") if is_mine else reply.author.name if reply.author else _("Supervisor"),
            text=reply.text,
            at=reply.created_at,
            is_mine=is_mine,
            is_new=not is_mine and reply.seen_at is None,
        )


def request_views(viewer: Viewer, requests: Sequence[ListeningRequest]) -> list[RequestView]:
    """Requests as agents and their supervisors read them."""
    return [_request(viewer, request) for request in requests]


def _request(viewer: Viewer, request: ListeningRequest) -> RequestView:
    is_mine = request.agent_id == viewer.user_id
    note = request.note
    opens = (
        note is not None and note.deleted_at is None and can_read_note(viewer, note, request.call)
    )
    state, mark, label = _answer(request, has_note=opens)
    return RequestView(
        request_id=request.id,
        call_id=request.call_id,
        about=heading(request.call),
        asked_by=request.agent.name if request.agent else _("Agent"),
        asked_at=request.created_at,
        heading=_("Here it turned") if request.is_moment else _("Listen to this one"),
        is_moment=request.is_moment,
        start_ms=request.start_ms or 0,
        end_ms=request.end_ms or 0,
        clock=clock(request.start_ms or 0),
        quote=request.quote,
        language=request.call.language,
        text=request.text,
        state=state,
        mark=mark,
        label=label,
        answered_by=request.answered_by.name if request.answered_by else "",
        answered_at=request.answered_at,
        answer_text=request.answer_text,
        note_id=note.id if note is not None and opens else 0,
        is_new=is_mine and request.answered_at is not None and request.seen_at is None,
        is_mine=is_mine,
    )


def _answer(request: ListeningRequest, *, has_note: bool) -> tuple[str, str, str]:
    """State, shape and words of how a request stands. A note that the reader does not read, private
    or deleted, is not spoken of: somebody listened.
    """
    if request.answered_at is None or request.answer is None:
        return "waiting", "…", _("Waiting for a listener")
    answer = RequestAnswer(request.answer)
    if answer is RequestAnswer.NOTED and not has_note:
        answer = RequestAnswer.LISTENED
    known = {
        RequestAnswer.TURNS_HERE: ("here", "✓", _("Yes, it turns here")),
        RequestAnswer.NOT_HERE: ("elsewhere", "≠", _("I hear it elsewhere")),
        RequestAnswer.NOTED: ("noted", "✎", _("Answered by a note")),
        RequestAnswer.LISTENED: ("listened", "✓", _("Listened to")),
    }
    return known[answer]


def _speaker(call: Call, channel: int) -> str:
    """Who is heard on a channel, as the agent reads it; "" where both are on one."""
    analysis = call.current_analysis
    if analysis is None or analysis.agent_channel is None:
        return ""
    return _("You") if channel == analysis.agent_channel else person_called(call)


def _changes(note: Note, before: NoteRevision) -> Iterable[Change]:
    old = before.content
    for name, label in (
        ("quote", _("What was said")),
        ("hears", _("What the prospect hears")),
        ("instead", _("To say instead")),
    ):
        text = str(old.get(name, ""))
        if text and text != getattr(note, name):
            yield Change(label, text)
