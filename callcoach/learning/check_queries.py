"""The daily check: what could be drawn for a supervisor, what waits today, and one's own checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, union
from sqlalchemy.orm import aliased, joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role
from callcoach.calls.heard_presenters import stretch_of
from callcoach.calls.models import (
    MISSED,
    AnalysisRun,
    Call,
    CallKind,
    CallState,
    Recording,
    TippingPoint,
    Verdict,
)
from callcoach.calls.queries import has_verdict, in_scope, is_held_back, is_of_held_back_kind
from callcoach.errors import NotAllowed, NotFound
from callcoach.extensions import db
from callcoach.learning import drawing
from callcoach.learning.models import Check, CheckKind

#: An open check is its holder's for so long; then the call or flag is free for a colleague, and
#: the holder, who has been away or let it lie, is not asked any more.
KEPT = timedelta(days=7)
#: Looked through for what to draw, the newest first: some weeks of a busy team. Older calls were
#: drawn when they were new, or say less of how the engine does now.
_NEWEST = 2000
#: Listening that lies ready for one person, milliseconds. Calls for three days: what is drawn early
#: is kept out of their feed, and so is not known before it is marked.
STOCK_MS = {
    CheckKind.BLIND: 3 * drawing.DAY_MS,
    CheckKind.SECOND: drawing.DAY_MS,
    CheckKind.EXPLORE: drawing.DAY_MS,
}
#: Over which each kind is given the same time.
_SHARED_OVER = timedelta(days=30)
#: Lines of the access log after which somebody knows a call, or a part of it.
_KNOWING = ("call.read", "call.heard", "moment.served")
#: In the order in which they come where each was heard for as long.
KINDS = tuple(kind.value for kind in STOCK_MS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that is drawn for the viewer; fields as of `Check`."""

    kind: CheckKind
    call_id: int
    length_ms: int
    probability: float
    point_id: int | None = None
    verdict_id: int | None = None
    channel: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    detector: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Today:
    """What is left of a day's check, in the order in which it is heard.

    Args:
        done: how many were answered or passed over today.
        postponed: what waits for another day.
    """

    due: Sequence[Check]
    done: int
    postponed: Sequence[Check]

    @property
    def minutes(self) -> int:
        """Of listening, rounded up; 0 without any."""
        return -(-sum(check.length_ms for check in self.due) // 60_000)

    def after(self, check: Check) -> Check | None:
        """What comes next, `check` left out; None when nothing does."""
        return next((each for each in self.due if each.id != check.id), None)


def is_checker(viewer: Viewer) -> bool:
    """Whether somebody has a daily check: supervisors, whose judgement is what is measured."""
    return viewer.role is Role.SUPERVISOR


def require_checker(viewer: Viewer) -> None:
    """Let pass who has a daily check.

    Raises:
        NotAllowed: the viewer has none.
    """
    if not is_checker(viewer):
        raise NotAllowed("The daily check is for supervisors, on calls of their own teams.")


def today(viewer: Viewer, *, now: datetime, day: datetime) -> Today:
    """What is left of the viewer's day; five minutes in all, with what was done.

    Args:
        day: when the viewer's day began.

    Raises:
        NotAllowed: as `require_checker`.
    """
    require_checker(viewer)
    waiting = db.session.scalars(
        select(Check)
        .join(Call, Call.id == Check.call_id)
        .where(_is_open(viewer, now), _can_be_done(viewer))
        .options(joinedload(Check.call))
        .order_by(Check.id)
    ).all()
    postponed = [check for check in waiting if check.not_before and check.not_before > now]
    is_today = case((Check.done_at >= day, 1), else_=0)
    heard_ms: dict[str, int] = {}
    done, done_ms = 0, 0
    for row in db.session.execute(
        select(
            Check.kind,
            func.sum(Check.length_ms).label("length_ms"),
            func.sum(is_today).label("today"),
            func.sum(is_today * Check.length_ms).label("today_ms"),
        )
        .where(Check.holder_id == viewer.user_id, Check.done_at >= now - _SHARED_OVER)
        .group_by(Check.kind)
    ):
        heard_ms[str(row.kind)] = int(row.length_ms)
        done, done_ms = done + int(row.today), done_ms + int(row.today_ms)
    left_ms = drawing.DAY_MS - done_ms - sum(check.length_ms for check in postponed)
    ready = [check for check in waiting if check not in postponed]
    return Today(drawing.plan(ready, KINDS, heard_ms, left_ms), done, postponed)


def get_check(viewer: Viewer, check_id: int) -> Check:
    """A check of the viewer's own, done or not.

    Raises:
        NotFound: there is none, it is somebody else's, its call is out of scope or put aside, or
            it is open and cannot be done any more: its sound is gone, or a colleague was quicker.
    """
    check = db.session.scalar(
        select(Check)
        .join(Call, Call.id == Check.call_id)
        .where(
            Check.id == check_id,
            Check.holder_id == viewer.user_id,
            in_scope(viewer),
            Call.deleted_at.is_(None),
            or_(Check.done_at.is_not(None), _can_be_done(viewer)),
        )
    )
    if check is None or not is_checker(viewer):
        raise NotFound("This check is not there any more.")
    return check


def open_blind_check(viewer: Viewer, call: Call, *, now: datetime) -> Check | None:
    """The viewer's check in which the call is still to be marked blind; None without one."""
    if not is_checker(viewer):
        return None
    found: Check | None = db.session.scalar(
        select(Check)
        .join(Call, Call.id == Check.call_id)
        .where(
            Check.call_id == call.id,
            Check.kind == CheckKind.BLIND,
            _is_open(viewer, now),
            _can_be_done(viewer),
        )
    )
    return found


def in_blind_check(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """Calls that the viewer is still to mark blind, as a condition on `Call`: nothing of them is
    put before this person.
    """
    return (
        exists()
        .where(Check.call_id == Call.id, Check.kind == CheckKind.BLIND.value, _is_open(viewer, now))
        .correlate(Call)
    )


def candidates(viewer: Viewer, *, now: datetime) -> list[Candidate]:
    """What is drawn for the viewer and not in a check yet, as far as their stock has room; the
    newest calls first.
    """
    lying = (
        select(Check.kind, func.sum(Check.length_ms))
        .where(_is_open(viewer, now))
        .group_by(Check.kind)
    )
    stock = {str(kind): int(length_ms) for kind, length_ms in db.session.execute(lying)}
    finders: dict[CheckKind, Callable[[Viewer, datetime], Iterable[Candidate]]] = {
        CheckKind.BLIND: _blind,
        CheckKind.SECOND: _second,
        CheckKind.EXPLORE: _explore,
    }
    found = []
    for kind, find in finders.items():
        room_ms = STOCK_MS[kind] - stock.get(kind, 0)
        if room_ms <= 0:
            continue
        for candidate in find(viewer, now):
            if candidate.length_ms > room_ms:
                break
            room_ms -= candidate.length_ms
            found.append(candidate)
    return found


def _blind(viewer: Viewer, now: datetime) -> Iterable[Candidate]:
    rows = db.session.execute(
        select(Call.id, Call.campaign_id, Call.duration_ms)
        .where(_is_heard(viewer))
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(_NEWEST)
    ).all()
    drawn = {row.id: drawing.blind_holders(row.campaign_id, row.id) for row in rows}
    drawn = {call_id: wanted for call_id, wanted in drawn.items() if wanted}
    known = _known(viewer, drawn)
    held = (
        select(Check.call_id, func.count())
        .where(Check.kind == CheckKind.BLIND, Check.call_id.in_(drawn), _holds(now))
        .group_by(Check.call_id)
    )
    holders = {call_id: int(count) for call_id, count in db.session.execute(held)}
    for row in rows:
        if row.id in drawn and row.id not in known and holders.get(row.id, 0) < drawn[row.id]:
            yield Candidate(
                CheckKind.BLIND,
                row.id,
                length_ms=min(row.duration_ms, drawing.BLIND_MS),
                probability=drawing.BLIND_SHARE,
            )


def _known(viewer: Viewer, call_ids: Iterable[int]) -> set[int]:
    """Those of the calls that the viewer has opened, heard a part of, judged, or had in a check."""
    ids = list(call_ids)
    heard = select(AccessEvent.subject_id.label("call_id")).where(
        AccessEvent.actor_id == viewer.user_id,
        AccessEvent.subject_kind == "call",
        AccessEvent.action.in_(_KNOWING),
        AccessEvent.subject_id.in_(ids),
    )
    judged = select(Verdict.call_id).where(
        Verdict.author_id == viewer.user_id, Verdict.call_id.in_(ids)
    )
    checked = select(Check.call_id).where(Check.holder_id == viewer.user_id, Check.call_id.in_(ids))
    found = union(heard, judged, checked).subquery()
    return set(db.session.scalars(select(found.c.call_id)))


def _explore(viewer: Viewer, now: datetime) -> Iterable[Candidate]:
    same_moment = and_(
        Check.call_id == Call.id,
        Check.kind == CheckKind.EXPLORE.value,
        Check.cause == TippingPoint.cause,
        Check.channel == TippingPoint.channel,
        Check.start_ms < TippingPoint.end_ms,
        Check.end_ms > TippingPoint.start_ms,
    )
    rows = db.session.execute(
        select(TippingPoint, Call, is_held_back().label("is_held_back"))
        .join(Call, Call.current_analysis_id == TippingPoint.analysis_id)
        .where(
            _is_heard(viewer),
            ~in_blind_check(viewer, now),
            ~has_verdict(),
            ~exists().where(same_moment, or_(_holds(now), Check.holder_id == viewer.user_id)),
        )
        .order_by(Call.started_at.desc(), Call.id.desc(), TippingPoint.start_ms, TippingPoint.id)
        .limit(_NEWEST)
    )
    for point, call, is_back in rows:
        if drawing.explores(call.campaign_id, call.id, point.cause, point.start_ms):
            yield Candidate(
                CheckKind.EXPLORE,
                call.id,
                length_ms=_length_ms(point.start_ms, call),
                # One that is not held back is shown anyway: its verdict stands for itself alone
                probability=drawing.EXPLORE_SHARE if is_back else 1.0,
                point_id=point.id,
                channel=point.channel,
                start_ms=point.start_ms,
                end_ms=point.end_ms,
                detector=point.detector,
                cause=point.cause,
            )


def _second(viewer: Viewer, now: datetime) -> Iterable[Candidate]:
    own, seen = aliased(Verdict), aliased(AccessEvent)
    # Whoever opened the call since has read what the colleague said
    opened = exists().where(
        seen.subject_kind == "call",
        seen.subject_id == Call.id,
        seen.actor_id == viewer.user_id,
        seen.action == "call.read",
        seen.at >= Verdict.created_at,
    )
    judged = exists().where(
        own.call_id == Call.id,
        own.author_id == viewer.user_id,
        own.channel == Verdict.channel,
        own.start_ms < Verdict.end_ms,
        own.end_ms > Verdict.start_ms,
    )
    drawn = exists().where(
        Check.verdict_id == Verdict.id,
        Check.kind == CheckKind.SECOND.value,
        or_(_holds(now), Check.holder_id == viewer.user_id),
    )
    rows = db.session.execute(
        select(Verdict, Call, TippingPoint.id)
        .join(Call, Call.id == Verdict.call_id)
        .outerjoin(
            TippingPoint,
            and_(
                TippingPoint.verdict_id == Verdict.id,
                TippingPoint.analysis_id == Call.current_analysis_id,
            ),
        )
        .where(
            _is_heard(viewer),
            Verdict.withdrawn_at.is_(None),
            Verdict.detector != MISSED,
            Verdict.author_id.is_not(None),
            Verdict.author_id != viewer.user_id,
            ~in_blind_check(viewer, now),
            ~opened,
            ~judged,
            ~drawn,
        )
        .order_by(Verdict.id.desc())
        .limit(_NEWEST)
    )
    for verdict, call, point_id in rows:
        if drawing.seconds(call.campaign_id, verdict.id):
            yield Candidate(
                CheckKind.SECOND,
                call.id,
                length_ms=_length_ms(verdict.start_ms, call),
                probability=drawing.SECOND_SHARE,
                point_id=point_id,
                verdict_id=verdict.id,
                channel=verdict.channel,
                start_ms=verdict.start_ms,
                end_ms=verdict.end_ms,
                detector=verdict.detector,
                cause=verdict.cause,
            )


def _length_ms(start_ms: int, call: Call) -> int:
    from_ms, to_ms = stretch_of(start_ms, 0, call.duration_ms)
    return to_ms - from_ms


def _is_open(viewer: Viewer, now: datetime) -> ColumnElement[bool]:
    """Checks of the viewer that are neither done nor too old, as a condition on `Check`."""
    return and_(
        Check.holder_id == viewer.user_id, Check.done_at.is_(None), Check.drawn_at > now - KEPT
    )


def _holds(now: datetime) -> ColumnElement[bool]:
    """Checks for which nobody else is asked: answered, or open and not too old."""
    answered = or_(Check.decision.is_not(None), Check.analysis_id.is_not(None))
    return or_(answered, and_(Check.done_at.is_(None), Check.drawn_at > now - KEPT))


def _is_heard(viewer: Viewer) -> ColumnElement[bool]:
    """Conversations in scope that can be played, as a condition on `Call`."""
    return and_(
        in_scope(viewer),
        Call.deleted_at.is_(None),
        Call.state == CallState.READY,
        Call.kind == CallKind.TARGET,
        Call.current_analysis_id.is_not(None),
        Call.duration_ms > 0,
        exists().where(Recording.call_id == Call.id, Recording.playback_id.is_not(None)),
    )


def _can_be_done(viewer: Viewer) -> ColumnElement[bool]:
    """Whether an open check still makes sense, as a condition on `Check` joined with `Call`."""
    judged = exists().where(
        Verdict.call_id == Check.call_id,
        Verdict.withdrawn_at.is_(None),
        Verdict.cause == Check.cause,
        Verdict.channel == Check.channel,
        Verdict.start_ms < Check.end_ms,
        Verdict.end_ms > Check.start_ms,
    )
    in_force = exists().where(Verdict.id == Check.verdict_id, Verdict.withdrawn_at.is_(None))
    return and_(
        _is_heard(viewer),
        or_(
            Check.kind == CheckKind.BLIND,
            and_(Check.kind == CheckKind.EXPLORE, Check.point_id.is_not(None), ~judged),
            and_(Check.kind == CheckKind.SECOND, in_force),
        ),
    )


def points_of(run: AnalysisRun | None) -> Sequence[TippingPoint]:
    """What an analysis flags of a call and puts before people by itself, by start. A flag of a kind
    that is held back is none of them, judged or not: who keeps a blind mark confirms the flag
    under it, and that must not turn what was missed into what was found.
    """
    if run is None:
        return ()
    return db.session.scalars(
        select(TippingPoint)
        .where(TippingPoint.analysis_id == run.id, ~is_of_held_back_kind())
        .options(joinedload(TippingPoint.verdict))
        .order_by(TippingPoint.start_ms, TippingPoint.id)
    ).all()
