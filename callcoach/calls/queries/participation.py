"""How much the prospects of a campaign usually say, for the scale of its engagement curves.

What an analysis applies is read without a viewer: it belongs to the campaign, and no figure of it is
shown. Read from a small row a call, the last `MOST_CALLS` of them, so that it costs an analysis next
to nothing. A norm moves with every call and makes no analysis outdated: `Norms.calls`, kept with each
one, says on how many it rested.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from callcoach.analysis.norms import Norms, TurnMeasure, norms_of
from callcoach.calls.models import AnalysisRun, Call, CallKind
from callcoach.extensions import db

#: Older conversations than the last so many do not count: a campaign changes. They weigh ten times
#: what the packaged values do.
MOST_CALLS = 200


def campaign_norms(campaign_id: int, *, besides: int) -> Norms:
    """The norms of a campaign from its target conversations.

    Args:
        besides: number of the call that they are for; it is no norm of its own.
    """
    rows: Iterable[list[list[Any]]] = db.session.scalars(
        select(AnalysisRun.participation)
        .join(Call, Call.current_analysis_id == AnalysisRun.id)
        .where(
            Call.campaign_id == campaign_id,
            Call.kind == CallKind.TARGET,
            Call.id != besides,
            Call.deleted_at.is_(None),
        )
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(MOST_CALLS)
    )
    return norms_of([TurnMeasure.from_list(item) for item in row] for row in rows)
