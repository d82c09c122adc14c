"""A lesson is proposed to other teams; they take it up or decline it, without giving a reason."""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.models import Team, User
from callcoach.accounts.queries import supervisors_of
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.lessons.access import can_decide, decides
from callcoach.lessons.models import Lesson, LessonState, LessonTeam
from callcoach.lessons.operations.following import put_on_agenda, take_off_agenda
from callcoach.lessons.operations.writing import hold_shared
from callcoach.lessons.queries import entry_of, subject_of, teams_of
from callcoach.notices import operations as notices


def propose(viewer: Viewer, lesson: Lesson, team_ids: Collection[int]) -> list[LessonTeam]:
    """Offer a lesson to other teams of its campaign, and tell their supervisors. A team that has it,
    or was asked already, is passed over.

    Raises:
        NotAllowed: supervisors of teams that have it propose it.
        InvalidInput: no team was chosen, or one does not call for the campaign.
        Conflict: it is archived.
    """
    hold_shared(viewer, lesson)
    _require_living(lesson)
    calling = {team.id for team in teams_of(lesson.campaign_id)}
    if not team_ids or not set(team_ids) <= calling:
        raise InvalidInput("Choose teams that call for the campaign.", field="team_ids")
    made = []
    for team_id in sorted(set(team_ids)):
        if entry_of(lesson, team_id) is not None:
            continue
        entry = LessonTeam(
            lesson_id=lesson.id,
            team_id=team_id,
            state=LessonState.PROPOSED,
            proposed_by_id=viewer.user_id,
            proposed_at=utc_now(),
        )
        db.session.add(entry)
        made.append(entry)
        _tell_of_proposal(viewer, lesson, team_id)
    record(
        viewer.user_id,
        "lesson.proposed",
        subject_kind="lesson",
        subject_id=lesson.id,
        teams=[entry.team_id for entry in made],
    )
    db.session.flush()
    db.session.expire(lesson, ["teams"])
    return made


def withdraw(viewer: Viewer, lesson: Lesson, team_ids: Collection[int]) -> None:
    """Take a proposal back where it was not answered.

    Raises:
        NotAllowed: as `propose`.
    """
    hold_shared(viewer, lesson)
    for team_id in sorted(set(team_ids)):
        entry = entry_of(lesson, team_id)
        if entry is not None and entry.state == LessonState.PROPOSED:
            db.session.delete(entry)
            notices.take_back("lesson.proposed", subject_of(lesson, team_id))
    db.session.flush()
    db.session.expire(lesson, ["teams"])


def take(viewer: Viewer, lesson: Lesson, team_id: int) -> LessonTeam:
    """Take a lesson up for a team, proposed or not: it goes on its next debrief. Twice is once.

    Raises:
        NotFound: the team is not the viewer's, or does not call for the campaign.
        NotAllowed: its supervisors decide.
        Conflict: it is archived.
    """
    _hold_decided(viewer, lesson, team_id)
    _require_living(lesson)
    entry = entry_of(lesson, team_id)
    if entry is not None and entry.state == LessonState.TAKEN:
        return entry
    if entry is None:
        entry = LessonTeam(lesson_id=lesson.id, team_id=team_id)
        db.session.add(entry)
    entry.state = LessonState.TAKEN
    entry.decided_by_id, entry.decided_at = viewer.user_id, utc_now()
    db.session.flush()
    put_on_agenda(viewer, lesson, entry)
    team = db.session.get_one(Team, team_id)
    for user_id in {entry.proposed_by_id, lesson.author_id} - {None, viewer.user_id}:
        notices.notify(
            user_id,
            "lesson.taken",
            subject_of(lesson, team_id),
            _path(lesson),
            team=team.name,
            title=lesson.title,
        )
    notices.take_back("lesson.proposed", subject_of(lesson, team_id))
    record(
        viewer.user_id, "lesson.taken", subject_kind="lesson", subject_id=lesson.id, team=team_id
    )
    db.session.flush()
    db.session.expire(lesson, ["teams"])
    return entry


