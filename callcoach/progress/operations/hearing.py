"""What a person heard on a later call, and how a recheck ends and begins again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import AccessEvent
from callcoach.analysis.figures import UNITS
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call, Decision, Verdict
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.access import can_follow
from callcoach.progress.counting import Saying
from callcoach.progress.models import Heard, Recheck, RecheckListen, RecheckState, SignKind
from callcoach.progress.operations import following, pairs
from callcoach.progress.queries.rechecks import tally_of
from callcoach.progress.signs import Sign, is_flagged

#: Longest expression, in characters, as the column holds it.
MAX_EXPRESSION = 120


def hear(viewer: Viewer, listen: RecheckListen, heard: str) -> RecheckListen:
    """Say what was heard on a call. What had held and comes back is open again.

    Raises:
        NotFound, NotAllowed: the recheck is not the viewer's to follow.
        InvalidInput: not one of `Heard`.
        Conflict: somebody else heard it meanwhile.
    """
    recheck = listen.recheck
    require_follower(viewer, recheck)
    if listen.is_before:
        raise InvalidInput("What was before the note is counted, not heard again.")
    try:
        wanted = Heard(heard)
    except ValueError:
        raise InvalidInput("It came back, it held, or it did not arise.") from None
    _lock(recheck, listen)
    if listen.heard is not None and listen.heard_by_id not in (None, viewer.user_id):
        raise Conflict("Somebody else heard this call; only they take it back.")
    listen.heard = wanted
    listen.heard_by_id, listen.heard_at = viewer.user_id, utc_now()
    if wanted == Heard.CAME_BACK and recheck.state == RecheckState.HELD:
        _open_again(viewer, recheck, listen)
    elif wanted != Heard.CAME_BACK:
        _hold_again(recheck)
    record(viewer.user_id, "recheck.heard", subject_kind="recheck", subject_id=recheck.id)
    db.session.flush()
    return listen


def unhear(viewer: Viewer, listen: RecheckListen) -> RecheckListen:
    """Take back what was heard; a recheck that it had opened again is as it was.

    Raises:
        NotFound, NotAllowed: as `hear`.
        Conflict: somebody else heard it.
    """
    recheck = listen.recheck
    require_follower(viewer, recheck)
    _lock(recheck, listen)
    if listen.heard is not None and listen.heard_by_id != viewer.user_id:
        raise Conflict("Somebody else heard this call; only they take it back.")
    listen.heard = listen.heard_by_id = listen.heard_at = None
    _hold_again(recheck)
    db.session.flush()
    following.consider(recheck, listen.call)
    return listen


def follow_verdict(call: Call, verdict: Verdict) -> None:
    """A flag of a later call was judged: whoever confirms the cause has heard it come back; a
    rejected one no longer counts as found. What a person said of the call itself is not changed. A
    confirmation that is taken back, or becomes a rejection, was not heard.
    """
    listens = db.session.scalars(
        select(RecheckListen)
        .join(RecheckListen.recheck)
        .where(
            RecheckListen.call_id == call.id,
            RecheckListen.is_before.is_(False),
            Recheck.sign == SignKind.CAUSE,
            Recheck.subject == verdict.cause,
        )
    ).all()
    for listen in listens:
        _lock(listen.recheck, listen)
        was_heard = listen.heard is not None
        if was_heard and _confirmation(listen, at=listen.heard_at, in_force=False):
            listen.heard = listen.heard_by_id = listen.heard_at = None
        confirmed = _confirmation(listen) if listen.heard is None else None
        if confirmed is not None:
            listen.heard, listen.heard_at = Heard.CAME_BACK, confirmed.created_at
            listen.heard_by_id = confirmed.author_id
            listen.channel = confirmed.channel
            listen.start_ms, listen.end_ms = confirmed.start_ms, confirmed.end_ms
            if listen.recheck.state == RecheckState.HELD:
                _open_again(Viewer.system(), listen.recheck, listen)
        elif was_heard and listen.heard is None:
            _hold_again(listen.recheck)
    db.session.flush()
    following.follow_call(call)


def close(viewer: Viewer, recheck: Recheck, state: str) -> Recheck:
    """End a recheck with what was heard.

    Raises:
        NotFound, NotAllowed: as `hear`.
        InvalidInput: not a way to end.
        Conflict: the counts do not say so, or it has ended.
    """
    require_follower(viewer, recheck)
    try:
        wanted = RecheckState(state)
    except ValueError:
        raise InvalidInput("A recheck ends as held, as come back, or as too early.") from None
    if wanted is RecheckState.RUNNING:
        raise InvalidInput("A recheck ends as held, as come back, or as too early.")
    db.session.refresh(recheck, with_for_update={"of": Recheck, "key_share": True})
    if recheck.state != RecheckState.RUNNING:
        raise Conflict("This recheck has ended already.")
    saying = tally_of(recheck).saying
    if wanted is RecheckState.HELD and saying is not Saying.HELD:
        raise Conflict("Too few calls were heard to say that it holds.")
    if wanted is RecheckState.CAME_BACK and saying is not Saying.CAME_BACK:
        raise Conflict("Nobody has heard it come back.")
    recheck.state, recheck.closed_at = wanted, utc_now()
    recheck.closed_by_id = viewer.user_id
    record(viewer.user_id, "recheck.closed", subject_kind="recheck", subject_id=recheck.id)
    db.session.flush()
    if wanted is RecheckState.HELD:
        pairs.propose(recheck)
    return recheck


def reopen(viewer: Viewer, recheck: Recheck) -> Recheck:
    """Follow it again, as if it had not ended.

    Raises:
        NotFound, NotAllowed: as `hear`.
    """
    require_follower(viewer, recheck)
    recheck.state = RecheckState.RUNNING
    recheck.closed_at = recheck.closed_by_id = None
    record(viewer.user_id, "recheck.followed", subject_kind="recheck", subject_id=recheck.id)
    db.session.flush()
    following.gather(recheck)
    return recheck


def change_sign(viewer: Viewer, recheck: Recheck, sign: Sign) -> Recheck:
    """Say what would show that it came back; every call is looked at anew, what was heard stays.

    Raises:
        NotFound, NotAllowed: as `hear`.
        InvalidInput: it cannot be counted so.
    """
    require_follower(viewer, recheck)
    following.set_sign(recheck, checked(sign))
    db.session.flush()
    following.gather(recheck)
    return recheck


def checked(sign: Sign) -> Sign:
    """A sign without what its kind does not need.

    Raises:
        InvalidInput: an unknown cause or figure, an empty or long expression, or no bound.
    """
    subject = " ".join(sign.subject.split())
    if sign.kind == SignKind.CAUSE:
        if not is_flagged(subject):
            raise InvalidInput("Choose what it is about.", field="cause")
        return Sign(SignKind.CAUSE, subject)
    if sign.kind == SignKind.EXPRESSION:
        if not 1 < len(subject) <= MAX_EXPRESSION:
            raise InvalidInput("Write the expression as it was said.", field="expression")
        return Sign(SignKind.EXPRESSION, subject)
    if sign.kind == SignKind.FIGURE:
        if subject not in UNITS:
            raise InvalidInput("Choose a figure.", field="figure")
        if sign.bound is None:
            raise InvalidInput("Say from where on it counts, as a number.", field="bound")
        return Sign(SignKind.FIGURE, subject, sign.bound, sign.is_upper)
    return Sign(SignKind.EARS)


def add_by_hand(viewer: Viewer, recheck: Recheck, call: Call) -> RecheckListen:
    """Add a later call of the agent that no lot drew; it stands apart in every figure.

    Raises:
        NotFound, NotAllowed: as `hear`, or the call is not the viewer's to see.
        InvalidInput: it is another agent's, or took place before the note.
        Conflict: it is there already.
    """
    require_follower(viewer, recheck)
    if not can_read_call(viewer, call) or call.deleted_at is not None:
        raise NotFound("There is no such call.")
    if call.agent_id is None or call.agent_id != recheck.agent_id:
        raise InvalidInput("This call is another agent's.")
    if call.started_at < recheck.started_at or call.id == recheck.note.call_id:
        raise InvalidInput("Only calls after the note show what became of it.")
    if any(listen.call_id == call.id for listen in following.listens_of(recheck)):
        raise Conflict("This call is followed already.")
    listen = following.add_listen(recheck, call, is_before=False, is_drawn=False)
    following.consider(recheck, call)
    db.session.flush()
    return listen


def remove_by_hand(viewer: Viewer, listen: RecheckListen) -> None:
    """Take a call out that a person had added; raises as `hear`.

    Raises:
        Conflict: a lot drew it.
    """
    require_follower(viewer, listen.recheck)
    if listen.is_drawn:
        raise Conflict("This call came in by itself; it stays.")
    db.session.delete(listen)
    db.session.flush()


def require_follower(viewer: Viewer, recheck: Recheck) -> None:
    """Let pass who follows the note.

    Raises:
        NotFound: the note is not theirs to read, or was put aside.
        NotAllowed: it is, but following it is their supervisors' work.
    """
    note = recheck.note
    if note.deleted_at is not None or not can_read_call(viewer, note.call):
        raise NotFound("There is no such recheck.")
    if not can_follow(viewer, note, note.call):
        raise NotAllowed("Supervisors follow notes; ask yours.")


def _open_again(viewer: Viewer, recheck: Recheck, listen: RecheckListen) -> None:
    record(
        viewer.user_id,
        "recheck.reopened",
        subject_kind="recheck",
        subject_id=recheck.id,
        listen=listen.id,
        closed_by=recheck.closed_by_id,
        closed_at=recheck.closed_at.isoformat() if recheck.closed_at else "",
    )
    recheck.state = RecheckState.RUNNING
    recheck.closed_at = recheck.closed_by_id = None
    recheck.reopened += 1


def _hold_again(recheck: Recheck) -> None:
    """Nobody hears it come back any more: what a return had opened again holds as it did, unless
    somebody decided about it since.
    """
    db.session.flush()
    db.session.expire(recheck, ["listens"])
    opening = _opening(recheck)
    if opening is None or recheck.state != RecheckState.RUNNING:
        return
    if tally_of(recheck).saying is Saying.CAME_BACK:
        return
    closed_at = opening.detail.get("closed_at")
    recheck.state = RecheckState.HELD
    recheck.closed_at = datetime.fromisoformat(closed_at) if closed_at else utc_now()
    recheck.closed_by_id = opening.detail.get("closed_by")
    recheck.reopened = max(0, recheck.reopened - 1)
    db.session.delete(opening)


def _opening(recheck: Recheck) -> AccessEvent | None:
    """The line of the log that says that a return opened it again, as long as that is the last thing
    that happened to it.
    """
    last: AccessEvent | None = db.session.scalar(
        select(AccessEvent)
        .where(
            AccessEvent.action.in_(("recheck.reopened", "recheck.closed", "recheck.followed")),
            AccessEvent.subject_kind == "recheck",
            AccessEvent.subject_id == recheck.id,
        )
        .order_by(AccessEvent.id.desc())
        .limit(1)
    )
    return last if last is not None and last.action == "recheck.reopened" else None


def _confirmation(
    listen: RecheckListen, *, at: datetime | None = None, in_force: bool = True
) -> Verdict | None:
    """The latest confirmation of the recheck's cause on a call; given at `at`, when that is said.

    Args:
        in_force: else one that was taken back or replaced.
    """
    found = select(Verdict).where(
        Verdict.call_id == listen.call_id,
        Verdict.cause == listen.recheck.subject,
        Verdict.decision == Decision.CONFIRMED,
        Verdict.withdrawn_at.is_(None) if in_force else Verdict.withdrawn_at.is_not(None),
    )
    if at is not None:
        found = found.where(Verdict.created_at == at)
    latest: Verdict | None = db.session.scalar(found.order_by(Verdict.id.desc()).limit(1))
    return latest


def _lock(recheck: Recheck, listen: RecheckListen) -> None:
    """One ear at a time, who sees what the last one said."""
    db.session.flush()
    db.session.refresh(recheck, with_for_update={"of": Recheck, "key_share": True})
    db.session.refresh(listen)
