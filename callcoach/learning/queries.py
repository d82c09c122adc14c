"""Reads of what verdicts teach. Reliability is the campaign's: all its supervisors' verdicts count,
whoever looks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select, true

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.analysis.detectors import present_id, stored_ids
from callcoach.calls.access import sees_unconfirmed_flags
from callcoach.calls.models import MISSED, Call, Decision, Verdict
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import get_campaign
from callcoach.extensions import db, utc_now
from callcoach.learning import precision
from callcoach.learning.precision import Label, Reliability

#: A kind of flag: its detector and its cause.
FlagKind = tuple[str, str]


def reliability(
    viewer: Viewer | None, campaign_id: int, kinds: Collection[FlagKind] | None = None
) -> Mapping[FlagKind, Reliability]:
    """What the verdicts in force on a campaign's calls say of each kind of flag that has any.

    Moments that the engine missed have no detector and are left out.

    Args:
        viewer: None for the system. For those who do not see unconfirmed flags there is nothing.
        campaign_id: whose calls.
        kinds: only these, which reads only their verdicts; None for all.

    Raises:
        NotFound: no such campaign, or outside the viewer's scope.
    """
    asking = viewer or Viewer.system()
    get_campaign(asking, campaign_id)
    if not sees_unconfirmed_flags(asking):
        return {}
    now = utc_now()
    wanted = None if kinds is None else or_(false(), *(is_of_kind(*kind) for kind in kinds))
    return {
        kind: reliability_among(campaigns, campaign_id, now)
        for kind, campaigns in labels_by_kind(wanted).items()
        if campaign_id in campaigns
    }


def reliability_of(campaign_id: int, detector: str, cause: str) -> Reliability:
    """The same of one kind of flag; for it alone verdicts are read."""
    kind = (detector, cause)
    found = labels_by_kind(is_of_kind(detector, cause))
    return reliability_among(found.get(kind, {}), campaign_id, utc_now())


def is_of_kind(detector: str, cause: str) -> ColumnElement[bool]:
    """Verdicts on flags of a kind, whatever its detector was called when they were given."""
    return Verdict.detector.in_(stored_ids(detector, cause)) & (Verdict.cause == cause)


def reliability_among(
    campaigns: Mapping[int, list[Label]], campaign_id: int, now: datetime
) -> Reliability:
    """What verdicts on one kind of flag say of it in one of the campaigns that gave them."""
    elsewhere = [
        precision.tally(labels, now) for other, labels in campaigns.items() if other != campaign_id
    ]
    return precision.reliability(
        campaigns.get(campaign_id, []), now, prior=precision.pooled(elsewhere)
    )


def labels_by_kind(
    where: ColumnElement[bool] | None = None,
) -> dict[FlagKind, dict[int, list[Label]]]:
    """Verdicts in force by kind of flag and campaign: one query over all campaigns, because what
    is known of a kind elsewhere is where a campaign begins. Kinds are named as they are today.
    """
    rows = db.session.execute(
        select(
            Verdict.detector,
            Verdict.cause,
            Call.campaign_id,
            Verdict.decision,
            Verdict.created_at,
            Verdict.reason,
            Verdict.display_probability,
            User.native_market,
            Campaign.market,
        )
        .join(Call, Call.id == Verdict.call_id)
        .join(Campaign, Campaign.id == Call.campaign_id)
        .outerjoin(User, User.id == Verdict.author_id)
        .where(
            Verdict.withdrawn_at.is_(None),
            Verdict.detector != MISSED,
            Call.deleted_at.is_(None),
            where if where is not None else true(),
        )
    )
    found: dict[FlagKind, dict[int, list[Label]]] = defaultdict(lambda: defaultdict(list))
    for detector, cause, campaign_id, decision, at, reason, probability, native, market in rows:
        found[present_id(detector, cause), cause][campaign_id].append(
            Label(
                is_confirmed=decision == Decision.CONFIRMED,
                at=at,
                reason=str(reason),
                display_probability=probability,
                teaches=precision.teaches(cause, native, market),
            )
        )
    return {kind: dict(campaigns) for kind, campaigns in found.items()}
