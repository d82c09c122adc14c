"""Conditions on flags: which of them a viewer may see, and which are put before people at all."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, true

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Valence
from callcoach.calls.access import sees_unconfirmed_flags
from callcoach.calls.models import AnalysisRun, Call, Decision, TippingPoint, Verdict
from callcoach.tuning.models import HELD_BACK, DetectorStanding


def is_shown(viewer: Viewer) -> ColumnElement[bool]:
    """Flags that the viewer may see, that are not held back and that nobody rejected, as a
    condition on `TippingPoint`.
    """
    return is_visible(viewer) & ~has_verdict(Decision.REJECTED) & ~is_held_back()


def is_visible(viewer: Viewer) -> ColumnElement[bool]:
    """`visible_moments` with those held back, as a condition on `TippingPoint`: a filter or a count
    would otherwise tell an agent of a flag that the page hides. What is held back is for whoever
    may judge it, not for agents.
    """
    if sees_unconfirmed_flags(viewer):
        return true()
    return has_verdict(Decision.CONFIRMED) | (
        (TippingPoint.valence == Valence.POSITIVE.value)
        & ~has_verdict(Decision.REJECTED)
        & ~is_held_back()
    )


def is_held_back() -> ColumnElement[bool]:
    """Flags that nobody judged and that are not put before people in their campaign, as a condition
    on `TippingPoint`; see `DetectorStanding.holds_back`.
    """
    return is_of_held_back_kind() & ~has_verdict()


def is_of_held_back_kind() -> ColumnElement[bool]:
    """As `is_held_back`, whether somebody judged the flag or not."""
    return (
        exists()
        .where(
            AnalysisRun.id == TippingPoint.analysis_id,
            Call.id == AnalysisRun.call_id,
            DetectorStanding.campaign_id == Call.campaign_id,
            DetectorStanding.detector == TippingPoint.detector,
            DetectorStanding.cause == TippingPoint.cause,
            or_(
                DetectorStanding.standing.in_(HELD_BACK),
                TippingPoint.confidence < DetectorStanding.floor,
            ),
        )
        .correlate(TippingPoint)
    )


def has_verdict(decision: Decision | None = None) -> ColumnElement[bool]:
    """Flags with a verdict in force, this one or any, as a condition on `TippingPoint`."""
    # Flags of an earlier analysis keep their link to a verdict that was undone since
    conditions = [Verdict.id == TippingPoint.verdict_id, Verdict.withdrawn_at.is_(None)]
    if decision is not None:
        conditions.append(Verdict.decision == decision)
    return exists().where(and_(*conditions)).correlate(TippingPoint)
