"""Writes of the daily check: drawing, marking, judging, and leaving something out.

Operations flush and never commit.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.analysis.model import Cause, Valence
from callcoach.calls import operations as calls
from callcoach.calls.models import Call, Decision, TippingPoint, Verdict
from callcoach.calls.queries import turns_of
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.learning import drawing
from callcoach.learning.check_queries import candidates, is_checker, require_checker
from callcoach.learning.models import BlindMark, Check, CheckKind
from callcoach.tuning.queries import holds_back, standings_of

#: Part of a call that must be heard before its marks count: who leaves out the end would count as
#: missing what turns there. A tenth for ringing and another for the farewell may be skipped.
HEARD_LEAST = 0.8


class Passing(StrEnum):
    """Why a check is left out; each says something else of what is measured."""

    BAD_SOUND = "bad_sound"
    #: The call is known already, so that it would not be marked blind.
    KNOWN = "known"
    #: Its page was opened all the same.
    OPENED = "opened"


def draw(viewer: Viewer, *, now: datetime | None = None) -> list[Check]:
    """Put what is drawn for the viewer into their check. Drawing again adds only what is new.

    One at a time for each team: two supervisors, or two windows of one, never draw the same.

    Returns:
        What was added; nothing for those who have no daily check.
    """
    if not is_checker(viewer) or not viewer.team_ids:
        return []
    teams = select(Team.id).where(Team.id.in_(sorted(viewer.team_ids))).order_by(Team.id)
    # SQLite needs no lock: a transaction that means to write holds the database
    db.session.execute(teams.with_for_update(key_share=True)).all()
    now = now or utc_now()
    drawn = [
        Check(
            kind=found.kind,
            call_id=found.call_id,
            point_id=found.point_id,
            verdict_id=found.verdict_id,
            channel=found.channel,
            start_ms=found.start_ms,
            end_ms=found.end_ms,
            detector=found.detector,
            cause=found.cause,
            probability=found.probability,
            length_ms=found.length_ms,
            holder_id=viewer.user_id,
            drawn_at=now,
        )
        for found in candidates(viewer, now=now)
    ]
    db.session.add_all(drawn)
    db.session.flush()
    return drawn


def put_off(viewer: Viewer, check: Check, until: datetime) -> None:
    """Leave a check for later; nothing takes its place before.

    Raises:
        NotFound, Conflict: as `_hold`.
    """
    _hold(viewer, check)
    check.not_before = until
    db.session.flush()


def pass_over(viewer: Viewer, check: Check, reason: Passing | str) -> None:
    """Leave a check out for good; the log says why.

    Raises:
        NotFound, Conflict: as `_hold`.
        InvalidInput: not a reason.
    """
    try:
        why = Passing(reason)
    except ValueError:
        raise InvalidInput("Say why: bad sound, or a call that you know already.") from None
    _hold(viewer, check)
    check.done_at = utc_now()
    calls.log_access(viewer, "check.passed", check.call, check=check.id, reason=why.value)
    db.session.flush()


def take_up(viewer: Viewer, check: Check) -> None:
    """Undo `put_off` and `pass_over`; undoing twice changes nothing.

    Raises:
        NotFound: as `_hold`.
        Conflict: it was answered.
    """
    _lock(viewer, check)
    if is_answered(check):
        raise Conflict("This one was answered in between.")
    check.done_at = check.not_before = None
    db.session.flush()


def answer(viewer: Viewer, check: Check, decision: Decision | str) -> None:
    """Confirm or reject the moment of a check. A second opinion changes no verdict; any other one
    is a verdict, with the probability at which such a flag is shown.

    Raises:
        NotFound, Conflict: as `_hold`.
        InvalidInput: not a decision, or a whole call.
        StaleVersion, Conflict: a colleague judged the flag in between, otherwise or alike.
    """
    try:
        wanted = Decision(decision)
    except ValueError:
        raise InvalidInput("A moment is either confirmed or rejected.") from None
    if check.kind == CheckKind.BLIND:
        raise InvalidInput("A whole call is marked, not judged.")
    _lock_call(check)
    _hold(viewer, check)
    if check.kind == CheckKind.EXPLORE:
        if check.point is None:
            raise NotFound("This check is not there any more.")
        verdict = calls.judge(
            viewer,
            check.call,
            check.point,
            wanted,
            seen_verdict_id=0,
            display_probability=_probability(check.point, check),
        )
        if verdict.author_id != viewer.user_id:  # said the same: theirs, and not for us to undo
            raise Conflict("A colleague has judged this moment in between.")
        check.verdict_id = verdict.id
    check.decision, check.done_at = wanted, utc_now()
    calls.log_access(viewer, "check.answered", check.call, check=check.id)
    db.session.flush()


def take_back(viewer: Viewer, check: Check) -> None:
    """Undo `answer` of a drawn flag: the verdict goes, and the flag is to be judged again.

    Raises:
        NotFound: as `_hold`.
        Conflict: a colleague judged the flag again since, or it is a second opinion: that is given
            before one reads the first, and cannot be given again.
    """
    if check.kind != CheckKind.EXPLORE:
        raise Conflict("You have seen what your colleague said: your own word stands as given.")
    _lock_call(check)
    _lock(viewer, check)
    if check.decision is None:
        return
    verdict = db.session.get(Verdict, check.verdict_id) if check.verdict_id else None
    if verdict is not None:
        calls.withdraw_verdict(viewer, check.call, verdict)
    check.decision = check.done_at = check.verdict_id = None
    db.session.flush()


def add_mark(
    viewer: Viewer,
    check: Check,
    *,
    channel: int,
    start_ms: int,
    end_ms: int,
    valence: Valence | str,
    cause: Cause | str = "",
) -> BlindMark:
    """Mark a moment where the call turns.

    Args:
        channel: 0 or 1.
        start_ms, end_ms: half-open, within what is to be heard.
        cause: one of the valence, or "" when the listener does not name it.

    Raises:
        NotFound, Conflict: as `_hold`.
        InvalidInput: one of the arguments is out of range, or a flag is to be judged.
    """
    if check.kind != CheckKind.BLIND:
        raise InvalidInput("A moment is judged, not marked.")
    if channel not in (0, 1) or not 0 <= start_ms < end_ms <= check.length_ms:
        raise InvalidInput("The moment must lie within what is to be heard.")
    found, named = _valence_and_cause(valence, cause)
    _hold(viewer, check)
    mark = BlindMark(
        channel=channel, start_ms=start_ms, end_ms=end_ms, valence=found.value, cause=named
    )
    check.marks.append(mark)
    db.session.flush()
    return mark


def change_mark(
    viewer: Viewer, mark: BlindMark, *, valence: Valence | str, cause: Cause | str = ""
) -> None:
    """Say otherwise which way the call turns at a mark, or why; raises as `add_mark`."""
    found, named = _valence_and_cause(valence, cause)
    _hold(viewer, mark.check)
    mark.valence, mark.cause = found.value, named
    db.session.flush()


def remove_mark(viewer: Viewer, mark: BlindMark) -> None:
    """Take a mark away.

    Raises:
        NotFound, Conflict: as `_hold`.
    """
    _hold(viewer, mark.check)
    mark.check.marks.remove(mark)
    db.session.flush()


def finish_marking(viewer: Viewer, check: Check, heard: float) -> None:
    """Say that every moment is marked; from now on flags are shown, and marks stay as they are.

    Args:
        heard: part of the call that was played, 0 to 1, as the page counted it.

    Raises:
        NotFound, Conflict: as `_hold`.
        InvalidInput: less than `HEARD_LEAST` was heard, or what cannot be, or a flag is to be
            judged.
    """
    if check.kind != CheckKind.BLIND:
        raise InvalidInput("A moment is judged, not marked.")
    if not 0 <= heard <= 1:
        raise InvalidInput("Give a value from %(low)s to %(high)s.", low=0, high=1)
    if heard < HEARD_LEAST:
        raise InvalidInput(
            "%(heard)s %% of the call was heard; listen to %(least)s %% of it first.",
            heard=str(int(100 * heard)),
            least=str(round(100 * HEARD_LEAST)),
        )
    _hold(viewer, check)
    check.analysis_id, check.done_at = check.call.current_analysis_id, utc_now()
    calls.log_access(viewer, "check.answered", check.call, check=check.id)
    db.session.flush()


def keep_mark(viewer: Viewer, mark: BlindMark, cause: Cause | str = "") -> Verdict:
    """Make a confirmed moment of a mark that no flag covers; the cause is named now at the latest.

    Raises:
        NotFound, NotAllowed: the call is not the viewer's to judge.
        InvalidInput: no such cause, one of the other valence, or the call is still being marked.
    """
    check = mark.check
    _lock(viewer, check)
    if check.analysis_id is None:
        raise InvalidInput("Finish marking the call first.")
    _found, named = _valence_and_cause(mark.valence, cause or mark.cause)
    if not named:
        raise InvalidInput("Say which kind of moment it is.")
    return calls.mark_missed(
        viewer,
        check.call,
        channel=mark.channel,
        start_ms=mark.start_ms,
        end_ms=mark.end_ms,
        cause=named,
        quote=quote_of(check.call, mark),
    )


def judge_flag(
    viewer: Viewer, check: Check, point: TippingPoint, decision: Decision | str
) -> Verdict:
    """Confirm or reject a flag of a call that was marked blind.

    Raises:
        NotFound, NotAllowed, InvalidInput: as `calls.operations.judge`; the call is still being
            marked.
    """
    if check.analysis_id is None:
        raise InvalidInput("Finish marking the call first.")
    return calls.judge(viewer, check.call, point, decision)


def quote_of(call: Call, mark: BlindMark) -> str:
    """The recognised words that are spoken during a mark."""
    words = (
        word[0]
        for turn in turns_of(call)
        if turn.channel == mark.channel
        for word in turn.words
        if mark.start_ms <= (word[1] + word[2]) / 2 < mark.end_ms
    )
    return "".join(words).strip()


def is_answered(check: Check) -> bool:
    """Done, and not passed over."""
    return check.decision is not None or check.analysis_id is not None


def _valence_and_cause(valence: Valence | str, cause: Cause | str) -> tuple[Valence, str]:
    try:
        found, named = Valence(valence), Cause(cause) if cause else None
    except ValueError:
        raise InvalidInput("Say whether the call turns to the better or to the worse.") from None
    if named is not None and named.valence is not found:
        raise InvalidInput("This kind of moment turns a call the other way.")
    return found, named.value if named else ""


def _probability(point: TippingPoint, check: Check) -> float:
    """How likely the flag is to be judged as things stand: its kind may have been held back, or
    shown again, since it was drawn.
    """
    if not holds_back(standings_of(check.call.campaign_id), point):
        return 1.0
    return min(check.probability, drawing.EXPLORE_SHARE)


def _lock_call(check: Check) -> None:
    """The call's lock first, the check's second: as whoever judges takes them."""
    db.session.execute(select(Call.id).where(Call.id == check.call_id).with_for_update(of=Call))


def _lock(viewer: Viewer, check: Check) -> None:
    require_checker(viewer)
    db.session.flush()
    db.session.refresh(check, with_for_update={"of": Check})
    if check.holder_id != viewer.user_id:
        raise NotFound("This check is not there any more.")


def _hold(viewer: Viewer, check: Check) -> None:
    """Lock an open check of the viewer's.

    Raises:
        NotAllowed, NotFound: as `check_queries.get_check`.
        Conflict: it is done already.
    """
    _lock(viewer, check)
    if check.done_at is not None:
        raise Conflict("This one is done already.")
