"""What the ledger of a campaign shows of each kind of flag, and what a floor would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from callcoach.analysis.detectors import LedgerEntry, load_ledger, present_id
from callcoach.analysis.model import Cause, Valence
from callcoach.calls.models import MISSED, Call, CallState, Decision, TippingPoint, Verdict
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now
from callcoach.learning import precision
from callcoach.learning.precision import Label, Reliability
from callcoach.learning.queries import FlagKind, is_of_kind, labels_by_kind, reliability_among
from callcoach.tuning.models import ChangeKind, DetectorStanding, Standing, TuningChange
from callcoach.tuning.queries import standings_of

#: Weeks that a trend goes back.
TREND_WEEKS = 12
#: Past calls that a floor is tried on.
PREVIEW_CALLS = 200
#: Changes of one kind of flag that its page lists.
KIND_CHANGES = 20


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What was known at the end of a week: verdicts until then, and the precision they gave."""

    until: datetime
    n: int
    precision: float


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One kind of flag in one campaign.

    Args:
        flags: in the present analyses of the campaign's calls.
        standing, floor, since: how it stands; `since` is None while nothing was ever changed.
        change: the last change of its standing that was not taken back.
        packaged: what is known of the detector from labelled calls; None where the engine named
            the cause by likeness.
    """

    detector: str
    cause: Cause
    flags: int
    reliability: Reliability
    trend: Sequence[TrendPoint]
    standing: Standing
    floor: float
    since: datetime | None
    change: TuningChange | None
    packaged: LedgerEntry | None

    @property
    def kind(self) -> FlagKind:
        return self.detector, self.cause.value

    @property
    def valence(self) -> Valence:
        return self.cause.valence

    @property
    def is_seen(self) -> bool:
        """Whether the campaign has anything to say of it."""
        return bool(self.flags or self.reliability.total or self.since)


def ledger(campaign: Campaign) -> list[LedgerRow]:
    """Every kind of flag that the engine can raise or the campaign has seen, by verdicts, most
    first.
    """
    labels = labels_by_kind()
    standings = standings_of(campaign.id)
    flags = _flag_counts(campaign.id)
    changes = _last_changes(campaign.id)
    seen = {kind for kind, campaigns in labels.items() if campaign.id in campaigns}
    kinds = set(_packaged()) | seen | set(flags) | set(standings)
    now = utc_now()
    rows = [
        _row(
            kind,
            labels.get(kind, {}),
            campaign.id,
            now,
            flags=flags[kind],
            standing=standings.get(kind),
            change=changes.get("/".join(kind)),
        )
        for kind in kinds
        if kind[0] != MISSED and kind[1] in set(Cause)
    ]
    return sorted(rows, key=lambda row: (-row.reliability.n, -row.flags, row.kind))


def ledger_row(campaign: Campaign, detector: str, cause: str) -> LedgerRow | None:
    """One of these; None when neither the engine nor the campaign knows such a kind."""
    if detector == MISSED or cause not in set(Cause):
        return None
    detector = present_id(detector, cause)
    kind = (detector, cause)
    labels = labels_by_kind(is_of_kind(detector, cause))
    row = _row(
        kind,
        labels.get(kind, {}),
        campaign.id,
        utc_now(),
        flags=_flag_counts(campaign.id)[kind],
        standing=standings_of(campaign.id).get(kind),
        change=_last_changes(campaign.id).get("/".join(kind)),
    )
    return row if row.is_seen or kind in _packaged() else None


def _packaged() -> dict[FlagKind, LedgerEntry]:
    """What is known of each detector from labelled calls, by the kind of flag that it raises."""
    return {(detector, cause.value): entry for (detector, cause), entry in load_ledger().items()}


def _row(
    kind: FlagKind,
    campaigns: Mapping[int, list[Label]],
    campaign_id: int,
    now: datetime,
    *,
    flags: int,
    standing: DetectorStanding | None,
    change: TuningChange | None,
) -> LedgerRow:
    detector, cause = kind[0], Cause(kind[1])
    found = reliability_among(campaigns, campaign_id, now)
    return LedgerRow(
        detector=detector,
        cause=cause,
        flags=flags,
        reliability=found,
        trend=_trend(campaigns.get(campaign_id, []), now, found.prior),
        standing=Standing(standing.standing) if standing else Standing.ACTIVE,
        floor=standing.floor if standing else 0.0,
        since=standing.since if standing else None,
        change=change,
        packaged=_packaged().get(kind),
    )


def _trend(labels: Sequence[Label], now: datetime, prior: float) -> list[TrendPoint]:
    """The ends of the last weeks, from the one of the first verdict on, `now` last."""
    counted = [label for label in labels if label.counts]
    if not counted:
        return []
    first = min(label.at for label in counted)
    points = []
    for weeks in reversed(range(TREND_WEEKS)):
        until = now - timedelta(weeks=weeks)
        if until < first:
            continue
        known = [label for label in counted if label.at <= until]
        found = precision.reliability(known, until, prior)
        points.append(TrendPoint(until, found.n, found.precision))
    return points


def _flag_counts(campaign_id: int) -> Counter[FlagKind]:
    rows = db.session.execute(
        select(TippingPoint.detector, TippingPoint.cause, func.count())
        .join(Call, Call.current_analysis_id == TippingPoint.analysis_id)
        .where(Call.campaign_id == campaign_id, Call.deleted_at.is_(None))
        .group_by(TippingPoint.detector, TippingPoint.cause)
    )
    counts: Counter[FlagKind] = Counter()
    for detector, cause, count in rows:  # calls that still wait to be analysed again among them
        counts[present_id(detector, cause), cause] += count
    return counts


def _last_changes(campaign_id: int) -> dict[str, TuningChange]:
    """By kind of flag, as the log writes it."""
    changes = db.session.scalars(
        select(TuningChange)
        .where(
            TuningChange.campaign_id == campaign_id,
            TuningChange.kind == ChangeKind.STANDING,
            TuningChange.undone_at.is_(None),
        )
        .order_by(TuningChange.id)
    )
    return {change.subject: change for change in changes}


def changes_of_kind(campaign: Campaign, row: LedgerRow) -> Sequence[TuningChange]:
    """The last changes of one kind of flag, newest first; the campaign's log has them all."""
    return db.session.scalars(
        select(TuningChange)
        .where(
            TuningChange.campaign_id == campaign.id,
            TuningChange.kind.in_((ChangeKind.STANDING, ChangeKind.FLOOR)),
            TuningChange.subject == "/".join(row.kind),
        )
        .options(joinedload(TuningChange.author))
        .order_by(TuningChange.id.desc())
        .limit(KIND_CHANGES)
    ).all()


