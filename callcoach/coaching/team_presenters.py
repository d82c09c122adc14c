"""A colleague's good moment, as an agent's page prints it. Plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.calls.presenters import spoken_duration
from callcoach.coaching.access import can_answer_note, reads_thread
from callcoach.coaching.agent_presenters import ReplyView, reply_views
from callcoach.coaching.models import Note, Visibility
from callcoach.coaching.note_presenters import (
    VoiceView,
    cause_label,
    instead_label,
    voice_view,
)
from callcoach.coaching.queries.inbox import ExcerptState
from callcoach.coaching.sharing import may_hear


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A good moment, without the call it comes from.

    Args:
        who: the agent's name, once they let the team hear it; "" until then.
        excerpt: state of its sound; "" for a closed card.
        is_named: the reader is named in it, and so sees its thread.
    """

    note_id: int
    title: str
    who: str
    author: str
    at: datetime
    language: str
    quote: str
    hears: str
    instead: str
    instead_label: str
    excerpt: str
    spoken_length: str
    voice: VoiceView | None
    is_named: bool
    can_answer: bool
    replies: Sequence[ReplyView]

    @property
    def summary(self) -> str:
        return self.hears or self.instead or self.quote


def team_card(viewer: Viewer, note: Note, excerpt: ExcerptState | None = None) -> TeamCard:
    """One good moment for a colleague, who may read it."""
    call = note.call
    cause = cause_label(note.cause)
    sees_thread = reads_thread(viewer, note, call)
    is_heard = note.is_moment and may_hear(viewer, note)
    return TeamCard(
        note_id=note.id,
        title=cause[:1].upper() + cause[1:] if cause else _("Worth keeping"),
        who=note.agent.name if is_heard and note.agent else "",
        author=note.author.name if note.author else _("Supervisor"),
        at=note.sent_at or note.created_at,
        language=call.language,
        quote=note.quote,
        hears=note.hears,
        instead=note.instead,
        instead_label=instead_label(is_keep=True),
        excerpt=excerpt.state if excerpt else "",
        spoken_length=spoken_duration(excerpt.length_ms) if excerpt else "",
        voice=voice_view(note),
        is_named=viewer.user_id in note.let_in_ids or note.visibility == Visibility.NAMED,
        can_answer=can_answer_note(viewer, note, call),
        replies=tuple(reply_views(viewer, note)) if sees_thread else (),
    )
