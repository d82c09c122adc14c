"""The feed's claims: a moment is served to one supervisor, kept while they listen, and done once.

A claim holds by a lease that its holder's page renews; a holder who leaves lets go of it, and one
who vanishes loses it when the lease ends. Two supervisors who ask at the same instant are told
apart by the database: one row for each flag and each request, and a lapsed one is taken over by a
conditional UPDATE that at most one of them wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, CursorResult, and_, case, or_, select, update
from sqlalchemy.exc import IntegrityError

from callcoach.accounts.access import Viewer
from callcoach.calls import operations as calls
from callcoach.calls.models import Call, Decision, DismissalReason, TippingPoint, Verdict
from callcoach.coaching.feed_order import Waiting
from callcoach.coaching.models import (
    FeedClaim,
    FeedOutcome,
    ListeningRequest,
    Note,
    RequestAnswer,
)
from callcoach.coaching.operations.notes import unsend_note
from callcoach.coaching.operations.requests import answer_request, reopen_request
from callcoach.coaching.queries.feed import FeedFilters, still_waits, waiting
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now

#: How long a claim holds without a sign of its page, which renews it every 20 s: two renewals may
#: be lost on a slow line, and a colleague waits a minute at most for what somebody left behind.
LEASE = timedelta(seconds=60)
#: How long it holds while its holder looks at the whole call, in another tab that says nothing.
KEPT_LEASE = timedelta(minutes=10)
#: A page holds the moment being heard, the next one, and what was just taken back.
MAX_HELD = 4


def claim_next(
    viewer: Viewer,
    filters: FeedFilters | None = None,
    count: int = 1,
    *,
    now: datetime | None = None,
) -> list[FeedClaim]:
    """Take the next moments that wait, `count` at most; fewer when fewer are to be had.

    Args:
        count: 1 to `MAX_HELD`.
        now: the time; the present by default.

    Raises:
        NotAllowed: the viewer does not judge.
        InvalidInput: `count` is out of range.
    """
    if not 1 <= count <= MAX_HELD:
        raise InvalidInput("The feed serves a few moments at a time.")
    now = now or utc_now()
    taken: list[FeedClaim] = []
    for item in waiting(viewer, filters, now=now):
        if len(taken) == count:
            break
        claim = _take(viewer, item, now)
        if claim is not None:
            calls.log_access(viewer, "moment.served", claim.call, claim=claim.id)
            taken.append(claim)
    db.session.flush()
    return taken


def renew(
    viewer: Viewer,
    claim_ids: Sequence[int],
    *,
    lease: timedelta = LEASE,
    now: datetime | None = None,
) -> list[int]:
    """Keep claims for another lease, never a shorter one than they have.

    Returns:
        The ids that the viewer still holds; one that lapsed is theirs again if nobody took it.
    """
    now = now or utc_now()
    until = now + lease
    longer = case((FeedClaim.lease_until > until, FeedClaim.lease_until), else_=until)
    held = _own_open(viewer, claim_ids)
    db.session.execute(
        update(FeedClaim)
        .where(held)
        .values(lease_until=longer)
        .execution_options(synchronize_session=False)
    )
    for claim in db.session.scalars(select(FeedClaim).where(held)):
        db.session.refresh(claim)
    return list(db.session.scalars(select(FeedClaim.id).where(held)))


def release(viewer: Viewer, claim_ids: Sequence[int], *, now: datetime | None = None) -> None:
    """Let go of claims: others are served these moments at once."""
    db.session.execute(
        update(FeedClaim)
        .where(_own_open(viewer, claim_ids))
        .values(lease_until=now or utc_now())
        .execution_options(synchronize_session="fetch")
    )


def finish(
    viewer: Viewer, claim: FeedClaim, outcome: FeedOutcome | str, *, now: datetime | None = None
) -> None:
    """Say what became of a moment; it is never served again. Saying the same twice changes nothing.

    A lapsed claim can still be finished while nobody else took it.

    Raises:
        InvalidInput: not an outcome.
        Conflict: somebody else has taken it, or it was finished otherwise.
    """
    try:
        wanted = FeedOutcome(outcome)
    except ValueError:
        raise InvalidInput("There is no such outcome.") from None
    changed = _update(
        FeedClaim.id == claim.id,
        FeedClaim.holder_id == viewer.user_id,
        FeedClaim.done_at.is_(None),
        values={"outcome": wanted, "done_at": now or utc_now()},
    )
    db.session.refresh(claim)
    if changed or (claim.holder_id == viewer.user_id and claim.outcome == wanted):
        return
    raise Conflict("Somebody else has taken this moment in between.")


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging a moment of the feed came to.

    Args:
        verdict: the one in force now.
        is_theirs: somebody else had judged it first; the claim is finished as passed.
    """

    verdict: Verdict
    is_theirs: bool