def decline(viewer: Viewer, lesson: Lesson, team_id: int) -> LessonTeam:
    """Leave a proposal; no reason is asked.

    Raises:
        NotFound, NotAllowed: as `take`.
        Conflict: it was not proposed to the team, or is answered.
    """
    _hold_decided(viewer, lesson, team_id)
    entry = entry_of(lesson, team_id)
    if entry is None or entry.state != LessonState.PROPOSED:
        raise Conflict("This lesson is not waiting for your answer any more.")
    entry.state = LessonState.DECLINED
    entry.decided_by_id, entry.decided_at = viewer.user_id, utc_now()
    notices.take_back("lesson.proposed", subject_of(lesson, team_id))
    db.session.flush()
    return entry


def undecide(viewer: Viewer, lesson: Lesson, team_id: int) -> None:
    """Take an answer back: a proposal waits again; what was taken without one was never taken.

    Raises:
        NotFound, NotAllowed: as `take`.
        Conflict: the team was briefed already, or the lesson is its own.
    """
    _hold_decided(viewer, lesson, team_id)
    entry = entry_of(lesson, team_id)
    if entry is None or entry.state == LessonState.PROPOSED:
        return
    if entry.is_origin or entry.briefed_at is not None:
        raise Conflict("The team has this lesson already; archive it if it no longer holds.")
    take_off_agenda(viewer, entry)
    notices.take_back("lesson.taken", subject_of(lesson, team_id))
    if entry.proposed_by_id is None:
        db.session.delete(entry)
    else:
        entry.state = LessonState.PROPOSED
        entry.decided_by_id = entry.decided_at = None
    db.session.flush()
    db.session.expire(lesson, ["teams"])


def brief_next(viewer: Viewer, lesson: Lesson, team_id: int) -> LessonTeam:
    """Put a lesson of a team on its next debrief.

    Raises:
        NotFound, NotAllowed: as `take`.
        Conflict: the team has not taken it, or was briefed.
    """
    entry = _taken_unbriefed(viewer, lesson, team_id)
    put_on_agenda(viewer, lesson, entry)
    return entry


def unbrief_next(viewer: Viewer, lesson: Lesson, team_id: int) -> LessonTeam:
    """Take it off again; raises as `brief_next`."""
    entry = _taken_unbriefed(viewer, lesson, team_id)
    take_off_agenda(viewer, entry)
    return entry


def _taken_unbriefed(viewer: Viewer, lesson: Lesson, team_id: int) -> LessonTeam:
    _hold_decided(viewer, lesson, team_id)
    _require_living(lesson)
    entry = entry_of(lesson, team_id)
    if entry is None or entry.state != LessonState.TAKEN:
        raise Conflict("The team has not taken this lesson up.")
    if entry.briefed_at is not None:
        raise Conflict("The team was briefed already.")
    return entry


def _hold_decided(viewer: Viewer, lesson: Lesson, team_id: int) -> None:
    calling = {team.id for team in teams_of(lesson.campaign_id)}
    if team_id not in calling or not (viewer.sees_everything or team_id in viewer.team_ids):
        raise NotFound("There is no such team.")
    if not decides(viewer) or not can_decide(viewer, team_id):
        raise NotAllowed("Supervisors take lessons up for their team; ask yours.")
    db.session.flush()
    db.session.refresh(lesson, with_for_update={"of": Lesson})
    entry = entry_of(lesson, team_id)
    if entry is not None:
        db.session.refresh(entry)


def _require_living(lesson: Lesson) -> None:
    if lesson.archived_at is not None:
        raise Conflict("This lesson is archived; bring it back first.")


def _tell_of_proposal(viewer: Viewer, lesson: Lesson, team_id: int) -> None:
    proposer = db.session.get(User, viewer.user_id) if viewer.user_id is not None else None
    notices.notify_each(
        [user_id for user_id in supervisors_of(team_id) if user_id != viewer.user_id],
        "lesson.proposed",
        subject_of(lesson, team_id),
        _path(lesson),
        name=proposer.name if proposer is not None else "",
        title=lesson.title,
    )


def _path(lesson: Lesson) -> str:
    return f"/lessons/{lesson.id}"
