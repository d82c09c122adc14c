"""What a floor is learnt from: verdicts on one kind of flag with what was known of the flag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any

from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.calls.models import Call, Decision, Turn, Verdict
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.learning import precision
from callcoach.learning.floors import Example
from callcoach.learning.precision import LEAST_PROBABILITY, SET_ASIDE

#: Newest verdicts on a kind that are learnt from, over all campaigns: older ones have faded
#: (`precision.HALF_LIFE_LABELS`), and the words of so many calls are still read at once.
MOST_EXAMPLES = 600


def examples_of(detector: str, cause: str) -> list[Example]:
    """The newest verdicts in force on a kind of flag that count, of all campaigns."""
    rows = db.session.execute(
        select(Verdict, Call, Campaign.market, User.native_market)
        .join(Call, Call.id == Verdict.call_id)
        .join(Campaign, Campaign.id == Call.campaign_id)
        .outerjoin(User, User.id == Verdict.author_id)
        .where(
            Verdict.detector == detector,
            Verdict.cause == cause,
            Verdict.withdrawn_at.is_(None),
            Call.deleted_at.is_(None),
        )
        .order_by(Verdict.created_at.desc(), Verdict.id.desc())
        .limit(MOST_EXAMPLES)
    ).all()
    counted = [
        (verdict, call)
        for verdict, call, market, native in rows
        if precision.teaches(cause, native, market)
        and (verdict.decision == Decision.CONFIRMED or verdict.reason not in SET_ASIDE)
    ]
    turns = _turns({call.current_analysis_id for _, call in counted})
    return [
        Example(
            is_confirmed=verdict.decision == Decision.CONFIRMED,
            confidence=verdict.confidence,
            margin=margin_of(verdict.evidence),
            phase=min(1.0, verdict.start_ms / max(1, call.duration_ms)),
            recognised=_recognised(verdict, turns.get(call.current_analysis_id, ())),
            campaign_id=call.campaign_id,
            weight=1.0 / min(1.0, max(LEAST_PROBABILITY, verdict.display_probability)),
        )
        for verdict, call in counted
    ]


def margin_of(evidence: Iterable[Mapping[str, Any]]) -> float | None:
    """How far the first measure with a bound lies beyond it, as a natural logarithm; None without
    one. Below 0 it lies under a bound that is a ceiling.

    >>> margin_of([{"value": None, "bound": None}, {"value": 6.0, "bound": 3.0}])
    0.6931471805599453
    """
    for fact in evidence:
        value, bound = fact.get("value"), fact.get("bound")
        if value and bound and value > 0 and bound > 0:
            return log(value / bound)
    return None


def _turns(analysis_ids: set[int | None]) -> Mapping[int | None, Sequence[Turn]]:
    found: dict[int | None, list[Turn]] = {}
    ids = [one for one in analysis_ids if one is not None]
    for turn in db.session.scalars(select(Turn).where(Turn.analysis_id.in_(ids))):
        found.setdefault(turn.analysis_id, []).append(turn)
    return found


def _recognised(verdict: Verdict, turns: Iterable[Turn]) -> float | None:
    """Mean probability of the words of the moment; None when none was recognised there."""
    found = [
        float(probability)
        for turn in turns
        if turn.channel == verdict.channel
        and turn.start_ms < verdict.end_ms
        and turn.end_ms > verdict.start_ms
        for _, start_ms, end_ms, probability in turn.words
        if start_ms < verdict.end_ms and end_ms > verdict.start_ms
    ]
    return sum(found) / len(found) if found else None
