"""What waits for a person: the reads of their home page, always scoped by a `Viewer`.

Lists are short and oldest first where somebody waits, newest first where something was written.
Nothing here counts anything per person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.sql.base import ExecutableOption

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.calls.models import Call, CallState
from callcoach.calls.presenters import RUNNING
from callcoach.campaigns.models import AgentAudio, Campaign
from callcoach.coaching.models import ListeningRequest, Note, NoteReply, Visibility
from callcoach.coaching.readable import readable
from callcoach.extensions import db

#: Lines of a list: what fits beside the others on a laptop's page; the rest is a number.
LINES = 6

Item = TypeVar("Item")

_WITH_CALLS = (
    joinedload(Call.team),
    joinedload(Call.agent),
    joinedload(Call.campaign).joinedload(Campaign.sponsor),
)
_WITH_NOTES = (contains_eager(Note.call), joinedload(Note.author))


@dataclass(frozen=True, slots=True)
class Short(Generic[Item]):
    """The first lines of a list, and how many there are in all."""

    items: Sequence[Item]
    total: int


@dataclass(frozen=True, slots=True)
class Unheard:
    """A call with a note that its agent has not heard, and since when the oldest waits."""

    call: Call
    sent_at: datetime


def open_requests(viewer: Viewer) -> Short[ListeningRequest]:
    """Listening requests nobody has answered, the one that waits longest first."""
    statement = (
        select(ListeningRequest)
        .join(ListeningRequest.call)
        .where(
            *_shown(viewer),
            ListeningRequest.answered_at.is_(None),
            ListeningRequest.withdrawn_at.is_(None),
        )
    )
    return short(
        statement,
        (ListeningRequest.created_at, ListeningRequest.id),
        contains_eager(ListeningRequest.call),
        joinedload(ListeningRequest.agent),
    )


def new_answers_to_requests(viewer: Viewer) -> Short[ListeningRequest]:
    """The viewer's own requests that were answered and not looked at since, newest answer first."""
    statement = (
        select(ListeningRequest)
        .join(ListeningRequest.call)
        .where(
            *_shown(viewer),
            ListeningRequest.agent_id == viewer.user_id,
            ListeningRequest.answered_at.is_not(None),
            ListeningRequest.seen_at.is_(None),
            ListeningRequest.withdrawn_at.is_(None),
        )
    )
    return short(
        statement,
        (ListeningRequest.answered_at.desc(), ListeningRequest.id.desc()),
        contains_eager(ListeningRequest.call),
        joinedload(ListeningRequest.answered_by),
        joinedload(ListeningRequest.note),
    )


def drafts(viewer: Viewer) -> Short[Note]:
    """The viewer's notes that were not sent, last touched first."""
    statement = _notes(viewer).where(Note.author_id == viewer.user_id, Note.sent_at.is_(None))
    return short(statement, (Note.updated_at.desc(), Note.id.desc()), *_WITH_NOTES)


def replies_to_my_notes(viewer: Viewer) -> Short[NoteReply]:
    """Answers under notes that the viewer wrote, not looked at yet, newest first."""
    statement = (
        select(NoteReply)
        .join(NoteReply.note)
        .join(Note.call)
        .where(
            *_shown(viewer),
            Note.author_id == viewer.user_id,
            Note.deleted_at.is_(None),
            _is_new_reply(viewer),
        )
    )
    return short(
        statement,
        (NoteReply.created_at.desc(), NoteReply.id.desc()),
        contains_eager(NoteReply.note).contains_eager(Note.call),
        joinedload(NoteReply.author),
    )


