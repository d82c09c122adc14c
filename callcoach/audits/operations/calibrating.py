"""The joint calibration of a contested finding: each side first for itself, then both together.

The client's side is written by the portal; here is the floor's, and what comes of both answers.
"""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.analysis.claims import Standing
from callcoach.audits.models import Audit, JointCalibration
from callcoach.audits.operations.judging import require_standing
from callcoach.audits.operations.rights import log, require_auditor
from callcoach.errors import Conflict, InvalidInput
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices

MAX_REASON = 2000


def answer_for_floor(
    viewer: Viewer, calibration: JointCalibration, standing: Standing | str, reason: str
) -> JointCalibration:
    """Say what the floor holds, without knowing what the client's side holds; once.

    Raises:
        Conflict: the floor has answered, or it is closed.
        InvalidInput: no such standing, or no reason.
    """
    audit = calibration.judgement.sampled.audit
    require_auditor(viewer, audit.campaign)
    db.session.refresh(calibration, with_for_update={"of": JointCalibration})
    if calibration.closed_at is not None or calibration.floor_standing is not None:
        raise Conflict("The floor has answered already; its answer stands.")
    require_standing(calibration.judgement.version, standing)
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Say why you hear it so: the client reads it once both have answered.")
    if len(reason) > MAX_REASON:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_REASON)
    calibration.floor_standing, calibration.floor_reason = Standing(standing), reason
    calibration.floor_by_id = viewer.user_id
    db.session.flush()
    log(viewer, "calibration_answered", audit, judgement=calibration.judgement_id)
    conclude(calibration)
    _tell_client(calibration)
    return calibration


def conclude(calibration: JointCalibration) -> JointCalibration:
    """Both have answered: the same settles the finding; otherwise it waits for `take_over` or
    `record_disagreement`. Nothing happens before, and nothing twice.
    """
    sides = (calibration.sponsor_standing, calibration.floor_standing)
    if calibration.closed_at is None and None not in sides and sides[0] == sides[1]:
        _settle(calibration)
    return calibration


def take_over(viewer: Viewer, calibration: JointCalibration) -> JointCalibration:
    """After both have answered, the floor comes round to what the client holds. What it had answered
    stays in the record.

    Raises:
        Conflict: a side has not answered, or it is closed.
    """
    _require_differing(viewer, calibration)
    _settle(calibration)
    log(viewer, "calibration_agreed", _audit(calibration), judgement=calibration.judgement_id)
    _tell_client(calibration)
    return calibration


def record_disagreement(viewer: Viewer, calibration: JointCalibration) -> JointCalibration:
    """After both have answered and talked: they do not agree. The finding stays as it was judged,
    and whoever reads it sees both.

    Raises:
        Conflict: a side has not answered, or it is closed.
    """
    _require_differing(viewer, calibration)
    calibration.closed_at, calibration.is_agreed = utc_now(), False
    db.session.flush()
    log(viewer, "calibration_differs", _audit(calibration), judgement=calibration.judgement_id)
    _tell_client(calibration)
    return calibration


def _settle(calibration: JointCalibration) -> None:
    now = utc_now()
    calibration.closed_at, calibration.is_agreed = now, True
    finding = calibration.judgement
    finding.settled, finding.settled_at = calibration.sponsor_standing, now
    finding.row_version += 1
    db.session.flush()


def _require_differing(viewer: Viewer, calibration: JointCalibration) -> None:
    require_auditor(viewer, _audit(calibration).campaign)
    db.session.refresh(calibration, with_for_update={"of": JointCalibration})
    if calibration.closed_at is not None:
        raise Conflict("This finding was heard again by both sides; what came out stands.")
    if calibration.sponsor_standing is None or calibration.floor_standing is None:
        raise Conflict("Both sides answer first, each for itself.")


def _tell_client(calibration: JointCalibration) -> None:
    """What the floor holds is not said before the client's side has answered too; that it answered
    is.
    """
    campaign = _audit(calibration).campaign
    path = f"/portal/findings/{calibration.judgement_id}"
    for seat in campaign.sponsor.seats:
        subject = f"finding:{calibration.judgement_id}"
        notices.notify(seat.user_id, "audit.calibrated", subject, path, campaign=campaign.name)


def _audit(calibration: JointCalibration) -> Audit:
    return calibration.judgement.sampled.audit