@dataclass(frozen=True, slots=True)
class FloorPreview:
    """What a floor would have changed on the campaign's last calls.

    `kept_*` are flags at or above the new floor, `changed_*` those between the present floor and
    the new one: they would go when it is higher, come when it is lower. Judged ones are counted
    although they are shown whatever the floor, to tell what one would have been spared or missed.
    """

    calls: int
    shown_now: int
    shown_then: int
    kept_judged: int
    kept_confirmed: int
    changed_confirmed: int
    changed_dismissed: int

    @property
    def changed(self) -> int:
        """How many flags more (or, below 0, fewer) would be shown."""
        return self.shown_then - self.shown_now


def preview_floor(campaign: Campaign, row: LedgerRow, floor: float) -> FloorPreview:
    """Try a floor on the last `PREVIEW_CALLS` analysed calls of the campaign."""
    recent = (
        select(Call.current_analysis_id)
        .where(
            Call.campaign_id == campaign.id,
            Call.deleted_at.is_(None),
            Call.state == CallState.READY,
            Call.current_analysis_id.is_not(None),
        )
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(PREVIEW_CALLS)
        .subquery()
    )
    calls = db.session.scalar(select(func.count()).select_from(recent)) or 0
    found = db.session.execute(
        select(TippingPoint.confidence, Verdict.decision)
        .outerjoin(
            Verdict, (Verdict.id == TippingPoint.verdict_id) & Verdict.withdrawn_at.is_(None)
        )
        .where(
            TippingPoint.analysis_id.in_(select(recent.c.current_analysis_id)),
            TippingPoint.detector == row.detector,
            TippingPoint.cause == row.cause.value,
        )
    ).all()
    low, high = sorted((row.floor, floor))
    kept = [decision for confidence, decision in found if confidence >= floor]
    changed = [decision for confidence, decision in found if low <= confidence < high]
    return FloorPreview(
        calls=calls,
        shown_now=sum(confidence >= row.floor for confidence, _ in found),
        shown_then=len(kept),
        kept_judged=sum(decision is not None for decision in kept),
        kept_confirmed=sum(decision == Decision.CONFIRMED for decision in kept),
        changed_confirmed=sum(decision == Decision.CONFIRMED for decision in changed),
        changed_dismissed=sum(decision == Decision.REJECTED for decision in changed),
    )
