"""What agents see otherwise: theirs for themselves, what waits for those who judge. Nothing here
counts anything per agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select, true
from sqlalchemy.orm import contains_eager, joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls import queries as calls
from callcoach.calls.models import Call, Verdict
from callcoach.calls.operations.excerpts import MAX_EXCERPT_MS
from callcoach.calls.sound import hears_calls
from callcoach.campaigns.models import Campaign
from callcoach.coaching.access import judges
from callcoach.coaching.models import Dispute, DisputeState, Note
from callcoach.coaching.moment_keys import place_key
from callcoach.coaching.operations.disputes import LEAD_IN_MS, LEAD_OUT_MS, is_negative
from callcoach.coaching.operations.notes import excerpt_bounds
from callcoach.coaching.queries.home import Short, short
from callcoach.coaching.queries.inbox import ExcerptState, state_of
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.web.paging import Page, paginate

#: Disputes on a page of an agent's own.
PER_PAGE = 20
#: Calls to take a counter-moment from: the latest ones, as somebody still remembers them.
CALLS_TO_CHOOSE = 15
#: How far back a supervisor's own answers are looked at.
LOOKS_BACK = timedelta(weeks=4)
#: What can be played of a dispute: what it is about, and what the agent put beside it.
PARTS = ("moment", "counter")


@dataclass(frozen=True, slots=True)
class InTime:
    """How many of a supervisor's own answers of the last weeks were given in time."""

    in_time: int
    total: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a dispute as sound: whose call, from where to where (milliseconds, half-open)."""

    call: Call
    start_ms: int
    end_ms: int


def get_dispute(viewer: Viewer, dispute_id: int) -> Dispute:
    """One that the viewer may read: their own, or of a call that is theirs to judge.

    Raises:
        NotFound: there is none for them.
    """
    found: Dispute | None = db.session.scalars(
        _readable(viewer).where(Dispute.id == dispute_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such answer.")
    return found


def disputes_on(viewer: Viewer, call: Call) -> list[Dispute]:
    """Those on a call that were not taken back, oldest first."""
    return list(
        db.session.scalars(
            _readable(viewer)
            .where(Dispute.call_id == call.id, Dispute.state != DisputeState.WITHDRAWN)
            .order_by(Dispute.id)
        )
    )


def disputes_of_notes(viewer: Viewer, notes: Iterable[Note]) -> Mapping[int, Dispute]:
    """The viewer's last one on each of these notes, by the note's number; none taken back."""
    found = db.session.scalars(
        _readable(viewer)
        .where(
            Dispute.note_id.in_([note.id for note in notes]),
            Dispute.agent_id == viewer.user_id,
            Dispute.state != DisputeState.WITHDRAWN,
        )
        .order_by(Dispute.id)
    )
    return {each.note_id: each for each in found if each.note_id is not None}


def open_disputes(viewer: Viewer) -> Short[Dispute]:
    """The first ones that wait for those who judge, what is due first on top."""
    return short(_readable(viewer).where(_waits(viewer)), (Dispute.due_at, Dispute.id))


def list_open_disputes(viewer: Viewer, number: int | None = None) -> Page[Dispute]:
    """All of them, in the same order."""
    return paginate(db.session(), _waiting(viewer), number, PER_PAGE)


def next_open(viewer: Viewer, after: Dispute) -> int | None:
    """The number of the one to answer next; None when none is left."""
    found: int | None = db.session.scalar(
        select(Dispute.id)
        .join(Dispute.call)
        .where(_is_readable(viewer), _waits(viewer), Dispute.id != after.id)
        .order_by(Dispute.due_at, Dispute.id)
        .limit(1)
    )
    return found


def list_my_disputes(viewer: Viewer, number: int | None = None) -> Page[Dispute]:
    """The viewer's own: answers not read yet first, then the newest. Empty for all but agents."""
    unread = Dispute.answered_at.is_not(None) & Dispute.seen_at.is_(None)
    statement = (
        _readable(viewer)
        .where(_is_own(viewer), Dispute.state != DisputeState.WITHDRAWN)
        .order_by(unread.desc(), Dispute.created_at.desc(), Dispute.id.desc())
    )
    return paginate(db.session(), statement, number, PER_PAGE)


def count_new_dispute_answers(viewer: Viewer) -> int:
    """Answers that the viewer has not read. One that is a new text is counted as that note."""
    is_new_note = and_(Dispute.state == DisputeState.REWRITTEN, Dispute.note_id.is_not(None))
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Dispute)
            .join(Dispute.call)
            .where(
                _is_readable(viewer),
                _is_own(viewer),
                Dispute.answered_at.is_not(None),
                Dispute.seen_at.is_(None),
                ~is_new_note,
            )
        )
        or 0
    )


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What the viewer sees otherwise: whether there is any, and how many new answers."""

    is_any: bool
    new: int


def my_otherwise(viewer: Viewer) -> Otherwise:
    """For the tab of an agent's pages; nothing for everybody else."""
    if viewer.role is not Role.AGENT:
        return Otherwise(is_any=False, new=0)
    standing = select(Dispute.id).join(Dispute.call)
    standing = standing.where(
        _is_readable(viewer), _is_own(viewer), Dispute.state != DisputeState.WITHDRAWN
    )
    is_any = db.session.scalar(standing.limit(1)) is not None
    return Otherwise(is_any, count_new_dispute_answers(viewer) if is_any else 0)


