"""What the client's people say of a finding: a comment, yes, or no with a reason."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.audits.models import FindingRemark, JointCalibration, Judgement, RemarkKind
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices
from callcoach.script_library.approval_queries import people_of
from callcoach.sponsors import log
from callcoach.sponsors.access import can_answer
from callcoach.sponsors.queries import reach_of

#: Longest remark, characters: as an agent's answer to a note.
MAX_TEXT = 2000

_ACTIONS = {
    RemarkKind.COMMENT: "commented",
    RemarkKind.AGREES: "agreed",
    RemarkKind.CONTESTS: "contested",
}


def remark(viewer: Viewer, finding: Judgement, kind: RemarkKind, text: str = "") -> FindingRemark:
    """Say something of a finding. To contest it opens the joint calibration.

    To agree takes the place of an earlier "agrees" or "contests" of the same person, and the other
    way round; comments stand beside each other.

    Raises:
        NotAllowed: the viewer only looks in.
        InvalidInput: a comment or a contest without a word, or too many of them.
        Conflict: it was settled together already, or the viewer contests it already.
    """
    require_answer(viewer, finding)
    text = text.strip()
    if len(text) > MAX_TEXT:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_TEXT)
    if kind is RemarkKind.CONTESTS and not text:
        raise InvalidInput("Write why you see it otherwise.")
    if kind is RemarkKind.COMMENT and not text:
        raise InvalidInput("Write your comment first.")
    if kind is not RemarkKind.COMMENT:
        _replace_stand(viewer, finding, kind)
    said = FindingRemark(judgement_id=finding.id, kind=kind, text=text, author_id=viewer.user_id)
    finding.remarks.append(said)
    db.session.flush()
    if kind is RemarkKind.CONTESTS:
        open_calibration(finding)
    _log(viewer, finding, _ACTIONS[kind])
    tell_supervisors(viewer, finding, f"portal.{_ACTIONS[kind]}")
    return said


def withdraw(viewer: Viewer, said: FindingRemark) -> FindingRemark:
    """Take a remark of one's own back; it stays in the record. A contest taken back ends the joint
    calibration that it opened, unless somebody else contests the finding too.

    Raises:
        NotFound: it is somebody else's.
        Conflict: it was taken back already, or the calibration is closed.
    """
    _require_author(viewer, said)
    if said.withdrawn_at is not None:
        raise Conflict("This was taken back already.")
    finding = said.judgement
    if said.kind == RemarkKind.CONTESTS:
        _require_open(finding)
    said.withdrawn_at = utc_now()
    db.session.flush()
    if said.kind == RemarkKind.CONTESTS:
        _end_calibration(finding)
    _log(viewer, finding, "withdrew")
    return said


def restore(viewer: Viewer, said: FindingRemark) -> FindingRemark:
    """Undo `withdraw`.

    Raises:
        NotFound: it is somebody else's.
        Conflict: it stands, or the viewer has said otherwise since.
    """
    _require_author(viewer, said)
    if said.withdrawn_at is None:
        raise Conflict("It stands.")
    finding = said.judgement
    if said.kind != RemarkKind.COMMENT and stand_of(viewer, finding) is not None:
        raise Conflict("You have said otherwise since.")
    if said.kind == RemarkKind.CONTESTS:
        _require_open(finding)
    said.withdrawn_at = None
    db.session.flush()
    if said.kind == RemarkKind.CONTESTS:
        open_calibration(finding)
    _log(viewer, finding, "restored")
    return said


def stand_of(viewer: Viewer, finding: Judgement) -> FindingRemark | None:
    """Where the viewer agrees with the finding or contests it."""
    mine = [
        each
        for each in finding.remarks
        if each.author_id == viewer.user_id
        and each.withdrawn_at is None
        and each.kind != RemarkKind.COMMENT
    ]
    return mine[-1] if mine else None


def open_calibration(finding: Judgement) -> JointCalibration:
    """A contested finding is to be heard again by both sides; of two contests at once the second joins
    the first.
    """
    db.session.flush()
    db.session.execute(select(Judgement.id).where(Judgement.id == finding.id).with_for_update())
    db.session.expire(finding, ["calibration"])
    if finding.calibration is None:
        finding.calibration = JointCalibration()
        db.session.flush()
    return finding.calibration


def tell_supervisors(viewer: Viewer, finding: Judgement, kind: str) -> None:
    """Say to whoever answers for the campaign that the client said something."""
    campaign = finding.sampled.audit.campaign
    notices.notify_each(
        [person.id for person in people_of(campaign, Role.SUPERVISOR)],
        kind,
        f"finding:{finding.id}",
        f"/audits/findings/{finding.id}",
        campaign=campaign.name,
    )


def require_answer(viewer: Viewer, finding: Judgement) -> None:
    """Raises:
    NotAllowed: the viewer is none of the client's people.
    """
    if not can_answer(reach_of(viewer, finding.sampled.audit.campaign)):
        raise NotAllowed("Only the client’s own people answer here.")


def _replace_stand(viewer: Viewer, finding: Judgement, kind: RemarkKind) -> None:
    before = stand_of(viewer, finding)
    if kind is RemarkKind.CONTESTS:
        _require_open(finding)
    if before is None:
        return
    if before.kind == kind == RemarkKind.CONTESTS:
        raise Conflict("You contest this finding already.")
    if before.kind == kind:
        raise Conflict("You agree with this finding already.")
    if before.kind == RemarkKind.CONTESTS:
        _require_open(finding)
    before.withdrawn_at = utc_now()
    db.session.flush()
    if before.kind == RemarkKind.CONTESTS:
        _end_calibration(finding)


def _require_open(finding: Judgement) -> None:
    calibration = finding.calibration
    if calibration is None:
        return
    db.session.refresh(calibration, with_for_update={"of": JointCalibration})
    if calibration.closed_at is not None:
        raise Conflict("This finding was heard again by both sides; what came out stands.")
    if calibration.sponsor_standing is not None or calibration.floor_standing is not None:
        raise Conflict(
            "One side has answered in the joint calibration already; it goes on to its end."
        )


def _end_calibration(finding: Judgement) -> None:
    """Nobody contests it any more: there is nothing to hear again."""
    still = any(
        each.kind == RemarkKind.CONTESTS and each.withdrawn_at is None for each in finding.remarks
    )
    if not still and finding.calibration is not None:
        finding.calibration = None
        db.session.flush()


def _require_author(viewer: Viewer, said: FindingRemark) -> None:
    if viewer.user_id is None or said.author_id != viewer.user_id:
        raise NotFound("There is no such page.")
    require_answer(viewer, said.judgement)


def _log(viewer: Viewer, finding: Judgement, action: str) -> None:
    log.write(viewer, finding.sampled.audit.campaign, action, "finding", finding.id)
