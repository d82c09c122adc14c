"""An agent sees a note or a confirmed flag otherwise and says so; a supervisor keeps it, accepts or
rewrites.

That nobody disputes a note says nothing: there is no operation here that reads agreement from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.analysis.model import Valence
from callcoach.calls import operations as calls
from callcoach.calls import queries
from callcoach.calls.events import on_judged
from callcoach.calls.judging import same_among
from callcoach.calls.models import Call, Decision, Verdict
from callcoach.calls.operations.judging import (
    lock_moments,
    put_in_force,
    verdicts_in_force,
)
from callcoach.coaching.access import can_acknowledge_note, can_edit_note
from callcoach.coaching.dispute_access import can_answer_dispute, can_dispute_on, can_read_dispute
from callcoach.coaching.events import on_note_changed, on_note_sent
from callcoach.coaching.models import Dispute, DisputeState, Note, Visibility
from callcoach.coaching.note_moments import Span, span_at
from callcoach.coaching.operations import dispute_telling as telling
from callcoach.coaching.operations import notes
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices

#: Longest reasoning and longest answer, in characters.
MAX_LENGTH = 2000
#: What is played around a flag or a counter-moment: what led to it, and what came of it.
LEAD_IN_MS, LEAD_OUT_MS = notes.LEAD_IN_MS, notes.LEAD_OUT_MS


@dataclass(frozen=True, slots=True)
class Counter:
    """A moment that an agent puts beside the disputed one, in one of their own calls."""

    call: Call
    start_ms: int
    end_ms: int


def counter_at(viewer: Viewer, call: Call, at_ms: int) -> Counter:
    """What was being said at a place of a call that the viewer may read.

    Raises:
        InvalidInput: the call has ended by then.
    """
    if not 0 <= at_ms < max(call.duration_ms, 1):
        raise InvalidInput("The call lasts less long than that.", field="at")
    span: Span = span_at(queries.turns_of(call), at_ms, call.duration_ms)
    return Counter(call, span.start_ms, span.end_ms)


def due_at(call: Call, now: datetime) -> datetime:
    """By when what is said now is to be answered: hours of the clock, so that the time told to both
    sides is the time meant.
    """
    return now + timedelta(hours=call.campaign.dispute_hours)


def open_dispute(
    viewer: Viewer,
    call: Call,
    about: Note | Verdict,
    text: str,
    *,
    counter: Counter | None = None,
) -> Dispute:
    """Say that one sees a note, or a confirmed negative flag, otherwise. Said again before anybody
    answered, the first one is returned as it is.

    Args:
        about: a note for the viewer, or the confirmation of a negative flag in force.
        text: why, or what the context was.
        counter: a moment that shows it, of this call or of another of the viewer's.

    Raises:
        NotFound: the note or flag is not the viewer's to read.
        InvalidInput: nothing was written, or too much.
        Conflict: it was answered, and says the same since.
    """
    lock_moments(call)
    db.session.refresh(about, with_for_update={"of": type(about)})
    _require_disputable(viewer, call, about)
    text = _written(text, "Write how you see it, or what the context was.")
    known = _disputes_about(about)
    standing = next((each for each in known if each.state == DisputeState.OPEN), None)
    if standing is not None:
        return standing
    if any(each.state == DisputeState.KEPT for each in known) and not _was_rewritten(known):
        raise Conflict("Your supervisor has answered this; go on in the answers under the note.")
    if counter is not None and not can_dispute_on(viewer, counter.call):
        raise NotFound("There is no such call.")
    now = utc_now()
    dispute = Dispute(
        call_id=call.id,
        agent_id=viewer.user_id,
        note_id=about.id if isinstance(about, Note) else None,
        verdict_id=about.id if isinstance(about, Verdict) else None,
        text=text,
        counter_call_id=counter.call.id if counter else None,
        counter_start_ms=counter.start_ms if counter else None,
        counter_end_ms=counter.end_ms if counter else None,
        created_at=now,
        due_at=due_at(call, now),
    )
    db.session.add(dispute)
    if isinstance(about, Note):
        about.read_at = about.read_at or now  # whoever disputes it has read it
    db.session.flush()
    record(viewer.user_id, "dispute.opened", subject_kind="dispute", subject_id=dispute.id)
    telling.dispute_opened(viewer, dispute)
    return dispute


def withdraw_dispute(viewer: Viewer, dispute: Dispute) -> Dispute:
    """Take it back, before anybody answered. Twice is once.

    Raises:
        NotFound: it is not the viewer's.
        Conflict: it was answered.
    """
    _require_own(viewer, dispute)
    if dispute.state == DisputeState.WITHDRAWN:
        return dispute
    if dispute.state != DisputeState.OPEN:
        raise Conflict("Your supervisor has answered in between.")
    dispute.state = DisputeState.WITHDRAWN
    record(viewer.user_id, "dispute.withdrawn", subject_kind="dispute", subject_id=dispute.id)
    telling.dispute_closed(dispute)
    db.session.flush()
    return dispute


def restore_dispute(viewer: Viewer, dispute: Dispute) -> Dispute:
    """Undo `withdraw_dispute`: it waits again, for the time it had.

    Raises:
        NotFound: it is not the viewer's, or what it is about is not there any more.
        Conflict: another one on the same thing waits.
    """
    _require_own(viewer, dispute)
    if dispute.state != DisputeState.WITHDRAWN:
        return dispute
    about = dispute.note or dispute.verdict
    if about is None:
        raise NotFound("There is no such note.")
    _require_disputable(viewer, dispute.call, about)
    if any(each.state == DisputeState.OPEN for each in _disputes_about(about)):
        raise Conflict("You have said it anew in between.")
    dispute.state = DisputeState.OPEN
    record(viewer.user_id, "dispute.restored", subject_kind="dispute", subject_id=dispute.id)
    telling.dispute_opened(viewer, dispute)
    db.session.flush()
    return dispute


def keep(viewer: Viewer, dispute: Dispute, reason: str) -> Dispute:
    """It stays as it was; the agent is told why. Also after the time was up.

    Raises:
        NotFound, NotAllowed: outside the viewer's scope, or not theirs to answer.
        InvalidInput: no reason, or too long a one.
        Conflict: it was answered or taken back.
    """
    _require_answer(viewer, dispute)
    _answer(viewer.user_id, dispute, DisputeState.KEPT, _written(reason, "Say why it stays."))
    return dispute


def accept(
    viewer: Viewer, dispute: Dispute, answer: str = "", *, rejects_flag: bool = False
) -> Dispute:
    """The agent is right: the note is put aside, or the flag rejected.

    Args:
        answer: a word to the agent; may be empty.
        rejects_flag: of a note that confirmed a flag, the flag goes too.

    Raises:
        As `keep`.
    """
    _require_answer(viewer, dispute)
    answer = _written(answer, "") if answer.strip() else ""
    _answer(viewer.user_id, dispute, DisputeState.ACCEPTED, answer)
    call, note = dispute.call, dispute.note
    if note is not None:
        notes.delete_note(viewer, call, note)
        if rejects_flag and is_negative(note.verdict):
            _reject(viewer, call, note.verdict)
    elif dispute.verdict is not None:
        _reject(viewer, call, dispute.verdict)
    db.session.flush()
    return dispute


def reopen(viewer: Viewer, dispute: Dispute) -> Dispute:
    """Undo an answer: what it put aside is back, and the agent waits again.

    Raises:
        NotFound, NotAllowed: as `keep`.
        Conflict: the agent has read the answer, or it is a new text: that is changed in the note.
    """
    _require_judging(viewer, dispute)
    if dispute.state == DisputeState.OPEN:
        return dispute
    if dispute.state not in (DisputeState.KEPT, DisputeState.ACCEPTED):
        raise Conflict("This answer cannot be taken back.")
    if dispute.seen_at is not None:
        raise Conflict("The agent has read your answer; write under the note instead.")
    was_accepted = dispute.state == DisputeState.ACCEPTED
    since = dispute.answered_at
    _open_again(dispute)
    if was_accepted:
        verdict = dispute.verdict
        if dispute.note is not None:
            notes.restore_note(viewer, dispute.call, dispute.note)
            verdict = dispute.note.verdict
        if _was_withdrawn_since(verdict, since):
            _put_back(viewer, dispute.call, verdict)
    record(viewer.user_id, "dispute.reopened", subject_kind="dispute", subject_id=dispute.id)
    db.session.flush()
    return dispute


def mark_answers_seen(viewer: Viewer, disputes: Iterable[Dispute]) -> None:
    """The agent has these answers before them; those of others are passed over."""
    for dispute in disputes:
        if dispute.agent_id != viewer.user_id:
            continue
        notices.mark_subject_seen(viewer, telling.subject_of(dispute))
        if dispute.answered_at is not None:
            dispute.seen_at = dispute.seen_at or utc_now()
    db.session.flush()


def mark_known(viewer: Viewer, disputes: Iterable[Dispute]) -> None:
    """A supervisor has these before them."""
    for dispute in disputes:
        notices.mark_subject_seen(viewer, telling.subject_of(dispute))


def is_negative(verdict: Verdict | None) -> bool:
    """A confirmed flag that an agent can see otherwise: in force, and about something to change."""
    return (
        verdict is not None
        and verdict.withdrawn_at is None
        and verdict.decision == Decision.CONFIRMED
        and verdict.valence == Valence.NEGATIVE
    )


@on_note_changed
def _follow_note(note: Note, says_else: bool) -> None:
    """A disputed note that says something else now answers; so does one that was put aside, and
    bringing it back takes that answer back.
    """
    is_gone = note.deleted_at is not None or note.visibility == Visibility.PRIVATE
    for dispute in _disputes_about(note):
        if dispute.state == DisputeState.OPEN and is_gone:
            by_id = note.updated_by_id if note.deleted_at is None else None
            _answer(by_id, dispute, DisputeState.ACCEPTED, "")
        elif dispute.state == DisputeState.OPEN and says_else:
            _answer(note.updated_by_id, dispute, DisputeState.REWRITTEN, "")
        elif dispute.state == DisputeState.ACCEPTED and not is_gone:
            _open_again(dispute)
    if note.is_draft:
        _follow_notes_on_flags(note)


@on_note_sent
def _follow_sent_note(note: Note) -> None:
    """A note on a disputed flag says it otherwise."""
    if note.verdict is None or note.visibility == Visibility.PRIVATE:
        return
    for dispute in _disputes_about(note.verdict):
        if dispute.state == DisputeState.OPEN:
            _answer(note.author_id, dispute, DisputeState.REWRITTEN, "")


def _follow_notes_on_flags(note: Note) -> None:
    """The note that answered for a flag was taken back."""
    rewritten = db.session.scalars(
        select(Dispute).where(
            Dispute.call_id == note.call_id,
            Dispute.verdict_id.is_not(None),
            Dispute.state == DisputeState.REWRITTEN,
        )
    ).all()
    for dispute in rewritten:
        told = db.session.scalar(
            select(Note.id).where(
                Note.verdict_id == dispute.verdict_id,
                Note.sent_at >= dispute.created_at,
                Note.deleted_at.is_(None),
            )
        )
        if told is None:
            _open_again(dispute)


@on_judged
def _follow_verdict(call: Call, verdict: Verdict) -> None:
    """A disputed flag that is rejected on its card is accepted thereby; undoing that undoes it."""
    found = db.session.scalars(
        select(Dispute).where(Dispute.call_id == call.id, Dispute.verdict_id.is_not(None))
    ).all()
    for dispute in found:
        about = dispute.verdict
        if about is None:
            continue
        if dispute.state == DisputeState.OPEN and about.withdrawn_at is not None:
            by_id = verdict.author_id if verdict.id != about.id else None
            _answer(by_id, dispute, DisputeState.ACCEPTED, "")
        elif dispute.state == DisputeState.ACCEPTED and is_negative(about):
            _open_again(dispute)


def _answer(by_id: int | None, dispute: Dispute, state: DisputeState, answer: str) -> None:
    dispute.state = state
    dispute.answer = answer
    dispute.answered_by_id = by_id
    dispute.answered_at = utc_now()
    dispute.seen_at = None
    db.session.flush()
    record(by_id, f"dispute.{state.value}", subject_kind="dispute", subject_id=dispute.id)
    telling.dispute_answered(by_id, dispute)


def _open_again(dispute: Dispute) -> None:
    dispute.state = DisputeState.OPEN
    dispute.answer = ""
    dispute.answered_by_id = dispute.answered_at = dispute.seen_at = None
    db.session.flush()
    telling.answer_undone(dispute)


def _reject(viewer: Viewer, call: Call, verdict: Verdict | None) -> None:
    """Reject the flag that the verdict confirmed; without a flag in today's analysis, the
    confirmation is taken back.
    """
    if verdict is None or verdict.withdrawn_at is not None:
        return
    points = call.current_analysis.tipping_points if call.current_analysis else []
    point = next((each for each in points if each.verdict_id == verdict.id), None)
    if point is not None:
        calls.judge(viewer, call, point, Decision.REJECTED)
    else:
        calls.withdraw_verdict(viewer, call, verdict)


def _was_withdrawn_since(verdict: Verdict | None, since: datetime | None) -> TypeGuard[Verdict]:
    return (
        verdict is not None
        and verdict.withdrawn_at is not None
        and since is not None
        and verdict.withdrawn_at >= since
    )


def _put_back(viewer: Viewer, call: Call, verdict: Verdict) -> None:
    """Undo `_reject`."""
    rejection = db.session.scalar(
        select(Verdict).where(Verdict.replaces_id == verdict.id, Verdict.withdrawn_at.is_(None))
    )
    if rejection is not None:
        calls.withdraw_verdict(viewer, call, rejection)
        return
    lock_moments(call)
    if same_among(verdicts_in_force(call.id), verdict) is not None:
        raise Conflict("This moment was judged again in between; undo that first.")
    verdict.withdrawn_at = None
    put_in_force(viewer, call, verdict, "moment.confirmed", replaces=None)


def _disputes_about(about: Note | Verdict) -> list[Dispute]:
    """All on one thing, oldest first."""
    column = Dispute.note_id if isinstance(about, Note) else Dispute.verdict_id
    return list(
        db.session.scalars(select(Dispute).where(column == about.id).order_by(Dispute.id)).all()
    )


def _was_rewritten(known: Iterable[Dispute]) -> bool:
    """The last answer was a new text: that is something else to see otherwise."""
    answered = [each for each in known if each.answered_at is not None]
    return bool(answered) and answered[-1].state == DisputeState.REWRITTEN


def _require_disputable(viewer: Viewer, call: Call, about: Note | Verdict) -> None:
    if about.call_id != call.id or call.deleted_at is not None or not can_dispute_on(viewer, call):
        raise NotFound("There is no such note.")
    if isinstance(about, Note):
        if about.deleted_at is not None or not can_acknowledge_note(viewer, about, call):
            raise NotFound("There is no such note.")
    elif not is_negative(about):
        raise NotFound("There is no such moment.")


def _require_own(viewer: Viewer, dispute: Dispute) -> None:
    db.session.refresh(dispute, with_for_update={"of": Dispute})
    if dispute.agent_id != viewer.user_id or not can_dispute_on(viewer, dispute.call):
        raise NotFound("There is no such answer.")


def _require_judging(viewer: Viewer, dispute: Dispute) -> None:
    db.session.refresh(dispute, with_for_update={"of": Dispute})
    call = dispute.call
    if call.deleted_at is not None or not can_read_dispute(viewer, dispute, call):
        raise NotFound("There is no such answer.")
    if not can_answer_dispute(viewer, call):
        raise NotAllowed("Supervisors answer this; it is theirs.")
    if dispute.note is not None and not can_edit_note(viewer, dispute.note, call):
        raise NotAllowed("Supervisors answer this; it is theirs.")


def _require_answer(viewer: Viewer, dispute: Dispute) -> None:
    _require_judging(viewer, dispute)
    if dispute.state != DisputeState.OPEN:
        raise Conflict("This was answered or taken back in between; reload the page.")


def _written(text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(missing, field="text")
    if len(text) > MAX_LENGTH:
        raise InvalidInput("Keep it to %(limit)s characters.", limit=MAX_LENGTH, field="text")
    return text