def judge_claim(
    viewer: Viewer, claim: FeedClaim, decision: Decision | str, *, now: datetime | None = None
) -> Judged:
    """Confirm or reject the flag that was served, and finish the claim.

    Raises:
        NotFound, NotAllowed: as `callcoach.calls.operations.judge`, or its flag is gone.
        InvalidInput: not a decision, or a request was served.
        Conflict: as `finish`.
    """
    if claim.request_id is not None:
        raise InvalidInput("An agent's request is answered, not judged.")
    if claim.point is None:
        raise NotFound("There is no such moment.")
    # The call's lock first, the claim's second: as whoever claims takes them
    calls.require_judge(viewer, claim.call)
    db.session.execute(select(Call.id).where(Call.id == claim.call_id).with_for_update(of=Call))
    db.session.refresh(claim.point, ["verdict_id"])
    current = claim.point.verdict
    if current is not None and current.withdrawn_at is None and current.author_id != viewer.user_id:
        finish(viewer, claim, FeedOutcome.PASSED, now=now)
        return Judged(current, is_theirs=True)
    try:
        # After a new analysis the verdict in force stands on another flag than the one served
        seen = current.id if current is not None and current.withdrawn_at is None else 0
        verdict = calls.judge(viewer, claim.call, claim.point, decision, seen_verdict_id=seen)
    except StaleVersion as error:
        verdict_id = int(error.values["verdict_id"])
        verdict = db.session.get_one(Verdict, verdict_id)
    if verdict.author_id != viewer.user_id:
        finish(viewer, claim, FeedOutcome.PASSED, now=now)
        return Judged(verdict, is_theirs=True)
    finish(viewer, claim, FeedOutcome(verdict.decision.value), now=now)
    return Judged(verdict, is_theirs=False)


def answer_claim(
    viewer: Viewer,
    claim: FeedClaim,
    answer: RequestAnswer | str,
    *,
    text: str = "",
    now: datetime | None = None,
) -> ListeningRequest | None:
    """Answer the request that was served, and finish the claim.

    Returns:
        The request; None when somebody else had answered it first, and the claim is finished as
        passed.

    Raises:
        NotFound, NotAllowed, InvalidInput: as `answer_request`, or a flag was served.
        Conflict: as `finish`.
    """
    request = claim.request
    if request is None:
        raise InvalidInput("This moment is judged, not answered.")
    calls.require_judge(viewer, request.call)
    db.session.refresh(request, with_for_update={"of": ListeningRequest})
    if request.answered_at is not None and request.answered_by_id != viewer.user_id:
        finish(viewer, claim, FeedOutcome.PASSED, now=now)
        return None
    answer_request(viewer, request, answer, text=text)
    outcome = {
        RequestAnswer.TURNS_HERE: FeedOutcome.CONFIRMED,
        RequestAnswer.NOT_HERE: FeedOutcome.REJECTED,
    }.get(RequestAnswer(answer), FeedOutcome.ANSWERED)
    finish(viewer, claim, outcome, now=now)
    return request


def note_claim(
    viewer: Viewer, claim: FeedClaim, note: Note, *, now: datetime | None = None
) -> None:
    """Finish a claim by the note that was sent on it; a note answers a request.

    Raises:
        NotFound: the note is another call's, somebody else's, or was not sent.
        Conflict: as `finish`.
    """
    is_own = note.call_id == claim.call_id and note.author_id == viewer.user_id
    if not is_own or note.is_draft or note.deleted_at is not None:
        raise NotFound("There is no such note.")
    if claim.request is not None and claim.request.note_id != note.id:
        answer_request(viewer, claim.request, RequestAnswer.NOTED, note=note)
    finish(viewer, claim, FeedOutcome.NOTED, now=now)


def reopen(viewer: Viewer, claim: FeedClaim, *, now: datetime | None = None) -> None:
    """Undo what became of a moment: the verdict, the answer or the note that finished it is taken
    back, and the viewer holds it again. Undoing twice changes nothing.

    Raises:
        Conflict: somebody judged it again since, or the agent has read the answer or the note.
    """
    if claim.done_at is None:
        renew(viewer, [claim.id], now=now)
        return
    if claim.outcome == FeedOutcome.NOTED:
        _take_note_back(viewer, claim)
    if claim.request is not None:
        gave_answer = claim.outcome != FeedOutcome.PASSED
        if gave_answer and claim.request.answered_by_id == viewer.user_id:
            reopen_request(viewer, claim.request)
    else:
        _take_verdict_back(viewer, claim)
    now = now or utc_now()
    changed = _update(
        FeedClaim.id == claim.id,
        FeedClaim.holder_id == viewer.user_id,
        FeedClaim.done_at.is_not(None),
        values={"outcome": None, "done_at": None, "lease_until": now + LEASE},
    )
    db.session.refresh(claim)
    if not changed:
        raise Conflict("Somebody else has taken this moment in between.")


