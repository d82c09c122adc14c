"""What the floor says of a finding: an answer to the client's remark. What it holds when a finding is
contested is said in the joint calibration, not here.
"""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.audits.models import FindingRemark, Judgement, RemarkKind
from callcoach.audits.operations.rights import log, require_auditor
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices

MAX_TEXT = 2000


def comment(viewer: Viewer, finding: Judgement, text: str) -> FindingRemark:
    """Write something under a finding; the client reads it.

    Raises:
        Conflict: its call is still being judged, or the floor is first to answer for itself.
        InvalidInput: no word, or too many of them.
    """
    audit = finding.sampled.audit
    require_auditor(viewer, audit.campaign)
    text = text.strip()
    if not text:
        raise InvalidInput("Write your comment first.")
    if len(text) > MAX_TEXT:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_TEXT)
    if finding.sampled.judged_at is None:
        raise Conflict("This call is still being judged.")
    calibration = finding.calibration
    if calibration is not None and calibration.floor_standing is None:
        raise Conflict("This finding is contested: first answer for the floor.")
    said = FindingRemark(kind=RemarkKind.COMMENT, text=text, author_id=viewer.user_id)
    finding.remarks.append(said)
    db.session.flush()
    log(viewer, "finding_commented", audit, judgement=finding.id)
    for seat in audit.campaign.sponsor.seats:
        path, subject = f"/portal/findings/{finding.id}", f"finding:{finding.id}"
        campaign = audit.campaign.name
        notices.notify(seat.user_id, "audit.commented", subject, path, campaign=campaign)
    return said


def take_back(viewer: Viewer, said: FindingRemark) -> None:
    """Undo a comment of one's own; it stays in the record.

    Raises:
        Conflict: it was taken back already.
        NotFound: it is somebody else's.
    """
    require_auditor(viewer, said.judgement.sampled.audit.campaign)
    if viewer.user_id is None or said.author_id != viewer.user_id:
        raise NotFound("This comment does not exist, or is not one of yours.")
    if said.withdrawn_at is not None:
        raise Conflict("This was taken back already.")
    said.withdrawn_at = utc_now()
    db.session.flush()