def answered_in_time(viewer: Viewer) -> InTime:
    """Of the viewer's own answers; nobody is told another's."""
    rows = db.session.execute(
        select(Dispute.due_at, Dispute.answered_at).where(
            Dispute.answered_by_id == viewer.user_id,
            Dispute.answered_at >= utc_now() - LOOKS_BACK,
        )
    ).all()
    return InTime(sum(row.answered_at <= row.due_at for row in rows), len(rows))


def find_flag(viewer: Viewer, call: Call, key: str) -> Verdict:
    """The confirmation behind a moment that the viewer sees on the call, by its name there.

    Raises:
        NotFound: they see no such moment, or it is none that was confirmed as something to change:
            the two are never told apart.
    """
    for moment in calls.visible_moments(viewer, call):
        if moment.verdict is not None and is_negative(moment.verdict) and place_key(moment) == key:
            return moment.verdict
    raise NotFound("There is no such moment.")


def calls_to_choose(viewer: Viewer, call: Call) -> list[Call]:
    """Calls to take a counter-moment from: this one, then the viewer's latest."""
    latest = db.session.scalars(
        select(Call)
        .where(
            calls.in_scope(viewer),
            Call.deleted_at.is_(None),
            Call.id != call.id,
            Call.duration_ms > 0,
            Call.current_analysis_id.is_not(None),
        )
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(CALLS_TO_CHOOSE)
    )
    return [call, *latest]


def stretch_of(viewer: Viewer, dispute: Dispute, part: str) -> Stretch | None:
    """What is played of it; None when there is none, its call was put aside, or the agent has
    changed teams and it is not the viewer's to hear any more.
    """
    if part == "counter":
        call = dispute.counter_call
        if call is not None and not calls.calls_by_id(viewer, [call.id]):
            return None
        start_ms, end_ms = dispute.counter_start_ms, dispute.counter_end_ms
        if call is None or start_ms is None or end_ms is None:
            return None
        return _around(call, start_ms, end_ms)
    if dispute.note is not None and not dispute.note.is_moment:
        return None
    if dispute.note is not None:
        start_ms, end_ms = excerpt_bounds(dispute.note)
        return _cut(dispute.call, start_ms, end_ms)
    if dispute.verdict is not None:
        return _around(dispute.call, dispute.verdict.start_ms, dispute.verdict.end_ms)
    return None


def sound_state(viewer: Viewer, dispute: Dispute, part: str) -> ExcerptState:
    """What can be played of a part, without asking for it."""
    stretch = stretch_of(viewer, dispute, part)
    if part == "moment" and dispute.note is not None and not dispute.note.is_moment:
        return ExcerptState("whole")
    if stretch is None:
        return ExcerptState("gone")
    if not hears_calls(viewer, stretch.call.campaign):
        return ExcerptState("silent")
    return state_of(viewer, stretch.call, stretch.start_ms, stretch.end_ms)


def _around(call: Call, start_ms: int, end_ms: int) -> Stretch:
    return _cut(call, max(0, start_ms - LEAD_IN_MS), end_ms + LEAD_OUT_MS)


def _cut(call: Call, start_ms: int, end_ms: int) -> Stretch:
    return Stretch(call, start_ms, min(end_ms, call.duration_ms, start_ms + MAX_EXCERPT_MS))


def _readable(viewer: Viewer) -> Select[Any]:
    return (
        select(Dispute)
        .join(Dispute.call)
        .where(_is_readable(viewer))
        .options(
            contains_eager(Dispute.call).options(
                joinedload(Call.agent),
                joinedload(Call.recording),
                joinedload(Call.campaign).joinedload(Campaign.sponsor),
            ),
            joinedload(Dispute.agent),
            joinedload(Dispute.note).joinedload(Note.author),
            joinedload(Dispute.verdict).joinedload(Verdict.author),
            joinedload(Dispute.counter_call),
            joinedload(Dispute.answered_by),
        )
    )


def _waiting(viewer: Viewer) -> Select[Any]:
    return _readable(viewer).where(_waits(viewer)).order_by(Dispute.due_at, Dispute.id)


def _is_readable(viewer: Viewer) -> ColumnElement[bool]:
    """`dispute_access.can_read_dispute` as a condition on `Dispute` joined to its call."""
    if viewer.is_system or judges(viewer):
        mine: ColumnElement[bool] = true()
    elif viewer.role is Role.AGENT:
        mine = Dispute.agent_id == viewer.user_id
    else:
        mine = false()
    return and_(calls.in_scope(viewer), Call.deleted_at.is_(None), mine)


def _is_own(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.role is not Role.AGENT:
        return false()
    return Dispute.agent_id == viewer.user_id


def _waits(viewer: Viewer) -> ColumnElement[bool]:
    return Dispute.state == DisputeState.OPEN if judges(viewer) else false()
