"""Verdicts on flags: given, explained, undone, and found again when a new analysis is published."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.calls.access import can_judge_call
from callcoach.calls.events import moment_judged
from callcoach.calls.judging import match, standing
from callcoach.calls.models import (
    AnalysisRun,
    Call,
    Decision,
    DismissalReason,
    TippingPoint,
    Verdict,
)
from callcoach.calls.operations.editing import log_access, require_visible
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now


def require_judge(viewer: Viewer, call: Call) -> None:
    """Let pass who may judge the call's moments.

    Raises:
        NotFound: outside the viewer's scope, or put aside.
        NotAllowed: visible, but not theirs to judge.
    """
    require_visible(viewer, call)
    if not can_judge_call(viewer, call):
        raise NotAllowed("Supervisors judge moments; ask yours.")


def judge(
    viewer: Viewer,
    call: Call,
    point: TippingPoint,
    decision: Decision | str,
    *,
    seen_verdict_id: int | None = None,
    display_probability: float = 1.0,
) -> Verdict:
    """Confirm or reject a flag. The same decision again changes nothing.

    Args:
        point: of any analysis of the call; one of an older analysis is found again in the
            current one by overlap.
        seen_verdict_id: verdict that the page showed, 0 for none; None judges whatever it is.
        display_probability: how likely such a flag was to be shown, above 0 to 1; a verdict that
            takes another's place keeps that one's.

    Raises:
        NotFound, NotAllowed: as `require_judge`, or the flag is another call's.
        InvalidInput: not a decision, or the probability is out of range.
        StaleVersion: somebody else judged it since; ``values`` hold ``verdict_id``, ``decision``
            and ``author``.
    """
    require_judge(viewer, call)
    if point.analysis.call_id != call.id:
        raise NotFound("There is no such moment.")
    try:
        wanted = Decision(decision)
    except ValueError:
        raise InvalidInput("A moment is either confirmed or rejected.") from None
    if not 0 < display_probability <= 1:
        raise InvalidInput("A moment is shown with a probability above 0 and up to 1.")
    lock_moments(call)
    present = call.current_analysis.tipping_points if call.current_analysis else []
    current = standing(point, present, verdicts_in_force(call.id))
    if current is not None and current.decision == wanted:
        return current
    if seen_verdict_id is not None and seen_verdict_id != (current.id if current else 0):
        raise StaleVersion(
            "Somebody judged this moment while you were listening; look before you change it.",
            verdict_id=current.id if current else 0,
            decision=current.decision if current else "",
            author=current.author.name if current and current.author else "",
            theirs=current.decision if current else "",
        )
    verdict = Verdict(
        call_id=call.id,
        decision=wanted,
        channel=point.channel,
        start_ms=point.start_ms,
        end_ms=point.end_ms,
        quote=point.quote,
        cause=point.cause,
        valence=point.valence,
        severity=point.severity,
        confidence=point.confidence,
        detector=point.detector,
        evidence=point.evidence,
        explanation=point.explanation,
        suggestion=point.suggestion,
        display_probability=current.display_probability if current else display_probability,
        author_id=viewer.user_id,
    )
    return put_in_force(viewer, call, verdict, f"moment.{wanted.value}", replaces=current)


def set_reason(
    viewer: Viewer, call: Call, verdict: Verdict, reason: DismissalReason | str
) -> Verdict:
    """Say why a flag was rejected; "" takes that back. Anybody who may judge the call may: what is
    taught by a wrong reason is everybody's.

    Raises:
        NotFound, NotAllowed: as `require_judge`, or the verdict is another call's.
        InvalidInput: not a reason, or the verdict confirms.
        Conflict: the rejection was taken back or replaced in between.
    """
    require_judge(viewer, call)
    if verdict.call_id != call.id:
        raise NotFound("There is no such verdict.")
    try:
        wanted: DismissalReason | str = DismissalReason(reason) if reason else ""
    except ValueError:
        raise InvalidInput("This is not a reason for rejecting a moment.") from None
    if verdict.decision != Decision.REJECTED:
        raise InvalidInput("Only a rejection has a reason.")
    lock_moments(call)
    db.session.refresh(verdict)
    if verdict.withdrawn_at is not None:
        raise Conflict("This rejection was taken back in between.")
    if verdict.reason == wanted:
        return verdict
    verdict.reason = wanted
    log_access(viewer, "moment.reason", call, verdict=verdict.id, reason=str(wanted))
    db.session.flush()
    moment_judged(call, verdict)
    return verdict


def withdraw_verdict(viewer: Viewer, call: Call, verdict: Verdict) -> Verdict | None:
    """Undo a verdict; the one it took the place of is in force again and is returned.

    Undoing twice changes nothing.

    Raises:
        NotFound, NotAllowed: as `require_judge`, or the verdict is another call's.
        Conflict: somebody judged the moment again since; that is theirs to undo.
    """
    require_judge(viewer, call)
    if verdict.call_id != call.id:
        raise NotFound("There is no such verdict.")
    lock_moments(call)
    db.session.refresh(verdict)
    if verdict.withdrawn_at is not None:
        if _is_replaced(verdict):
            raise Conflict("This moment was judged again in between; undo that first.")
        return None
    verdict.withdrawn_at = utc_now()
    before = db.session.get(Verdict, verdict.replaces_id) if verdict.replaces_id else None
    if before is not None:
        before.withdrawn_at = None
    db.session.flush()
    _attach(call)
    log_access(viewer, "moment.verdict_withdrawn", call, verdict=verdict.id)
    db.session.flush()
    moment_judged(call, verdict)
    return before


def attach_verdicts(call_id: int, run: AnalysisRun) -> None:
    """Find the call's verdicts in force again on the flags of `run`; flags must be flushed.

    Called in the transaction that publishes an analysis, under the call's lock.
    """
    points = db.session.scalars(
        select(TippingPoint)
        .where(TippingPoint.analysis_id == run.id)
        .execution_options(populate_existing=True)  # compared with what is written below
    ).all()
    taken, _alone = match(points, verdicts_in_force(call_id))
    for point in points:
        verdict = taken.get(point.id)
        point.verdict_id = verdict.id if verdict else None
    db.session.flush()


def put_in_force(
    viewer: Viewer, call: Call, verdict: Verdict, action: str, *, replaces: Verdict | None
) -> Verdict:
    """Let a new verdict count, in the place of another one; `action` is logged. Under the lock."""
    if replaces is not None:
        verdict.replaces_id = replaces.id
        replaces.withdrawn_at = utc_now()
    db.session.add(verdict)
    db.session.flush()
    _attach(call)
    log_access(viewer, action, call, verdict=verdict.id)
    db.session.flush()
    moment_judged(call, verdict)
    return verdict


def lock_moments(call: Call) -> None:
    """Keep other judges and the publication of a new analysis out until the transaction ends, and
    forget what was read before.
    """
    db.session.flush()
    db.session.execute(select(Call.id).where(Call.id == call.id).with_for_update(of=Call))
    db.session.refresh(call, ["current_analysis_id"])
    db.session.expire(call, ["current_analysis"])
    if call.current_analysis is not None:
        db.session.expire(call.current_analysis, ["tipping_points"])


def verdicts_in_force(call_id: int) -> Sequence[Verdict]:
    """The call's verdicts that nobody took back or replaced."""
    return db.session.scalars(
        select(Verdict).where(Verdict.call_id == call_id, Verdict.withdrawn_at.is_(None))
    ).all()


def _is_replaced(verdict: Verdict) -> bool:
    """Whether a verdict in force took its place, or that of one which did."""
    ids = [verdict.id]
    while ids:
        later = db.session.execute(
            select(Verdict.id, Verdict.withdrawn_at).where(Verdict.replaces_id.in_(ids))
        ).all()
        if any(withdrawn_at is None for _, withdrawn_at in later):
            return True
        ids = [later_id for later_id, _ in later]
    return False


def _attach(call: Call) -> None:
    if call.current_analysis is not None:
        attach_verdicts(call.id, call.current_analysis)
