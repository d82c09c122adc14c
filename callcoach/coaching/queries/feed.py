"""What waits in the listening feed, for a viewer who judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.calls.models import Call, CallKind, CallState, Recording, TippingPoint, Verdict
from callcoach.calls.queries import in_scope, is_of_held_back_kind
from callcoach.coaching.access import judges
from callcoach.coaching.feed_order import IN_A_ROW, Waiting, in_order, shift_of
from callcoach.coaching.models import FeedClaim, FeedOutcome, ListeningRequest
from callcoach.errors import NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.learning.check_queries import in_blind_check

#: Moments of one run: what fits into ten minutes of listening.
FEED_RUN = 12
#: Only the strongest flags of a call enter: three say what to work on, more is the desk's work.
FEED_PER_CALL = 3
#: How far back the feed looks: a remark on a call of two weeks ago still finds an agent who
#: remembers it. When less than a run waits within, older moments fill it up to one: a supervisor
#: back from leave, or an archive just imported, finds something to listen to.
FEED_WINDOW = timedelta(days=14)
#: A request that a supervisor passed waits for their colleagues at once, and for them again after
#: this time: the next working day.
PASSED_REQUEST_RESTS = timedelta(hours=12)

#: How strong a flag is.
_WEIGHT = TippingPoint.severity * TippingPoint.confidence


@dataclass(frozen=True, slots=True)
class FeedFilters:
    """What to serve; None means any."""

    team_id: int | None = None
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """How much waits; `requests` are among `total`."""

    total: int
    requests: int


def waiting(
    viewer: Viewer, filters: FeedFilters | None = None, *, now: datetime | None = None
) -> list[Waiting]:
    """What waits for the viewer, in the order in which it is served.

    Args:
        now: the time; the present by default.

    Raises:
        NotAllowed: the viewer does not judge.
    """
    require_feed(viewer)
    filters, now = filters or FeedFilters(), now or utc_now()
    found = _requests(viewer, filters, now)
    points = _points(viewer, filters, now, since=now - FEED_WINDOW)
    missing = FEED_RUN - len(found) - len(points)
    if missing > 0:
        points += _points(viewer, filters, now, before=now - FEED_WINDOW, limit=missing)
    return in_order(found + points, _recent_calls(viewer, now))


def count_waiting(
    viewer: Viewer, filters: FeedFilters | None = None, *, now: datetime | None = None
) -> WaitingCount:
    """How much waits for the viewer; raises as `waiting`."""
    found = waiting(viewer, filters, now=now)
    return WaitingCount(len(found), sum(item.is_request for item in found))


def still_waits(viewer: Viewer, item: Waiting, *, now: datetime) -> bool:
    """Whether `item` is still to be had, as the database says in this transaction."""
    statement: Select[*tuple[Any, ...]]
    if item.is_request:
        statement = _request_statement(viewer, FeedFilters(), now)
        statement = statement.where(ListeningRequest.id == item.request_id)
    else:
        this_call = and_(
            _listenable(viewer, FeedFilters()),
            ~in_blind_check(viewer, now),
            Call.id == item.call_id,
        )
        statement = _point_statement(this_call, now).where(TippingPoint.id == item.point_id)
    return db.session.execute(statement.limit(1)).first() is not None


def get_claim(viewer: Viewer, claim_id: int) -> FeedClaim:
    """A claim that the viewer holds, done or not.

    Raises:
        NotFound: there is none, somebody else holds it, or its call is out of the viewer's scope.
    """
    claim = db.session.scalar(
        select(FeedClaim)
        .join(Call, Call.id == FeedClaim.call_id)
        .where(
            FeedClaim.id == claim_id,
            FeedClaim.holder_id == viewer.user_id,
            in_scope(viewer),
            Call.deleted_at.is_(None),
        )
    )
    if claim is None or not judges(viewer):
        raise NotFound("Somebody else has taken this moment in between.")
    return claim


def is_live(now: datetime) -> ColumnElement[bool]:
    """A claim that is held, as a condition on `FeedClaim`."""
    return and_(FeedClaim.done_at.is_(None), FeedClaim.lease_until > now)


def require_feed(viewer: Viewer) -> None:
    """Let pass who may use the feed.

    Raises:
        NotAllowed: the viewer does not judge.
    """
    if not judges(viewer):
        raise NotAllowed("Supervisors judge moments; ask yours.")


def _points(
    viewer: Viewer,
    filters: FeedFilters,
    now: datetime,
    *,
    since: datetime | None = None,
    before: datetime | None = None,
    limit: int | None = None,
) -> list[Waiting]:
    calls = [_listenable(viewer, filters), ~in_blind_check(viewer, now)]
    if since is not None:
        calls.append(Call.started_at >= since)
    if before is not None:
        calls.append(Call.started_at < before)
    strongest = (_WEIGHT.desc(), TippingPoint.start_ms, TippingPoint.id)
    statement = _point_statement(and_(*calls), now).order_by(Call.started_at.desc(), *strongest)
    return [
        Waiting(
            call_id=row.call_id,
            shift=shift_of(row.started_at, row.timezone),
            point_id=row.id,
            weight=row.weight,
            channel=row.channel,
            start_ms=row.start_ms,
            end_ms=row.end_ms,
            cause=row.cause,
        )
        for row in db.session.execute(statement.limit(limit))
    ]


def _point_statement(calls: ColumnElement[bool], now: datetime) -> Select[*tuple[Any, ...]]:
    """Flags that wait in `calls` (a condition on `Call`), with what `Waiting` needs.

    Flags of a kind that is held back in their campaign do not enter. Which flags of a call are its strongest does not depend on what was judged: else every
    judgement would let a weaker one in.
    """
    place = func.row_number().over(
        partition_by=TippingPoint.analysis_id,
        order_by=(_WEIGHT.desc(), TippingPoint.start_ms, TippingPoint.id),
    )
    ranked = (
        select(TippingPoint.id, Call.id.label("call_id"), place.label("place"))
        .join(Call, Call.current_analysis_id == TippingPoint.analysis_id)
        .where(
            calls,
            Call.state == CallState.READY,
            Call.kind == CallKind.TARGET,
            ~is_of_held_back_kind(),
        )
        .subquery()
    )
    in_force = aliased(Verdict)
    return (
        select(
            TippingPoint.id,
            TippingPoint.channel,
            TippingPoint.start_ms,
            TippingPoint.end_ms,
            TippingPoint.cause,
            _WEIGHT.label("weight"),
            Call.id.label("call_id"),
            Call.started_at,
            Team.timezone,
        )
        .join(ranked, ranked.c.id == TippingPoint.id)
        # By its number: found by its analysis, all calls would be read for each flag
        .join(Call, Call.id == ranked.c.call_id)
        .join(Team, Team.id == Call.team_id)
        .where(
            ranked.c.place <= FEED_PER_CALL,
            ~exists().where(
                in_force.id == TippingPoint.verdict_id, in_force.withdrawn_at.is_(None)
            ),
            ~_point_is_claimed(now),
        )
    )


def _point_is_claimed(now: datetime) -> ColumnElement[bool]:
    """Served already: the very flag, or, before a new analysis, one of the same cause at the same
    place. Cause and any overlap are enough: a flag's bounds move by words between analyses, and
    hearing a moment twice is worse than missing its neighbour.
    """
    same_moment = and_(
        FeedClaim.channel == TippingPoint.channel,
        FeedClaim.cause == TippingPoint.cause,
        FeedClaim.start_ms < TippingPoint.end_ms,
        FeedClaim.end_ms > TippingPoint.start_ms,
    )
    return exists().where(
        FeedClaim.call_id == Call.id,
        FeedClaim.request_id.is_(None),
        or_(FeedClaim.point_id == TippingPoint.id, same_moment),
        or_(FeedClaim.done_at.is_not(None), is_live(now)),
    )


def _requests(viewer: Viewer, filters: FeedFilters, now: datetime) -> list[Waiting]:
    rows = db.session.execute(_request_statement(viewer, filters, now))
    return [
        Waiting(
            call_id=call.id,
            shift=shift_of(call.started_at, timezone),
            request_id=request.id,
            channel=request.channel,
            start_ms=request.start_ms,
            end_ms=request.end_ms,
        )
        for request, call, timezone in rows
    ]


def _request_statement(
    viewer: Viewer, filters: FeedFilters, now: datetime
) -> Select[ListeningRequest, Call, str]:
    """Open requests, however old: somebody waits for an answer."""
    blocked = exists().where(
        FeedClaim.request_id == ListeningRequest.id,
        or_(
            is_live(now),
            and_(
                FeedClaim.outcome == FeedOutcome.PASSED,
                FeedClaim.holder_id == viewer.user_id,
                FeedClaim.done_at > now - PASSED_REQUEST_RESTS,
            ),
        ),
    )
    return (
        select(ListeningRequest, Call, Team.timezone)
        .join(Call, Call.id == ListeningRequest.call_id)
        .join(Team, Team.id == Call.team_id)
        .where(
            _listenable(viewer, filters),
            ListeningRequest.answered_at.is_(None),
            ListeningRequest.withdrawn_at.is_(None),
            ~blocked,
        )
    )


def _listenable(viewer: Viewer, filters: FeedFilters) -> ColumnElement[bool]:
    """Calls in scope that can be played, as a condition on `Call`."""
    conditions = [
        in_scope(viewer),
        Call.deleted_at.is_(None),
        exists().where(Recording.call_id == Call.id, Recording.playback_id.is_not(None)),
    ]
    if filters.team_id is not None:
        conditions.append(Call.team_id == filters.team_id)
    if filters.campaign_id is not None:
        conditions.append(Call.campaign_id == filters.campaign_id)
    return and_(*conditions)


def _recent_calls(viewer: Viewer, now: datetime) -> list[int]:
    """The calls of what the viewer was served last, oldest first."""
    found = db.session.scalars(
        select(FeedClaim.call_id)
        .where(FeedClaim.holder_id == viewer.user_id, FeedClaim.claimed_at <= now)
        .order_by(FeedClaim.claimed_at.desc(), FeedClaim.id.desc())
        .limit(IN_A_ROW)
    ).all()
    return list(reversed(found))