def say_why(viewer: Viewer, claim: FeedClaim, reason: DismissalReason | str) -> None:
    """Give the reason of the rejection that finished a claim; "" takes it back.

    Raises:
        NotFound: the viewer's verdict on it is not in force (any more).
        NotFound, NotAllowed, InvalidInput, Conflict: as `callcoach.calls.operations.set_reason`.
    """
    given = _given_verdict(viewer, claim)
    if given is None or claim.outcome != FeedOutcome.REJECTED:
        raise NotFound("There is no rejection of yours to explain.")
    calls.set_reason(viewer, claim.call, given, reason)


def _take_verdict_back(viewer: Viewer, claim: FeedClaim) -> None:
    """Withdraw the verdict that was given on the moment since it was served."""
    if claim.outcome not in (FeedOutcome.CONFIRMED, FeedOutcome.REJECTED):
        return
    given = _given_verdict(viewer, claim)
    if given is not None:
        calls.withdraw_verdict(viewer, claim.call, given)


def _given_verdict(viewer: Viewer, claim: FeedClaim) -> Verdict | None:
    """The viewer's verdict in force on the moment, given since it was served."""
    found: Verdict | None = db.session.scalar(
        select(Verdict)
        .where(
            Verdict.call_id == claim.call_id,
            Verdict.author_id == viewer.user_id,
            Verdict.channel == claim.channel,
            Verdict.start_ms == claim.start_ms,
            Verdict.cause == claim.cause,
            Verdict.created_at >= claim.claimed_at,
            Verdict.withdrawn_at.is_(None),
        )
        .order_by(Verdict.id.desc())
        .limit(1)
    )
    return found


def _take_note_back(viewer: Viewer, claim: FeedClaim) -> None:
    """Make a draft again of the note that was sent on the moment since it was served."""
    if claim.request is not None:
        note = claim.request.note
    else:
        note = db.session.scalar(
            select(Note)
            .where(
                Note.call_id == claim.call_id,
                Note.author_id == viewer.user_id,
                Note.point_id == claim.point_id,
                Note.sent_at >= claim.claimed_at,
                Note.deleted_at.is_(None),
            )
            .order_by(Note.sent_at.desc())
            .limit(1)
        )
    if note is not None and note.deleted_at is None and not note.is_draft:
        unsend_note(viewer, claim.call, note)


def _take(viewer: Viewer, item: Waiting, now: datetime) -> FeedClaim | None:
    """Claim one thing that waits; None when somebody else was quicker."""
    if not _lock(item) or not still_waits(viewer, item, now=now):
        return None
    key = (
        FeedClaim.request_id == item.request_id
        if item.is_request
        else FeedClaim.point_id == item.point_id
    )
    facts = {
        "holder_id": viewer.user_id,
        "claimed_at": now,
        "lease_until": now + LEASE,
        "outcome": None,
        "done_at": None,
        "channel": item.channel,
        "start_ms": item.start_ms,
        "end_ms": item.end_ms,
        "cause": item.cause,
    }
    earlier = db.session.scalar(select(FeedClaim).where(key))
    if earlier is not None:
        lapsed = and_(FeedClaim.done_at.is_(None), FeedClaim.lease_until <= now)
        # Only requests are served again; whether one that is done waits, was asked above
        over = or_(lapsed, FeedClaim.done_at.is_not(None)) if item.is_request else lapsed
        seen = FeedClaim.claimed_at == earlier.claimed_at
        if not _update(FeedClaim.id == earlier.id, over, seen, values=facts):
            return None
        db.session.refresh(earlier)
        return earlier
    claim = FeedClaim(
        call_id=item.call_id,
        point_id=item.point_id or None,
        request_id=item.request_id or None,
        **facts,
    )
    try:
        with db.session.begin_nested():
            db.session.add(claim)
    except IntegrityError:
        return None  # claimed in the same instant: the row that is there decides
    return claim


def _lock(item: Waiting) -> bool:
    """Hold what is to be claimed until the end of the transaction; false when somebody else works
    on it right now, who is not waited for: two that wait for each other would both fail.

    SQLite has no row locks and needs none: a transaction that means to write holds the database.
    """
    call = (
        select(Call.id)
        .where(Call.id == item.call_id)
        .with_for_update(of=Call, read=True, key_share=True, skip_locked=True)
    )
    thing = (
        select(ListeningRequest.id).where(ListeningRequest.id == item.request_id)
        if item.is_request
        else select(TippingPoint.id).where(TippingPoint.id == item.point_id)
    )
    return (
        db.session.scalar(call) is not None
        and db.session.scalar(thing.with_for_update(skip_locked=True)) is not None
    )


def _own_open(viewer: Viewer, claim_ids: Sequence[int]) -> ColumnElement[bool]:
    return and_(
        FeedClaim.id.in_(list(claim_ids)),
        FeedClaim.holder_id == viewer.user_id,
        FeedClaim.done_at.is_(None),
    )


def _update(*conditions: ColumnElement[bool], values: Mapping[str, object]) -> bool:
    """Change the one claim that meets the conditions; false when none does."""
    result = db.session.execute(
        update(FeedClaim)
        .where(*conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return bool(result.rowcount == 1)
