"""Searching, always scoped by a `Viewer`: what somebody may not read is neither found nor counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.models import Call, Decision, TippingPoint, Turn, Verdict
from callcoach.calls.queries import CallFilters, call_ids, is_shown
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.search.access import can_search
from callcoach.search.engines import index_of
from callcoach.search.marking import spans, spoken_at_ms
from callcoach.search.models import EntryKind, SavedView, SearchEntry
from callcoach.search.syntax import Query

#: Hits on a page: each has its context, so these are two or three screens.
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Where to look; None or "" means anywhere.

    Args:
        calls: as in the list of calls; its ``text`` is not the query and stays empty.
        kind: speech or notes.
        speaker: ``agent`` or ``prospect``; only what was said.
        cause: of a moment that the viewer may see at that place, or of the note.
    """

    calls: CallFilters = field(default_factory=CallFilters)
    kind: EntryKind | None = None
    speaker: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that matches.

    Args:
        at_ms: when the first word looked for was said; for a note, the start of its moment.
        before, after: the turns around it; None at the ends of the call and for notes.
    """

    entry: SearchEntry
    call: Call
    at_ms: int
    before: SearchEntry | None = None
    after: SearchEntry | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of hits; `number` from 1."""

    items: list[Hit]
    total: int
    number: int
    per_page: int


