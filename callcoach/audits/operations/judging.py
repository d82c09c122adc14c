"""Judging a sampled call, promise by promise, before the machine's proposal is known.

While a call is open its judgements can be changed and taken back. Who then says that it is done is
shown what the machine proposed, and from there on a judgement can only be corrected: the first one
stays, since agreement between people and machine is only worth something between those two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent
from callcoach.analysis.claims import Standing
from callcoach.audits.blindness import seen_before
from callcoach.audits.frames import day_of
from callcoach.audits.models import AuditCall, Judgement, SampleState
from callcoach.audits.operations.rights import lock, log, require_auditor, require_running
from callcoach.audits.results import standings_of
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call
from callcoach.errors import Conflict, InvalidInput, NotAllowed
from callcoach.extensions import db, utc_now
from callcoach.promises.models import PromiseCheck, PromiseVersion
from callcoach.promises.queries import in_force_at

MAX_COMMENT = 2000
MAX_QUOTE = 2000

#: What the access log says of each judgement.
PROMISE_JUDGED = "promise_judged"
#: What was not said was said nowhere.
_NOWHERE = frozenset({Standing.OMITTED, Standing.NOT_APPLICABLE})
#: What was said otherwise, or although it must not be, was said somewhere: who reads the finding has
#: to hear it, or to be told.
_DEPARTS = frozenset({Standing.DISTORTED, Standing.OVERPROMISED})


@dataclass(frozen=True, slots=True)
class Place:
    """Where it was said; all None and "" for what was not said."""

    channel: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    quote: str = ""


def promises_of(sampled: AuditCall) -> list[PromiseVersion]:
    """What a sampled call is judged by: what was in force when it took place; none once erased."""
    call = sampled.call
    if call is None:
        return []
    return in_force_at(sampled.audit.campaign_id, moment_of(sampled, call))


def moment_of(sampled: AuditCall, call: Call) -> datetime:
    """When a call took place, as it was when it was drawn; of older draws as it is now."""
    written = sampled.audit.drawn_from.get("started", {}).get(str(call.id))
    return datetime.fromisoformat(written) if written else call.started_at


def judgement_of(sampled: AuditCall, version_id: int) -> Judgement | None:
    """What a person said of it, if anybody did."""
    found = (one for one in sampled.judgements if one.promise_version_id == version_id)
    return next(found, None)


def judge(
    viewer: Viewer,
    sampled: AuditCall,
    version_id: int,
    standing: Standing | str,
    *,
    place: Place | None = None,
    comment: str | None = None,
) -> Judgement:
    """Say how a call stands to one promise, or say it anew; what is None stays as it was.

    Raises:
        Conflict: the call is done, not in the sample, or the audit is not running.
        InvalidInput: no such standing, promise or place.
        NotAllowed: another supervisor's team made the call.
    """
    call = _open(viewer, sampled)
    version = next((one for one in promises_of(sampled) if one.id == version_id), None)
    if version is None:
        raise InvalidInput("This promise was not in force when the call took place.")
    require_standing(version, standing)
    if place is not None:
        _require_place(call, place)
    if comment is not None and len(comment) > MAX_COMMENT:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_COMMENT)
    found = judgement_of(sampled, version_id)
    if found is None:
        found = Judgement(promise_version_id=version_id)
        sampled.judgements.append(found)
    else:
        found.row_version += 1
    found.standing = Standing(standing)
    if found.standing in _NOWHERE:
        place = Place()
    if place is not None:
        found.channel, found.start_ms, found.end_ms = place.channel, place.start_ms, place.end_ms
        found.quote = place.quote.strip()
    if comment is not None:
        found.comment = comment.strip()
    found.judged_by_id, found.judged_at = viewer.user_id, utc_now()
    db.session.flush()
    _log_judgement(viewer, PROMISE_JUDGED, found)
    return found


def take_back(viewer: Viewer, sampled: AuditCall, version_id: int) -> None:
    """Undo a judgement of a call that is still open; nothing where there is none.

    Raises:
        Conflict: as `judge`.
        NotAllowed: as `judge`.
    """
    _open(viewer, sampled)
    found = judgement_of(sampled, version_id)
    if found is not None:
        _log_judgement(viewer, "judgement_taken_back", found)
        sampled.judgements.remove(found)
        db.session.flush()


def finish(viewer: Viewer, sampled: AuditCall) -> AuditCall:
    """Say that the call is done; from then on what the machine proposed is shown, and kept.

    Raises:
        Conflict: a promise is still to be judged, or something that departs from what was approved
            has neither words nor a comment; or as `judge`.
        NotAllowed: as `judge`.
    """
    call = _open(viewer, sampled)
    wanted = {version.id for version in promises_of(sampled)}
    left = len(wanted - {one.promise_version_id for one in sampled.judgements})
    if left:
        raise Conflict("%(left)s promises of this call are still to be judged.", left=left)
    if not wanted:
        raise Conflict("No promise was in force when the call took place: leave it out.")
    _require_grounds([one for one in sampled.judgements if one.promise_version_id in wanted])
    seen = seen_before(sampled.judgements)
    checks = {
        check.promise_version_id: check
        for check in db.session.query(PromiseCheck).where(PromiseCheck.call_id == call.id)
    }
    for found in list(sampled.judgements):
        if found.promise_version_id not in wanted:
            # a promise that was corrected to have begun later: nothing to judge there any more
            sampled.judgements.remove(found)
            continue
        check = checks.get(found.promise_version_id)
        if found.id in seen:
            continue  # not blind: it says nothing of how far people and machine agree
        if check is not None and check.transcript_id == call.current_transcript_id:
            found.machine, found.machine_confidence = check.standing, check.confidence
    sampled.judged_at = utc_now()
    db.session.flush()
    log(viewer, "call_judged", sampled.audit, call=call.id, position=sampled.position)
    return sampled


def correct(
    viewer: Viewer, found: Judgement, standing: Standing | str, reason: str, based_on: int
) -> Judgement:
    """Hold something else since the machine's proposal was shown. The first judgement stays.

    Raises:
        Conflict: the call is still open (there it is judged anew), the audit is not running, the
            finding was settled together, or somebody corrected it since.
        InvalidInput: no such standing, or no reason for another one than the first.
        NotAllowed: another supervisor's team made the call.
    """
    sampled = found.sampled
    _require_judge(viewer, sampled)
    lock(sampled.audit)
    db.session.refresh(found)
    require_running(sampled.audit)
    if sampled.judged_at is None:
        raise Conflict("This call is still being judged.")
    if found.settled is not None:
        raise Conflict("This finding was heard again by both sides; what came out stands.")
    if found.row_version != based_on:
        raise Conflict("Somebody changed this finding since you opened it. Look at it again.")
    require_standing(found.version, standing)
    standing, reason = Standing(standing), reason.strip()
    is_first = standing is Standing(found.standing)
    if not is_first and not reason:
        raise InvalidInput("Say why you see it otherwise now.")
    if len(reason) > MAX_COMMENT:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_COMMENT)
    before = found.final
    found.corrected = None if is_first else standing
    found.corrected_at = None if is_first else utc_now()
    if reason:
        found.comment = f"{found.comment}\n{reason}".strip()
    found.row_version += 1
    db.session.flush()
    log(
        viewer,
        "judgement_corrected",
        sampled.audit,
        judgement=found.id,
        position=sampled.position,
        before=before.value,
        after=standing.value,
    )
    return found


def was_begun(sampled: AuditCall) -> bool:
    """Whether anybody ever judged a promise of a drawn call, also if it was taken back since."""
    if sampled.judgements:
        return True
    written = db.session.query(AccessEvent).where(
        AccessEvent.action == f"audit.{PROMISE_JUDGED}",
        AccessEvent.subject_kind == "audit",
        AccessEvent.subject_id == sampled.audit_id,
    )
    return any(one.detail.get("position") == sampled.position for one in written)


def _log_judgement(viewer: Viewer, action: str, found: Judgement) -> None:
    log(
        viewer,
        action,
        found.sampled.audit,
        call=found.sampled.call_id,
        position=found.sampled.position,
        promise=found.promise_version_id,
        standing=Standing(found.standing).value,
    )


def _require_grounds(findings: Sequence[Judgement]) -> None:
    """Raises:
    Conflict: somebody is said to have departed from a promise, and nothing says by what.
    """
    for found in findings:
        if found.standing not in _DEPARTS or found.start_ms is not None or found.comment:
            continue
        raise Conflict(
            "“%(promise)s”: choose the words that depart from what was approved, or say it in a "
            "comment.",
            promise=found.version.text,
        )


def require_standing(version: PromiseVersion, standing: Standing | str) -> None:
    """Raises:
    InvalidInput: a statement of this kind cannot stand so.
    """
    if standing not in standings_of(version.kind):
        raise InvalidInput("Choose how the call stands to the promise.")


def _open(viewer: Viewer, sampled: AuditCall) -> Call:
    """The call, if the viewer may judge it now; nobody else changes its audit meanwhile."""
    _require_judge(viewer, sampled)
    lock(sampled.audit)
    db.session.refresh(sampled)
    require_running(sampled.audit)
    if sampled.state != SampleState.SAMPLED:
        raise Conflict("This call is not in the sample.")
    if sampled.judged_at is not None:
        raise Conflict("This call is done: its judgements can only be corrected.")
    if sampled.call is None or sampled.call.deleted_at is not None:
        raise Conflict("This call was erased or put aside: leave it out of the sample.")
    _require_as_drawn(sampled, sampled.call)
    return sampled.call


def _require_as_drawn(sampled: AuditCall, call: Call) -> None:
    """Another campaign has other promises, and another client; another day may have others.

    Raises:
        Conflict: the call was moved since it was drawn.
    """
    is_moved = sampled.called_on is not None and day_of(call.started_at) != sampled.called_on
    if is_moved or call.campaign_id != sampled.audit.campaign_id:
        raise Conflict(
            "The campaign or the day of this call was changed since it was drawn. "
            "Put it back on the page of the call; then judge it."
        )


def _require_judge(viewer: Viewer, sampled: AuditCall) -> None:
    require_auditor(viewer, sampled.audit.campaign)
    if sampled.call is not None and not can_read_call(viewer, sampled.call):
        raise NotAllowed("A supervisor of the team that made this call judges it.")


def _require_place(call: Call, place: Place) -> None:
    """Raises:
    InvalidInput: the place is not within the call, or only half given.
    """
    given = [place.channel, place.start_ms, place.end_ms]
    if place.start_ms is None or place.end_ms is None or place.channel is None:
        if any(one is not None for one in given) or place.quote.strip():
            raise InvalidInput("Choose the words in the transcript, or none.")
        return
    is_within = 0 <= place.start_ms < place.end_ms <= max(call.duration_ms, place.start_ms + 1)
    if place.channel not in (0, 1) or not is_within:
        raise InvalidInput("Choose the words in the transcript, or none.")
    if len(place.quote) > MAX_QUOTE:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_QUOTE)