def unheard(viewer: Viewer, *, own: bool) -> Short[Unheard]:
    """Calls with a sent note that its agent has not heard, the one that waits longest first.

    Args:
        own: only notes that the viewer wrote; else all that their teams wait to hear.
    """
    conditions = [
        *_shown(viewer),
        readable(viewer),
        Note.deleted_at.is_(None),
        Note.sent_at.is_not(None),
        Note.visibility != Visibility.PRIVATE.value,
        Note.agent_id.is_not(None),
        Note.agent_id == Call.agent_id,
        _is_unheard(),
    ]
    if own:
        conditions.append(Note.author_id == viewer.user_id)
    since = func.min(Note.sent_at)
    grouped = (
        select(Note.call_id, since.label("sent_at"))
        .join(Note.call)
        .where(*conditions)
        .group_by(Note.call_id)
    )
    total = db.session.scalar(select(func.count()).select_from(grouped.subquery())) or 0
    rows = db.session.execute(grouped.order_by(since, Note.call_id).limit(LINES)).all()
    found = {call.id: call for call in calls.calls_by_id(viewer, [row.call_id for row in rows])}
    return Short([Unheard(found[row.call_id], row.sent_at) for row in rows], total)


def notes_to_hear(viewer: Viewer) -> Short[Note]:
    """Notes for the viewer that they have not heard or understood, or that were answered since;
    newest first.
    """
    answered = exists().where(NoteReply.note_id == Note.id, _is_new_reply(viewer))
    statement = _notes(viewer).where(
        Note.agent_id == viewer.user_id,
        Note.sent_at.is_not(None),
        Note.visibility != Visibility.PRIVATE.value,
        or_(_is_unheard(), answered),
    )
    return short(statement, (Note.sent_at.desc(), Note.id.desc()), *_WITH_NOTES)


def running_calls(viewer: Viewer) -> Short[Call]:
    """Calls a worker has yet to finish, the one that was there first on top."""
    statement = _calls(viewer).where(Call.state.in_(RUNNING))
    return short(statement, (Call.created_at, Call.id), *_WITH_CALLS)


def failed_calls(viewer: Viewer) -> Short[Call]:
    """Calls that could not be processed, newest first."""
    statement = _calls(viewer).where(Call.state == CallState.FAILED)
    return short(statement, (Call.created_at.desc(), Call.id.desc()), *_WITH_CALLS)


def has_calls(viewer: Viewer) -> bool:
    """Whether there is any call in scope."""
    return bool(db.session.scalar(select(exists(_calls(viewer)))))


def latest_calls(viewer: Viewer) -> Short[Call]:
    """The newest calls, whatever their state."""
    newest = (Call.started_at.desc(), Call.id.desc())
    return short(_calls(viewer), newest, *_WITH_CALLS)


def _shown(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    """Calls in scope that were not put aside, as conditions on `Call`."""
    return calls.in_scope(viewer), Call.deleted_at.is_(None)


def _calls(viewer: Viewer) -> Select[Any]:
    return select(Call).where(*_shown(viewer))


def _notes(viewer: Viewer) -> Select[Any]:
    return (
        select(Note)
        .join(Note.call)
        .where(*_shown(viewer), readable(viewer), Note.deleted_at.is_(None))
    )


def _is_unheard() -> ColumnElement[bool]:
    """Who says that a note is understood need not hear it: its sound may have been deleted. Where
    agents only read, reading is all there is.
    """
    only_read = select(Campaign.id).where(Campaign.agent_audio != AgentAudio.YES)
    is_read = and_(Note.read_at.is_not(None), Call.campaign_id.in_(only_read))
    return and_(Note.heard_at.is_(None), Note.acknowledged_at.is_(None), ~is_read)


def _is_new_reply(viewer: Viewer) -> ColumnElement[bool]:
    return and_(
        NoteReply.seen_at.is_(None),
        or_(NoteReply.author_id != viewer.user_id, NoteReply.author_id.is_(None)),
    )


def short(
    statement: Select[Any], order: tuple[ColumnElement[Any] | Any, ...], *loading: ExecutableOption
) -> Short[Any]:
    """The first `LINES`; all are counted only when there are more."""
    lines = statement.order_by(*order).limit(LINES + 1).options(*loading)
    items = db.session.scalars(lines).unique().all()
    if len(items) <= LINES:
        return Short(items, len(items))
    every = statement.with_only_columns(literal(1), maintain_column_froms=True).subquery()
    total = db.session.scalar(select(func.count()).select_from(every)) or 0
    return Short(items[:LINES], total)
