"""Drawing the sample, and what may still happen to it: nothing quietly.

A call leaves the sample only with a reason from a closed list and words, before it is judged, and
the next one of its stratum that the same draw had put in reserve takes its place. There is no way to
choose which.
"""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Kind
from callcoach.audits.candidates import candidates, objections
from callcoach.audits.draw import Drawn, draw, new_seed
from callcoach.audits.frames import Frame, day_of, population_of
from callcoach.audits.models import Audit, AuditCall, AuditState, LeftOut, SampleState
from callcoach.audits.operations.drafts import plan_of, size_from
from callcoach.audits.operations.judging import was_begun
from callcoach.audits.operations.rights import (
    lock,
    log,
    require_auditor,
    require_draft,
    require_running,
    require_version,
)
from callcoach.calls.events import on_purged
from callcoach.calls.models import Call, CallState
from callcoach.errors import Conflict, InvalidInput
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices

MAX_REASON = 1000


def draw_audit(viewer: Viewer, audit: Audit, based_on: int) -> Audit:
    """Draw the sample, once and for all. Frame, seed and order are written down with it.

    Raises:
        Conflict: it was drawn already, or there is no call to draw.
        NotAllowed: the viewer does not audit this campaign.
        StaleVersion: its frame was changed since the viewer read it.
    """
    require_auditor(viewer, audit.campaign)
    lock(audit)
    require_draft(audit)
    require_version(audit, based_on)
    everybody = candidates(audit.campaign_id, audit.starts_on, audit.ends_on)
    found = population_of(everybody, Frame.from_dict(audit.frame))
    if not found.size:
        raise Conflict("No call is in the frame: choose a longer period, or fewer conditions.")
    wanted = size_from(found.size, len(found.strata), plan_of(audit)).size
    audit.seed = new_seed()
    audit.drawn_from = {
        "strata": {key: list(ids) for key, ids in found.strata.items()},
        "excluded": [[call_id, reason.value] for call_id, reason in found.excluded],
        "started": _started([call_id for ids in found.strata.values() for call_id in ids]),
    }
    audit.population, audit.size = found.size, wanted
    audit.state = AuditState.DRAWN
    audit.drawn_at, audit.drawn_by_id = utc_now(), viewer.user_id
    audit.row_version += 1
    drawn = draw(found.strata, wanted, audit.seed)
    audit.calls = [
        _row(one, position, SampleState.SAMPLED if position < wanted else SampleState.RESERVE)
        for position, one in enumerate((*drawn.sample, *drawn.reserve))
    ]
    db.session.flush()
    log(
        viewer,
        "drawn",
        audit,
        seed=audit.seed,
        population=audit.population,
        size=audit.size,
        sample=[one.call_id for one in drawn.sample],
    )
    return audit


def leave_out(
    viewer: Viewer, sampled: AuditCall, why: LeftOut | str, words: str
) -> AuditCall | None:
    """Take a call out of the sample, for a reason that has nothing to do with what was said in it.

    Returns:
        What takes its place: the next of its stratum in the order of the draw; None when no reserve
        is left, and the sample is smaller by one.

    Raises:
        Conflict: somebody judged of it, or it is not in the sample.
        InvalidInput: no reason of the list, none that is true of the call, or no words to it.
    """
    audit = sampled.audit
    require_auditor(viewer, audit.campaign)
    lock(audit)
    db.session.refresh(sampled)
    require_running(audit)
    words = words.strip()
    if sampled.state != SampleState.SAMPLED:
        raise Conflict("This call is not in the sample.")
    if sampled.judged_at is not None:
        raise Conflict(
            "This call is done and stays in the sample. If its prospect objects, put the call "
            "aside: nothing of it is shown any more."
        )
    if why not in set(LeftOut):
        raise InvalidInput("Choose why the call is left out.")
    why = LeftOut(why)
    _require_true(sampled, why)
    if why not in (LeftOut.OBJECTION, LeftOut.ERASED) and was_begun(sampled):
        raise Conflict("A call that somebody has begun to judge stays in the sample.")
    if not words:
        raise InvalidInput("Say in your own words why the call is left out.")
    if len(words) > MAX_REASON:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_REASON)
    dropped = len(sampled.judgements)
    sampled.judgements.clear()
    sampled.state, sampled.left_out, sampled.reason = SampleState.REPLACED, why, words
    sampled.replaced_at, sampled.replaced_by_id = utc_now(), viewer.user_id
    following, skipped = _next_reserve(audit, sampled)
    db.session.flush()
    log(
        viewer,
        "call_left_out",
        audit,
        call=sampled.call_id,
        position=sampled.position,
        reason=why.value,
        replaced_by=following.call_id if following else None,
        skipped=skipped,
        judgements_dropped=dropped,
    )
    return following


