"""Reads of before/after pairs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call, Excerpt
from callcoach.calls.presenters import heading, spoken_duration
from callcoach.calls.queries import find_excerpt, in_scope
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching.models import Note
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.progress.access import is_agent
from callcoach.progress.models import BeforeAfter, Recheck
from callcoach.progress.operations.pairs import bounds_of
from callcoach.progress.queries.rechecks import find_recheck

PARTS = ("before", "after")


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two moments.

    Args:
        state: of its sound: ``ready``, ``writing``, ``gone``, or ``silent`` where the campaign
            has calls read, not heard, on telephones.
    """

    part: str
    title: str
    quote: str
    language: str
    started_at: datetime
    state: str
    length: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair as pages show it, with what has been said of it."""

    pair_id: int
    about: str
    halves: tuple[Half, Half]
    confirmed_at: datetime | None
    is_kept: bool
    is_offered: bool


def pair_of(viewer: Viewer, recheck: Recheck) -> BeforeAfter | None:
    """The pair of a recheck that the viewer follows, where one was proposed and its calls are there
    and theirs to open.
    """
    found: BeforeAfter | None = db.session.scalar(
        select(BeforeAfter)
        .join(BeforeAfter.after_call)
        .where(BeforeAfter.recheck_id == recheck.id, Call.deleted_at.is_(None), in_scope(viewer))
        .limit(1)
    )
    return found


def get_pair(viewer: Viewer, pair_id: int) -> BeforeAfter:
    """A pair of a recheck that the viewer follows, of calls that they may open.

    Raises:
        NotFound: there is none.
    """
    pair = db.session.get(BeforeAfter, pair_id)
    if (
        pair is None
        or find_recheck(viewer, pair.recheck_id) is None
        or not can_read_call(viewer, pair.after_call)
    ):
        raise NotFound("There is no such pair.")
    return pair


def my_pairs(viewer: Viewer) -> list[BeforeAfter]:
    """The agent's own confirmed pairs, newest first."""
    if not is_agent(viewer):
        return []
    return [
        pair
        for pair in db.session.scalars(
            select(BeforeAfter)
            .join(BeforeAfter.recheck)
            .where(Recheck.agent_id == viewer.user_id, BeforeAfter.confirmed_at.is_not(None))
            .order_by(BeforeAfter.confirmed_at.desc(), BeforeAfter.id.desc())
        )
        if _is_whole(pair)
    ]


def get_my_pair(viewer: Viewer, pair_id: int) -> BeforeAfter:
    """One of them.

    Raises:
        NotFound: there is none.
    """
    pair = db.session.get(BeforeAfter, pair_id)
    is_mine = pair is not None and is_agent(viewer) and pair.recheck.agent_id == viewer.user_id
    if pair is None or not is_mine or pair.confirmed_at is None or not _is_whole(pair):
        raise NotFound("There is no such pair.")
    return pair


def find_sound(viewer: Viewer, pair_id: int, part: str) -> tuple[BeforeAfter, str, Excerpt | None]:
    """A half of a pair that the viewer may hear: the agent's own once it is confirmed, and for
    those who follow the note. With the state of its sound.

    Raises:
        NotFound: there is none.
    """
    if part not in PARTS:
        raise NotFound("There is no such pair.")
    pair = get_my_pair(viewer, pair_id) if is_agent(viewer) else get_pair(viewer, pair_id)
    call = call_of(pair, part)
    if not can_read_call(viewer, call) or call.deleted_at is not None:
        raise NotFound("There is no such pair.")
    return pair, *_sound(viewer, pair, part)


def call_of(pair: BeforeAfter, part: str) -> Call:
    """The call of a half."""
    return pair.recheck.note.call if part == "before" else pair.after_call


def shown(viewer: Viewer, pair: BeforeAfter) -> Pair:
    """A pair, ready to print."""
    note: Note = pair.recheck.note
    return Pair(
        pair_id=pair.id,
        about=note.instead or note.hears or note.quote,
        halves=(_half(viewer, pair, "before"), _half(viewer, pair, "after")),
        confirmed_at=pair.confirmed_at,
        is_kept=pair.kept_at is not None,
        is_offered=pair.offered_at is not None,
    )


def _half(viewer: Viewer, pair: BeforeAfter, part: str) -> Half:
    call = call_of(pair, part)
    start_ms, end_ms = bounds_of(pair, part)
    return Half(
        part=part,
        title=heading(call),
        quote=pair.recheck.note.quote if part == "before" else pair.after_quote,
        language=call.language,
        started_at=call.started_at,
        state=_sound(viewer, pair, part)[0],
        length=spoken_duration(min(end_ms, call.duration_ms) - start_ms),
    )


def _sound(viewer: Viewer, pair: BeforeAfter, part: str) -> tuple[str, Excerpt | None]:
    call = call_of(pair, part)
    if is_agent(viewer) and call.campaign.agent_audio != AgentAudio.YES:
        return "silent", None
    start_ms, end_ms = bounds_of(pair, part)
    end_ms = min(end_ms, call.duration_ms)
    if call.recording is None or call.recording.playback_id is None or start_ms >= end_ms:
        return "gone", None
    excerpt = find_excerpt(call, start_ms, end_ms)
    if excerpt is None or excerpt.file_id is None:
        return "writing", excerpt
    return "ready", excerpt


def _is_whole(pair: BeforeAfter) -> bool:
    note = pair.recheck.note
    return (
        note.deleted_at is None
        and note.call.deleted_at is None
        and pair.after_call.deleted_at is None
    )
