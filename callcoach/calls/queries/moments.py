"""Moments of calls: flags with the verdicts on them, always scoped by a `Viewer`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Valence
from callcoach.calls.access import sees_unconfirmed_flags
from callcoach.calls.judging import Moment, moments
from callcoach.calls.models import Call, TippingPoint, Verdict
from callcoach.calls.queries.calls import get_call
from callcoach.calls.queries.flags import is_shown, is_visible
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.tuning.queries import holds_back, standings_of


def visible_moments(viewer: Viewer, call: Call, *, include_held_back: bool = False) -> list[Moment]:
    """The moments of the call this viewer may see, by start: flags of the current analysis with
    the verdicts on them, and confirmed moments that it does not flag (any more).

    Agents and sponsors see no negative one that nobody has confirmed.

    Args:
        include_held_back: also flags that are held back in the call's campaign, for whoever sees
            unconfirmed ones; their `Moment.is_held_back` is true.
    """
    if call.current_analysis_id is None:
        return []
    points = db.session.scalars(
        select(TippingPoint)
        .where(TippingPoint.analysis_id == call.current_analysis_id)
        .options(joinedload(TippingPoint.verdict).joinedload(Verdict.author))
    ).all()
    held = {point.verdict_id for point in points}
    verdicts = db.session.scalars(
        select(Verdict)
        .where(Verdict.call_id == call.id, Verdict.withdrawn_at.is_(None))
        .options(joinedload(Verdict.author))
    )
    standings = standings_of(call.campaign_id)
    sees_unconfirmed = sees_unconfirmed_flags(viewer)
    found = moments(
        points,
        [verdict for verdict in verdicts if verdict.id not in held],
        sees_unconfirmed=sees_unconfirmed,
        is_held_back=lambda point: holds_back(standings, point),
    )
    if include_held_back and sees_unconfirmed:
        return found
    return [moment for moment in found if not moment.is_held_back]


def get_point(viewer: Viewer, point_id: int) -> tuple[Call, TippingPoint]:
    """A flag, of any analysis version, and its call.

    Raises:
        NotFound: as `get_call`, or the viewer may not see this flag.
    """
    point = db.session.scalar(
        select(TippingPoint).where(TippingPoint.id == point_id, is_visible(viewer))
    )
    if point is None:
        raise NotFound("There is no such moment.")
    return get_call(viewer, point.analysis.call_id), point


def get_verdict(viewer: Viewer, verdict_id: int) -> tuple[Call, Verdict]:
    """A verdict and its call.

    Raises:
        NotFound: as `get_call`.
    """
    verdict = db.session.get(Verdict, verdict_id)
    if verdict is None:
        raise NotFound("There is no such verdict.")
    return get_call(viewer, verdict.call_id), verdict


def count_tipping_points(viewer: Viewer, calls: Iterable[Call]) -> Mapping[int, tuple[int, int]]:
    """Visible breaks and good moments in each call's current analysis, without rejected ones and
    those held back: id -> (negative, positive).

    Calls without an analysis are left out.
    """
    by_analysis = {call.current_analysis_id: call.id for call in calls if call.current_analysis_id}
    counts = {call_id: [0, 0] for call_id in by_analysis.values()}
    rows = db.session.execute(
        select(TippingPoint.analysis_id, TippingPoint.valence, func.count())
        .where(TippingPoint.analysis_id.in_(by_analysis), is_shown(viewer))
        .group_by(TippingPoint.analysis_id, TippingPoint.valence)
    )
    for analysis_id, valence, count in rows:
        counts[by_analysis[analysis_id]][valence == Valence.POSITIVE] = count
    return {call_id: (pair[0], pair[1]) for call_id, pair in counts.items()}
