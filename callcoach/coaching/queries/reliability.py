"""How often people confirmed each kind of flag: what a card says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call, Decision, Verdict
from callcoach.calls.queries import in_scope
from callcoach.extensions import db


def verdicts_by_cause(viewer: Viewer, campaign_id: int) -> Mapping[str, tuple[int, int]]:
    """Verdicts in force on the campaign's calls in the viewer's scope: cause -> (confirmed, all)."""
    counts: dict[str, tuple[int, int]] = {}
    rows = db.session.execute(
        select(Verdict.cause, Verdict.decision, func.count())
        .join(Call, Call.id == Verdict.call_id)
        .where(
            Call.campaign_id == campaign_id,
            Call.deleted_at.is_(None),
            Verdict.withdrawn_at.is_(None),
            in_scope(viewer),
        )
        .group_by(Verdict.cause, Verdict.decision)
    )
    for cause, decision, count in rows:
        confirmed, total = counts.get(cause, (0, 0))
        counts[cause] = (confirmed + count * (decision == Decision.CONFIRMED), total + count)
    return counts
