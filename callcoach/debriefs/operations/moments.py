"""The moment of an item: its bounds, its words, its sound. Used by `agenda`, which holds the item."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.calls.events import on_details_changed, on_words_changed
from callcoach.calls.models import Call
from callcoach.calls.operations import ensure_excerpt
from callcoach.calls.operations.excerpts import MAX_EXCERPT_MS
from callcoach.coaching.note_moments import channel_between
from callcoach.debriefs.models import AgendaItem
from callcoach.debriefs.operations.screens import follow
from callcoach.debriefs.said import said_in
from callcoach.errors import InvalidInput
from callcoach.extensions import db

#: Shortest moment, and shortest part before or after the place where one stops and asks,
#: milliseconds: a syllable.
MIN_PART_MS = 200

#: Parts of a moment's sound: up to the question, after it, and all of it.
PARTS = ("ask", "rest", "whole")


def place(item: AgendaItem, call: Call, start_ms: int, end_ms: int, ask_ms: int | None) -> None:
    """Set the bounds of a moment exactly, and read its words there. Where the transcript has gone,
    the words are those that were read last.

    Raises:
        InvalidInput: the stretch is empty, too long or outside the call, or the question lies at its
            edge or outside.
    """
    if not 0 <= start_ms < end_ms <= call.duration_ms:
        raise InvalidInput("The moment lies outside the call.", field="start_ms")
    if not MIN_PART_MS <= end_ms - start_ms <= MAX_EXCERPT_MS:
        raise InvalidInput("Choose a moment of at most two minutes.", field="end_ms")
    if ask_ms is not None and not start_ms + MIN_PART_MS <= ask_ms <= end_ms - MIN_PART_MS:
        raise InvalidInput("Stop and ask within the moment, not at its edge.", field="ask_ms")
    item.start_ms, item.end_ms, item.ask_ms = start_ms, end_ms, ask_ms
    item.channel = channel_between(calls.turns_of(call), start_ms, end_ms)
    read_words(item, call)


def read_words(item: AgendaItem, call: Call) -> None:
    """Read the words of a moment anew, as they stand now, corrections included; kept as they are
    where there is no transcript, or the call was put aside.
    """
    if call.deleted_at is not None or item.start_ms is None or item.end_ms is None:
        return
    cuts = [item.ask_ms] if item.ask_ms is not None else []
    said = said_in(call, item.start_ms, item.end_ms, cuts)
    if said is not None and said != item.said:
        item.said = said


def stretch_of(item: AgendaItem, part: str) -> tuple[int, int] | None:
    """Bounds of a part of a moment's sound, milliseconds; None where it has no such part."""
    if item.start_ms is None or item.end_ms is None:
        return None
    if part == "whole" or (part == "ask" and item.ask_ms is None):
        return item.start_ms, item.end_ms
    if item.ask_ms is None:
        return None
    return (item.start_ms, item.ask_ms) if part == "ask" else (item.ask_ms, item.end_ms)


def ask_for_sound(viewer: Viewer, item: AgendaItem) -> None:
    """See that a worker writes the parts of a moment's sound, where there is any."""
    call = item.call
    if call is None or call.deleted_at is not None:
        return
    for part in PARTS:
        stretch = stretch_of(item, part)
        if stretch is not None and stretch[0] < call.duration_ms:
            ensure_excerpt(viewer, call, *stretch)


@on_words_changed
def read_words_anew(call: Call) -> None:
    """Words were corrected, or recognised anew: items that are still to come follow."""
    for item in _to_come(call):
        read_words(item, call)
        if item.debrief_id is not None:
            follow(item.debrief_id)


@on_details_changed
def follow_details(call: Call) -> None:
    """Whose call it is, or a name in it, was changed."""
    for item in _to_come(call):
        item.agent_id = call.agent_id
        read_words(item, call)


def _to_come(call: Call) -> list[AgendaItem]:
    return list(
        db.session.scalars(
            select(AgendaItem).where(
                AgendaItem.call_id == call.id,
                AgendaItem.kind == "moment",
                AgendaItem.closed_at.is_(None),
            )
        )
    )
