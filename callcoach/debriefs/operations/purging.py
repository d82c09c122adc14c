"""Who was there is forgotten: it serves catching up, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select

from callcoach.accounts.access import Viewer
from callcoach.debriefs.events import on_ended, on_item_shown
from callcoach.debriefs.models import AgendaItem, Attendance, Debrief, ItemAnswer
from callcoach.debriefs.operations.catching_up import NOTICE, subject_of
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job
from callcoach.jobs.operations import enqueue
from callcoach.notices.models import Notice

#: The daily job.
PURGE = "debriefs.purge_attendance"
#: How long it is known who took part in a debrief, from its end. Three months: long enough to come
#: back from a leave and catch up, too short to keep a record of anybody's attendance.
KEPT = timedelta(days=90)
#: When the job of a day runs, UTC: before the floors of our time zones call.
_AT = time(3, 15, tzinfo=UTC)


def purge_attendance(now: datetime | None = None) -> int:
    """Forget who took part in debriefs that ended `KEPT` ago or earlier, or began then and were never
    ended; safe to run again.

    A debrief that somebody caught up with after its day is forgotten anew.

    Returns:
        How many debriefs were purged.
    """
    now = now or utc_now()
    due = db.session.scalars(
        select(Debrief).where(
            _over() <= now - KEPT,
            Debrief.attendance_purged_at.is_(None) | _has_attendances(),
        )
    ).all()
    for debrief in due:
        debrief.attendances.clear()
        debrief.attendance_purged_at = now
        _forget_traces(debrief)
    db.session.flush()
    return len(due)


def plan_purge() -> Job:
    """Ask for the purge of tomorrow; any number of times a day."""
    tomorrow = (utc_now() + timedelta(days=1)).date()
    return enqueue(
        PURGE,
        f"day:{tomorrow:%Y-%m-%d}",
        viewer=Viewer.system(),
        not_before=datetime.combine(tomorrow, _AT),
    )


def is_waiting() -> bool:
    """Whether it is still known of any debrief who was there, so that another purge has to come."""
    unpurged = select(Debrief.id).where(
        _over().is_not(None),
        Debrief.attendance_purged_at.is_(None) | _has_attendances(),
    )
    return db.session.scalar(unpurged.limit(1)) is not None


@on_ended
def plan_after(_debrief: Debrief) -> None:
    """From the first debrief on there is a purge every day."""
    plan_purge()


@on_item_shown
def plan_from(_item: AgendaItem) -> None:
    """A debrief that nobody ends is purged too."""
    plan_purge()


def _forget_traces(debrief: Debrief) -> None:
    """What else tells who was there and who was not: whose the unsigned answers are, which of them
    came afterwards, and who was told to catch up.
    """
    answers = select(ItemAnswer).join(ItemAnswer.item).where(AgendaItem.debrief_id == debrief.id)
    for answer in db.session.scalars(answers):
        answer.is_catching_up = False
        if not answer.is_named:
            answer.user_id = None
    told = Notice.subject == subject_of(debrief)
    db.session.execute(delete(Notice).where(told, Notice.kind == NOTICE))


def _over() -> ColumnElement[datetime | None]:
    return func.coalesce(Debrief.ended_at, Debrief.started_at)


def _has_attendances() -> ColumnElement[bool]:
    return exists().where(Attendance.debrief_id == Debrief.id)
