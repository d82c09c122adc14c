"""What a page prints of a joint calibration: never the other side's answer before one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callcoach.audits.models import Judgement
from callcoach.sponsors.presenters import Mark, standing_mark
from callcoach.sponsors.striking import without_names


@dataclass(frozen=True, slots=True)
class SideView:
    """What one side holds."""

    mark: Mark
    reason: str


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """How far a joint calibration has come.

    Args:
        ours: what the client holds, once they said so.
        theirs: what the floor holds, once both said so.
        has_floor: the floor has answered.
        is_agreed: None while it is open.
        outcome: what stands now.
    """

    opened_at: datetime
    closed_at: datetime | None
    ours: SideView | None
    theirs: SideView | None
    has_floor: bool
    is_agreed: bool | None
    outcome: Mark


def calibration_view(finding: Judgement) -> CalibrationView | None:
    """The joint calibration of a finding; None while nobody contests it."""
    calibration = finding.calibration
    if calibration is None:
        return None
    kind = finding.version.kind
    ours = theirs = None
    if calibration.sponsor_standing is not None:
        ours = SideView(
            standing_mark(kind, calibration.sponsor_standing), calibration.sponsor_reason
        )
        if calibration.floor_standing is not None:
            theirs = SideView(
                standing_mark(kind, calibration.floor_standing),
                without_names(calibration.floor_reason, finding.sampled.call),
            )
    return CalibrationView(
        opened_at=calibration.opened_at,
        closed_at=calibration.closed_at,
        ours=ours,
        theirs=theirs,
        has_floor=calibration.floor_standing is not None,
        is_agreed=calibration.is_agreed,
        outcome=standing_mark(kind, finding.final),
    )
