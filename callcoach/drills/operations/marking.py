"""What a supervisor answers to a try."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.drills.access import can_see_attempt
from callcoach.drills.models import Attempt, AttemptState, Mark
from callcoach.drills.operations.assigning import subject_of, team_ids_of
from callcoach.drills.operations.practice import lock_assignment
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices.operations import notify, take_back

#: Longest remark, characters.
MAX_REMARK = 2000


def mark_attempt(viewer: Viewer, attempt: Attempt, mark: str, remark: str = "") -> Attempt:
    """Say what a try was: got it, almost, or again, which gives the drill back to the agent.

    Saying it again, or otherwise, is for whoever said it first.

    Raises:
        NotFound: the try is outside the viewer's scope, or was not sent.
        InvalidInput: no such mark, or the remark is too long.
        Conflict: somebody else answered it meanwhile.
    """
    _require(viewer, attempt)
    if mark not in set(Mark):
        raise InvalidInput("Say whether it is got, almost, or to do again.", field="mark")
    remark = remark.strip()
    if len(remark) > MAX_REMARK:
        raise InvalidInput(
            "%(value)s… is too long: %(limit)s characters at most.",
            value=remark[:40],
            limit=str(MAX_REMARK),
            field="remark",
        )
    if attempt.state == AttemptState.MARKED and attempt.marked_by_id != viewer.user_id:
        raise Conflict("A colleague has just answered this try.")
    was = (attempt.mark, attempt.remark)
    attempt.state = AttemptState.MARKED
    attempt.mark, attempt.remark = Mark(mark), remark
    attempt.marked_by_id = viewer.user_id
    attempt.marked_at = utc_now()
    if was != (attempt.mark, attempt.remark):
        attempt.seen_at = None
    _reopen(attempt, is_again=attempt.mark == Mark.AGAIN)
    author = db.session.get(User, viewer.user_id) if viewer.user_id else None
    notify(
        attempt.assignment.agent_id,
        "drill.marked",
        subject_of(attempt.assignment),
        f"/my/drills/{attempt.assignment_id}",
        name=author.name if author else "",
    )
    db.session.flush()
    return attempt


def unmark_attempt(viewer: Viewer, attempt: Attempt) -> Attempt:
    """Take a mark back: the try waits for an answer again.

    Raises:
        NotFound: as `mark_attempt`.
        Conflict: the agent has read it, or somebody else gave it.
    """
    _require(viewer, attempt)
    if attempt.state != AttemptState.MARKED:
        return attempt
    if attempt.marked_by_id != viewer.user_id:
        raise Conflict("A colleague has just answered this try.")
    if attempt.seen_at is not None:
        raise Conflict("The agent has read your answer already. Change it instead.")
    attempt.state = AttemptState.SUBMITTED
    attempt.mark, attempt.remark = None, ""
    attempt.marked_by_id = attempt.marked_at = None
    _reopen(attempt, is_again=False)
    take_back("drill.marked", subject_of(attempt.assignment))
    db.session.flush()
    return attempt


def _reopen(attempt: Attempt, *, is_again: bool) -> None:
    """What is to be done again, on the newest try, gives the drill back to do; else it is done, as it was sent."""
    assignment = attempt.assignment
    newest = db.session.scalar(
        select(Attempt.id)
        .where(Attempt.assignment_id == assignment.id, Attempt.state != AttemptState.TAKE)
        .order_by(Attempt.id.desc())
        .limit(1)
    )
    if newest == attempt.id:
        assignment.done_at = None if is_again else attempt.submitted_at


def _require(viewer: Viewer, attempt: Attempt) -> None:
    """Wait for whoever is answering it, and for an agent who is sending another; read what they
    left.
    """
    lock_assignment(attempt.assignment)
    db.session.refresh(attempt, with_for_update={"of": Attempt})
    teams = team_ids_of(attempt.assignment.agent)
    if not can_see_attempt(viewer, teams, is_sent=attempt.state != AttemptState.TAKE):
        raise NotFound("There is no such try.")
