"""The client's side of a joint calibration; the floor's, and what comes of both, is the audits' room."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.analysis.claims import Standing
from callcoach.audits.models import JointCalibration, Judgement
from callcoach.audits.operations.calibrating import MAX_REASON, conclude
from callcoach.audits.operations.judging import require_standing
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.sponsors import log
from callcoach.sponsors.operations.answering import require_answer, tell_supervisors


def answer(viewer: Viewer, finding: Judgement, standing: str, reason: str) -> JointCalibration:
    """Say what the client's side holds, without knowing what the floor holds; once.

    Raises:
        NotFound: nobody contests the finding.
        NotAllowed: the viewer only looks in.
        Conflict: the client's side has answered, or it is closed.
        InvalidInput: no such standing, or no reason.
    """
    require_answer(viewer, finding)
    calibration = finding.calibration
    if calibration is None:
        raise NotFound("There is no such page.")
    db.session.refresh(calibration, with_for_update={"of": JointCalibration})
    if calibration.closed_at is not None or calibration.sponsor_standing is not None:
        raise Conflict("Your side has answered already; its answer stands.")
    require_standing(finding.version, standing)
    reason = reason.strip()
    if not reason:
        raise InvalidInput(
            "Say why you hear it so: the other side reads it once both have answered."
        )
    if len(reason) > MAX_REASON:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_REASON)
    calibration.sponsor_standing, calibration.sponsor_reason = Standing(standing), reason
    calibration.sponsor_by_id = viewer.user_id
    db.session.flush()
    conclude(calibration)
    log.write(viewer, finding.sampled.audit.campaign, "calibrated", "finding", finding.id)
    tell_supervisors(viewer, finding, "portal.calibrated")
    return calibration