def search(
    viewer: Viewer,
    query: Query,
    filters: SearchFilters | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> Hits:
    """Turns and notes that match, of the newest calls first; a page past the end is the last one.

    A query that asks for nothing finds nothing.
    """
    if not query or not can_search(viewer):
        return Hits([], 0, 1, per_page)
    # All numbers in one pass: counting and sorting apart would search twice
    found = db.session.scalars(_found(viewer, query, filters or SearchFilters())).all()
    number = min(max(1, page), max(1, -(-len(found) // per_page)))
    shown = found[(number - 1) * per_page : number * per_page]
    entries = db.session.scalars(
        select(SearchEntry)
        .join(SearchEntry.call)
        .where(SearchEntry.id.in_(shown))
        .options(
            contains_eager(SearchEntry.call).options(
                joinedload(Call.agent),
                joinedload(Call.recording),
                joinedload(Call.campaign).joinedload(Campaign.sponsor),
            ),
            joinedload(SearchEntry.author),
        )
    )
    by_number = {entry.id: entry for entry in entries}
    # A call may be indexed anew between two reads: what is gone is left out
    present = [by_number[entry_id] for entry_id in shown if entry_id in by_number]
    return Hits(_with_context(query, present), len(found), number, per_page)


#: Condition on `SearchEntry`: notes that name the viewer, or are the viewer's by name.
NamedNotes = Callable[[Viewer], ColumnElement[bool]]

_named_notes: list[NamedNotes] = []


def notes_for_named(source: NamedNotes) -> NamedNotes:
    """Register, as a decorator, which notes that are indexed as private are found by others than
    their author: the room that knows who is named in a note lies above this one.
    """
    if source not in _named_notes:
        _named_notes.append(source)
    return source


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """`access.can_find` as a condition on `SearchEntry`, beside the scope of calls."""
    if viewer.is_system:
        return true()
    if not can_search(viewer):
        return false()
    shared: ColumnElement[bool] = SearchEntry.is_private.is_(False)
    if viewer.role is Role.AGENT:
        shared = and_(shared, SearchEntry.agent_id == viewer.user_id)
    named = (source(viewer) for source in _named_notes)
    return or_(
        SearchEntry.kind == EntryKind.TURN,
        SearchEntry.author_id == viewer.user_id,
        shared,
        *(and_(SearchEntry.kind == EntryKind.NOTE, condition) for condition in named),
    )


def saved_views(viewer: Viewer) -> list[SavedView]:
    """The viewer's own, by name."""
    return list(
        db.session.scalars(
            select(SavedView)
            .where(SavedView.owner_id == viewer.user_id, SavedView.deleted_at.is_(None))
            .order_by(func.lower(SavedView.name), SavedView.id)
        )
    )


def is_empty() -> bool:
    """Whether nothing has been indexed at all."""
    return db.session.scalar(select(SearchEntry.id).limit(1)) is None


def _found(viewer: Viewer, query: Query, filters: SearchFilters) -> Select[int]:
    """Numbers of the entries that match, of the newest calls first."""
    statement = (
        select(SearchEntry.id)
        .join(SearchEntry.call)
        .where(
            index_of(db.engine.dialect.name).matches(query),
            readable(viewer),
            Call.id.in_(call_ids(viewer, filters.calls)),
        )
        .order_by(Call.started_at.desc(), Call.id.desc(), SearchEntry.start_ms, SearchEntry.id)
    )
    if filters.kind is not None:
        statement = statement.where(SearchEntry.kind == filters.kind)
    if filters.speaker:
        statement = statement.where(
            SearchEntry.kind == EntryKind.TURN, SearchEntry.speaker == filters.speaker
        )
    if filters.cause:
        statement = statement.where(_has_cause(viewer, filters.cause))
    return statement


def _has_cause(viewer: Viewer, cause: str) -> ColumnElement[bool]:
    """A note of this cause, or a turn at a moment of this cause that the viewer may see: a flag of
    the call's present analysis, or a confirmation whose flag is gone.
    """
    flag = exists().where(
        TippingPoint.analysis_id == Call.current_analysis_id,
        TippingPoint.cause == cause,
        TippingPoint.channel == SearchEntry.channel,
        TippingPoint.start_ms < SearchEntry.end_ms,
        TippingPoint.end_ms > SearchEntry.start_ms,
        is_shown(viewer),
    )
    confirmed = exists().where(
        Verdict.call_id == SearchEntry.call_id,
        Verdict.cause == cause,
        Verdict.decision == Decision.CONFIRMED,
        Verdict.withdrawn_at.is_(None),
        Verdict.channel == SearchEntry.channel,
        Verdict.start_ms < SearchEntry.end_ms,
        Verdict.end_ms > SearchEntry.start_ms,
    )
    note = and_(SearchEntry.kind == EntryKind.NOTE, SearchEntry.cause == cause)
    return or_(note, and_(SearchEntry.kind == EntryKind.TURN, or_(flag, confirmed)))


def _with_context(query: Query, entries: Sequence[SearchEntry]) -> list[Hit]:
    turns = _turns_by_call(entries)
    words = _words_of(entries)
    hits = []
    for entry in entries:
        if entry.kind != EntryKind.TURN:
            hits.append(Hit(entry, entry.call, entry.start_ms))
            continue
        around = turns[entry.call_id]
        place = around.index(entry) if entry in around else len(around)
        first = next(iter(spans(query, entry.text)), (0, 0))[0]
        hits.append(
            Hit(
                entry,
                entry.call,
                at_ms=spoken_at_ms(
                    first,
                    entry.text,
                    words.get((entry.call_id, entry.channel, entry.start_ms), []),
                    entry.start_ms,
                    entry.end_ms,
                ),
                before=around[place - 1] if 0 < place < len(around) else None,
                after=around[place + 1] if place + 1 < len(around) else None,
            )
        )
    return hits


def _turns_by_call(entries: Sequence[SearchEntry]) -> dict[int, list[SearchEntry]]:
    wanted = {entry.call_id for entry in entries if entry.kind == EntryKind.TURN}
    turns: dict[int, list[SearchEntry]] = {call_id: [] for call_id in wanted}
    rows = db.session.scalars(
        select(SearchEntry)
        .where(SearchEntry.call_id.in_(wanted), SearchEntry.kind == EntryKind.TURN)
        .order_by(SearchEntry.start_ms, SearchEntry.id)
    )
    for row in rows:
        turns[row.call_id].append(row)
    return turns


def _words_of(entries: Sequence[SearchEntry]) -> dict[tuple[int, int, int], list[list[object]]]:
    """Recognised words of the turns behind the entries, by call, channel and start."""
    wanted = [
        and_(
            Call.id == entry.call_id,
            Turn.channel == entry.channel,
            Turn.start_ms == entry.start_ms,
        )
        for entry in entries
        if entry.kind == EntryKind.TURN
    ]
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Call.id, Turn.channel, Turn.start_ms, Turn.words)
        .join(Turn, Turn.analysis_id == Call.current_analysis_id)
        .where(or_(*wanted))
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}
