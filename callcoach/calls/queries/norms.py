"""Figures of calls like one call, for `callcoach.calls.norms`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.calls.access import sees_unconfirmed_flags
from callcoach.calls.models import AnalysisRun, Call, CallKind
from callcoach.calls.queries.scope import in_scope
from callcoach.extensions import db

#: Older calls than the last so many say nothing of how the floor calls today.
MOST_CALLS = 500
#: Kinds in which somebody converses; the others have no norm.
_KINDS = (CallKind.TARGET, CallKind.GATEKEEPER)


def figures_like(viewer: Viewer, call: Call) -> list[tuple[str, Mapping[str, Any]]] | None:
    """Outcome and figures of the viewer's other calls of the same campaign and kind, newest first,
    at most `MOST_CALLS`; None where there is no norm: for a kind in which nobody converses, and
    for viewers whose scope is one person's calls, since that would be a figure of that person.
    """
    if call.kind not in _KINDS or not sees_unconfirmed_flags(viewer):
        return None
    rows = db.session.execute(
        select(Call.outcome, AnalysisRun.figures)
        .join(AnalysisRun, AnalysisRun.id == Call.current_analysis_id)
        .where(
            Call.campaign_id == call.campaign_id,
            Call.kind == call.kind,
            Call.id != call.id,
            Call.deleted_at.is_(None),
            in_scope(viewer),
        )
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(MOST_CALLS)
    )
    return [(str(row.outcome), row.figures) for row in rows]
