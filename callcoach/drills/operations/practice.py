"""Doing a drill: takes that are the agent's alone, and the try that is sent.

A take is deleted with its file when it is retaken or discarded, and a day later at the latest;
what was sent is kept for `KEPT_SENT`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.calls.mapping import context_of
from callcoach.drills import subjects
from callcoach.drills.access import can_practise
from callcoach.drills.measuring import measure_text
from callcoach.drills.models import Answer, Assignment, Attempt, AttemptState, DrillKind, DrillStep
from callcoach.drills.operations.assigning import subject_of
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.notices.operations import notify
from callcoach.storage import StoredContent
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import delete_file, register_derived

#: A take that was not sent is of no use the next day, and a voice is kept no longer than needed.
KEPT_TAKE = timedelta(hours=24)
#: Sound of a try that was sent: as long as recordings of calls may be kept (CNIL, six months); by
#: then it was marked, and what it taught is in the words.
KEPT_SENT = timedelta(days=180)
#: Longest take, seconds: an answer on the telephone, not a speech.
MAX_TAKE_S = 180
#: Of the upload; a minute of Opus at 24 kbit/s is 0.2 MB, of uncompressed sound 5.
MAX_TAKE_BYTES = 12_000_000
#: Longest typed answer, characters.
MAX_TEXT = 2000
#: Most taps in a drill of the ear, and so in an answer.
MAX_TAPS = 20


@dataclass(frozen=True, slots=True)
class Reply:
    """What was typed or tapped at one step; `taps` in milliseconds of the call."""

    text: str = ""
    taps: Sequence[int] = field(default_factory=tuple)


def open_take(viewer: Viewer, assignment: Assignment) -> Attempt:
    """The try under way, begun when there is none.

    Raises:
        NotFound: the assignment is not the viewer's, or was taken back.
    """
    _lock_own(viewer, assignment)
    attempt = find_take(assignment)
    if attempt is None:
        attempt = Attempt(assignment_id=assignment.id, state=AttemptState.TAKE)
        db.session.add(attempt)
        db.session.flush()
    return attempt


def find_take(assignment: Assignment) -> Attempt | None:
    """The try under way; None when there is none."""
    return db.session.scalar(
        select(Attempt)
        .where(Attempt.assignment_id == assignment.id, Attempt.state == AttemptState.TAKE)
        .order_by(Attempt.id)
        .limit(1)
    )


def keep_take(
    viewer: Viewer,
    assignment: Assignment,
    step: DrillStep,
    content: StoredContent,
    duration_ms: int,
) -> Answer:
    """Keep what was said at a step, over an earlier take, whose file goes.

    Raises:
        NotFound: as `open_take`, or the step is of another drill.
    """
    attempt = open_take(viewer, assignment)
    require_step(assignment, step)
    answer = _answer(attempt, step)
    old = answer.file
    answer.file = register_derived(content, kind="take", media_type="audio/mp4")
    if old is not None and old is not answer.file:
        db.session.flush()
        _delete_unused(old)
    answer.duration_ms = duration_ms
    answer.silence_ms = None
    answer.text, answer.is_typed, answer.measures = "", False, {}
    answer.created_at = utc_now()
    db.session.flush()
    jobs.enqueue(
        subjects.DROP_TAKE,
        subjects.take_subject(answer),
        viewer=viewer,
        not_before=answer.created_at + KEPT_TAKE,
    )
    return answer


def discard_take(viewer: Viewer, assignment: Assignment, step: DrillStep) -> None:
    """Delete what was said at a step; nothing happens when there is nothing.

    Raises:
        NotFound: as `keep_take`.
    """
    _lock_own(viewer, assignment)
    require_step(assignment, step)
    attempt = find_take(assignment)
    if attempt is None:
        return
    for answer in list(attempt.answers):
        if answer.step_id == step.id:
            _drop(answer)
    db.session.flush()


def drop_take(answer: Answer) -> None:
    """Delete a take with its file, and the try with its last one; nothing once it was sent."""
    attempt = answer.attempt
    lock_assignment(attempt.assignment)
    if attempt.state != AttemptState.TAKE or answer not in attempt.answers:
        return
    _drop(answer)
    db.session.flush()


def submit(viewer: Viewer, assignment: Assignment, replies: Mapping[int, Reply]) -> Attempt:
    """Send the try under way: what was said, typed or tapped at every step.

    Sent twice, as after an answer that was lost on the way, it is sent once.

    Args:
        replies: step id -> what was typed or tapped; a recording at a step goes before a text.

    Raises:
        NotFound: as `open_take`.
        InvalidInput: a step has no answer.
        Conflict: the drill has gone.
    """
    _lock_own(viewer, assignment)
    drill = assignment.drill
    if drill is None or not drill.steps:
        raise Conflict("This drill does not exist any more.")
    attempt = find_take(assignment)
    if attempt is None and (sent := _same_again(assignment, replies)) is not None:
        return sent
    attempt = attempt or open_take(viewer, assignment)
    is_ear = drill.kind == DrillKind.EAR
    for step in drill.steps:
        reply = replies.get(step.id, Reply())
        known = {answer.step_id: answer for answer in attempt.answers}.get(step.id)
        if known is not None and (known.file_id is not None or known.silence_ms is not None):
            continue
        _write_reply(_answer(attempt, step), reply, step, is_ear=is_ear)
    attempt.state = AttemptState.SUBMITTED
    attempt.submitted_at = utc_now()
    assignment.done_at = attempt.submitted_at
    db.session.flush()
    _measure(viewer, attempt)
    if not is_ear:
        _tell(viewer, assignment, attempt)
    return attempt


def mark_seen(viewer: Viewer, assignment: Assignment) -> None:
    """The agent has the answers to their tries before them.

    Raises:
        NotFound: as `open_take`.
    """
    require_own(viewer, assignment)
    for attempt in assignment.attempts:
        if attempt.state == AttemptState.MARKED and attempt.seen_at is None:
            attempt.seen_at = utc_now()
    db.session.flush()


def purge_assignment(assignment: Assignment) -> None:
    """Delete an assignment with its tries, and their files once the transaction has committed."""
    for attempt in assignment.attempts:
        for answer in attempt.answers:
            forget_sound(answer)
    db.session.flush()
    db.session.delete(assignment)
    db.session.flush()


def forget_sound(answer: Answer) -> None:
    """Delete the sound of an answer; its words and measures stay."""
    file = answer.file
    if file is not None:
        answer.file = None
        db.session.flush()
        _delete_unused(file)


def require_own(viewer: Viewer, assignment: Assignment) -> None:
    """Only the agent it was given to, as long as it is theirs to do.

    Raises:
        NotFound: somebody else, or it was taken back.
    """
    if not can_practise(viewer, assignment) or assignment.cancelled_at is not None:
        raise NotFound("There is no such drill.")


def require_step(assignment: Assignment, step: DrillStep) -> None:
    """A step of the drill that is to be done.

    Raises:
        NotFound: it is of another drill.
    """
    if step.drill_id != assignment.drill_id:
        raise NotFound("There is no such drill.")


def lock_assignment(assignment: Assignment) -> None:
    """One try at a time, from however many windows, beside the supervisor who takes the drill back
    or marks a try; what the last one wrote is read anew.
    """
    db.session.flush()
    db.session.refresh(assignment, with_for_update={"of": Assignment})
    db.session.execute(
        select(Attempt)
        .where(Attempt.assignment_id == assignment.id)
        .options(selectinload(Attempt.answers))
        .execution_options(populate_existing=True)
    ).all()
    db.session.expire(assignment, ["attempts"])


def _lock_own(viewer: Viewer, assignment: Assignment) -> None:
    """`require_own`, once more under the lock: it may have been taken back while this waited."""
    require_own(viewer, assignment)
    lock_assignment(assignment)
    require_own(viewer, assignment)


def _answer(attempt: Attempt, step: DrillStep) -> Answer:
    for known in attempt.answers:
        if known.step_id == step.id:
            return known
    answer = Answer(step_id=step.id, state="done", taps=[], measures={}, text="")
    attempt.answers.append(answer)
    db.session.flush()
    return answer


def _drop(answer: Answer) -> None:
    attempt, file = answer.attempt, answer.file
    attempt.answers.remove(answer)
    db.session.flush()
    if file is not None:
        _delete_unused(file)
    if not attempt.answers and attempt.state == AttemptState.TAKE:
        db.session.delete(attempt)


def _delete_unused(file: StoredFile) -> None:
    """The key of a take follows from its upload: one sent twice is one file, which stays as long as
    any answer has it.
    """
    if db.session.scalar(select(Answer.id).where(Answer.file_id == file.id).limit(1)) is None:
        delete_file(file)


def _write_reply(answer: Answer, reply: Reply, step: DrillStep, *, is_ear: bool) -> None:
    if is_ear:
        taps = sorted({tap for tap in reply.taps if step.start_ms <= tap <= step.end_ms})
        if not taps:
            raise InvalidInput("Listen, and press where you hear it turn.", field="taps")
        answer.taps = taps[:MAX_TAPS]
        return
    text = reply.text.strip()
    if not text:
        raise InvalidInput("Record or write your answer first.", field="text")
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            "%(value)s… is too long: %(limit)s characters at most.",
            value=text[:40],
            limit=str(MAX_TEXT),
            field="text",
        )
    answer.text, answer.is_typed = text, True


def _measure(viewer: Viewer, attempt: Attempt) -> None:
    """Typed answers at once; spoken ones are work for a recogniser."""
    drill = attempt.assignment.drill
    assert drill is not None  # `submit` has looked
    for answer in attempt.answers:
        if answer.file_id is not None:
            answer.state = "waiting"
            jobs.enqueue(subjects.MEASURE, subjects.answer_subject(answer.id), viewer=viewer)
            jobs.enqueue(
                subjects.FORGET_SOUND,
                subjects.answer_subject(answer.id),
                viewer=viewer,
                not_before=_kept_until(attempt),
            )
        elif answer.is_typed:
            answer.measures = measure_text(
                answer.text,
                example=answer.step.example_text,
                approved=answer.step.approved_text,
                language=drill.campaign.language,
                context=context_of(drill.campaign),
            )
    db.session.flush()


def _kept_until(attempt: Attempt) -> datetime:
    return (attempt.submitted_at or utc_now()) + KEPT_SENT


def _same_again(assignment: Assignment, replies: Mapping[int, Reply]) -> Attempt | None:
    """The try that was just sent with these very words, or with recordings and no words."""
    sent = [a for a in assignment.attempts if a.state == AttemptState.SUBMITTED]
    if not sent:
        return None
    last = sent[-1]
    for answer in last.answers:
        reply = replies.get(answer.step_id, Reply())
        if answer.taps and sorted(set(reply.taps)) != answer.taps:
            return None
        if reply.text.strip() and reply.text.strip() != answer.text:
            return None
        if answer.is_typed and not reply.text.strip():
            return None
    return last


def _tell(viewer: Viewer, assignment: Assignment, attempt: Attempt) -> None:
    """Whoever gave the drill learns that there is a try to listen to."""
    agent = db.session.get_one(User, assignment.agent_id)
    notify(
        assignment.assigned_by_id,
        "drill.submitted",
        subject_of(assignment),
        f"/drills/tries/{attempt.id}",
        name=agent.name,
    )
