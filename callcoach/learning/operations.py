"""What verdicts change by themselves: which kinds of flag are held back, and their floors.

Runs inside the transaction of a verdict, so that the next page already knows. It looks at what the
verdicts in force say, never at what it did before, so that doing it again changes nothing. Other
campaigns, whose starting point moved a little, follow with their own next verdict.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from callcoach.analysis.detectors import present_id
from callcoach.calls.events import on_judged
from callcoach.calls.models import MISSED, Call, Verdict
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now
from callcoach.learning.example_queries import examples_of
from callcoach.learning.floors import (
    LEAST_LABELS,
    LEAST_MOVE,
    LEAST_OF_EACH,
    STEP_DAYS,
    Floor,
    learn_floor,
    next_floor,
)
from callcoach.learning.precision import Reliability
from callcoach.learning.queries import FlagKind, reliability_of
from callcoach.tuning.models import ChangeKind, Standing, TuningChange
from callcoach.tuning.operations import set_floor, set_standing
from callcoach.tuning.queries import standings_of


@on_judged
def review_judged(call: Call, verdict: Verdict) -> None:
    """Review the kind of flag that was judged, and that of the verdict which this one replaced:
    another analysis may have had another detector say the same.
    """
    before = db.session.get(Verdict, verdict.replaces_id) if verdict.replaces_id else None
    kinds = {
        (present_id(one.detector, one.cause), one.cause)
        for one in (verdict, before)
        if one is not None
    }
    for kind in sorted(kinds):
        if kind[0] != MISSED:
            review(call.campaign, *kind)


def review(campaign: Campaign, detector: str, cause: str) -> list[TuningChange]:
    """Hold a kind of flag back when its verdicts say so, show it again when they no longer do, and
    move its floor. What a person retired or keeps stays.

    Returns:
        What was changed, each with the figures behind it in its reason.
    """
    lock_campaign(campaign.id)
    kind = (detector, cause)
    row = standings_of(campaign.id).get(kind)
    standing = Standing(row.standing) if row else Standing.ACTIVE
    if standing in (Standing.RETIRED, Standing.KEPT):
        return []
    found = reliability_of(campaign.id, detector, cause)
    changes = []
    if (
        standing is Standing.ACTIVE
        and found.should_hide
        and not _is_overruled(campaign, kind, found)
    ):
        changes.append(_stand(campaign, kind, Standing.HIDDEN, found))
    elif standing is Standing.HIDDEN and found.may_return:
        changes.append(_stand(campaign, kind, Standing.ACTIVE, found))
    elif standing is Standing.ACTIVE:
        changes += _move_floor(campaign, kind, row.floor if row else 0.0, found)
    return changes


def lock_campaign(campaign_id: int) -> None:
    """Let nobody else review until the transaction ends: two verdicts on two calls at once would
    each count without the other. SQLite needs none: its writers wait for each other anyway.
    """
    db.session.flush()
    db.session.execute(
        select(Campaign.id)
        .where(Campaign.id == campaign_id)
        .with_for_update(of=Campaign, key_share=True)
    )


def propose_floor(campaign: Campaign, detector: str, cause: str) -> Floor | None:
    """The floor that the verdicts propose now; None while they are too few or tell nothing."""
    return learn_floor(examples_of(detector, cause), campaign.id)


def _stand(
    campaign: Campaign, kind: FlagKind, standing: Standing, found: Reliability
) -> TuningChange:
    return set_standing(None, campaign, *kind, standing, reason=facts_of(found))


def facts_of(found: Reliability) -> dict[str, Any]:
    """What the log keeps of the figures behind a change."""
    return {
        "n": found.n,
        "confirmed": found.confirmed,
        "precision": round(found.precision, 3),
        "low": round(found.low, 3),
        "high": round(found.high, 3),
        "chance_below_half": round(found.chance_below_half, 4),
    }


def _is_overruled(campaign: Campaign, kind: FlagKind, found: Reliability) -> bool:
    """Whether a person took back that the figures hid this kind, and they say no more since: only
    stronger evidence than the one that was overruled hides it again.
    """
    last = next(
        (
            change
            for change in _changes(campaign, kind, ChangeKind.STANDING)
            if change.is_automatic and change.after
        ),
        None,
    )
    if last is None or last.undone_at is None:
        return False
    return facts_of(found)["chance_below_half"] <= last.reason.get("chance_below_half", 0.0)


def _move_floor(
    campaign: Campaign, kind: FlagKind, present: float, found: Reliability
) -> list[TuningChange]:
    """Move the floor of a kind one step towards what the verdicts propose, once a week; where a
    person has set it or taken a move back, it is theirs and the figures only propose.
    """
    dismissed = found.n - found.confirmed
    if found.n < LEAST_LABELS or min(found.confirmed, dismissed) < LEAST_OF_EACH:
        return []
    if not _may_move(_changes(campaign, kind, ChangeKind.FLOOR), utc_now()):
        return []
    proposed = propose_floor(campaign, *kind)
    if proposed is None:
        return []
    moved = next_floor(present, proposed.value)
    if abs(moved - present) < LEAST_MOVE:
        return []
    reason = facts_of(found) | {"proposed": round(proposed.value, 3)}
    return [set_floor(None, campaign, *kind, moved, reason=reason)]


def _may_move(changes: Sequence[TuningChange], now: datetime) -> bool:
    """Whether the figures may move a floor whose changes these are, the newest first."""
    if not changes:
        return True
    last = changes[0]
    is_recent = last.at > now - timedelta(days=STEP_DAYS)
    return last.is_automatic and last.undone_at is None and not is_recent


def _changes(campaign: Campaign, kind: FlagKind, what: ChangeKind) -> Sequence[TuningChange]:
    """Of the log, the newest first."""
    return db.session.scalars(
        select(TuningChange)
        .where(
            TuningChange.campaign_id == campaign.id,
            TuningChange.kind == what,
            TuningChange.subject == "/".join(kind),
        )
        .order_by(TuningChange.id.desc())
    ).all()