def abandon(viewer: Viewer, audit: Audit, reason: str) -> Audit:
    """Give a drawn audit up; it stays readable, with its reason.

    Raises:
        Conflict: it is not running.
        InvalidInput: no reason.
    """
    require_auditor(viewer, audit.campaign)
    lock(audit)
    require_running(audit)
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Say why the audit is given up.")
    if len(reason) > MAX_REASON:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_REASON)
    audit.state, audit.reason = AuditState.ABANDONED, reason
    audit.row_version += 1
    log(viewer, "abandoned", audit)
    db.session.flush()
    return audit


def close(viewer: Viewer, audit: Audit) -> Audit:
    """Say that every sampled call is judged: from now on there are results.

    Raises:
        Conflict: a call is still to be judged, or there is none.
    """
    require_auditor(viewer, audit.campaign)
    lock(audit)
    require_running(audit)
    sample = [one for one in audit.calls if one.state == SampleState.SAMPLED]
    left = sum(one.judged_at is None for one in sample)
    if left:
        raise Conflict("%(left)s calls of the sample are still to be judged.", left=left)
    if not sample:
        raise Conflict("No call is left in the sample: give the audit up, with the reason.")
    audit.state, audit.closed_at = AuditState.CLOSED, utc_now()
    audit.row_version += 1
    log(viewer, "closed", audit, judged=len(sample))
    for seat in audit.campaign.sponsor.seats:
        path, subject = f"/portal/audits/{audit.id}", f"audit:{audit.id}"
        notices.notify(seat.user_id, "audit.closed", subject, path, title=audit.title)
    db.session.flush()
    return audit


@on_purged
def forget_words(call: Call) -> None:
    """A call is erased: what people judged of it stays, what was said in it does not."""
    for sampled in db.session.query(AuditCall).where(AuditCall.call_id == call.id):
        for finding in sampled.judgements:
            finding.quote = finding.comment = ""
            finding.channel = finding.start_ms = finding.end_ms = None
    db.session.flush()


def _row(one: Drawn, position: int, state: SampleState) -> AuditCall:
    call = db.session.get_one(Call, one.call_id)
    return AuditCall(
        call_id=call.id,
        position=position,
        stratum=one.stratum,
        state=state,
        called_on=day_of(call.started_at),
        script_version_id=call.script_version_id,
    )


def _started(call_ids: list[int]) -> dict[str, str]:
    """When each call took place, in ISO 8601: what it is judged by depends on it."""
    rows = db.session.execute(select(Call.id, Call.started_at).where(Call.id.in_(call_ids)))
    return {str(call_id): started_at.isoformat() for call_id, started_at in rows}


def _require_true(sampled: AuditCall, why: LeftOut) -> None:
    """The reason is true of the call as everybody reads it.

    Raises:
        InvalidInput: it is not; what is to be done first.
    """
    call = sampled.call
    is_gone = call is None or call.deleted_at is not None
    if is_gone and why not in (LeftOut.ERASED, LeftOut.OBJECTION):
        raise InvalidInput("This call was erased or put aside: give that as the reason.")
    if why is LeftOut.ERASED and not is_gone:
        raise InvalidInput("This call is still there: put it aside first.")
    if call is None or is_gone or why is LeftOut.OBJECTION:
        return
    is_other_kind = call.kind != Kind.TARGET
    if why is LeftOut.WRONG_KIND and not is_other_kind:
        raise InvalidInput(
            "This call counts as a talk with the prospect. Correct its kind on the page of the "
            "call first."
        )
    if why is not LeftOut.WRONG_KIND and is_other_kind:
        raise InvalidInput("This call is of another kind: give that as the reason.")


def _next_reserve(audit: Audit, sampled: AuditCall) -> tuple[AuditCall | None, list[int]]:
    """The first of its stratum in reserve that can be heard takes the place; and positions of those
    before it that cannot. What an editor may change of a call, its kind or its outcome, passes none
    over: that would be a way to choose. Those passed over keep the reason.
    """
    objected = set(db.session.scalars(objections()))
    skipped: list[int] = []
    for following in audit.calls:
        if following.state != SampleState.RESERVE or following.stratum != sampled.stratum:
            continue
        reason = _why_not(following.call, objected)
        if reason is None:
            following.state, following.replaces = SampleState.SAMPLED, sampled.position
            following.left_out = None
            return following, skipped
        following.left_out = reason
        skipped.append(following.position)
    return None, skipped


def _why_not(call: Call | None, objected: set[int | None]) -> LeftOut | None:
    """Why a call in reserve cannot be judged; None: it can."""
    if call is None or call.deleted_at is not None:
        return LeftOut.ERASED
    if call.id in objected:
        return LeftOut.OBJECTION
    recording = call.recording
    has_audio = (
        recording is not None
        and recording.playback_id is not None
        and recording.audio_deleted_at is None
    )
    is_ready = call.state == CallState.READY and call.current_analysis_id is not None
    return None if has_audio and is_ready else LeftOut.INAUDIBLE
