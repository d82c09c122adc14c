"""What a floor is learnt from: verdicts on one kind of flag with what was known of the flag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any

from sqlalchemy import and_, select

from callcoach.accounts.models import User
from callcoach.calls.models import Call, Decision, Turn, Verdict
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.learning import precision
from callcoach.learning.floors import Example
from callcoach.learning.precision import LEAST_PROBABILITY, SET_ASIDE
from callcoach.learning.queries import is_of_kind

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
            is_of_kind(detector, cause),
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
    recognised = _recognised([verdict.id for verdict, _ in counted])
    return [
        Example(
            is_confirmed=verdict.decision == Decision.CONFIRMED,
            confidence=verdict.confidence,
            margin=margin_of(verdict.evidence),
            phase=min(1.0, verdict.start_ms / max(1, call.duration_ms)),
            recognised=recognised.get(verdict.id),
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


def _recognised(verdict_ids: Sequence[int]) -> Mapping[int, float]:
    """Mean probability of the words of each moment, as the present analyses have them; without
    those where none was recognised.
    """
    found: dict[int, list[float]] = {}
    rows: Iterable[tuple[Any, ...]] = db.session.execute(
        select(Verdict.id, Verdict.start_ms, Verdict.end_ms, Turn.words)
        .join(Call, Call.id == Verdict.call_id)
        .join(
            Turn,
            and_(
                Turn.analysis_id == Call.current_analysis_id,
                Turn.channel == Verdict.channel,
                Turn.start_ms < Verdict.end_ms,
                Turn.end_ms > Verdict.start_ms,
            ),
        )
        .where(Verdict.id.in_(verdict_ids))
    )
    for verdict_id, start_ms, end_ms, words in rows:
        found.setdefault(verdict_id, []).extend(
            float(probability)
            for _, word_start_ms, word_end_ms, probability in words
            if word_start_ms < end_ms and word_end_ms > start_ms
        )
    return {verdict_id: sum(each) / len(each) for verdict_id, each in found.items() if each}
