"""Who took part is forgotten ninety days after a debrief."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from callcoach.debriefs import events
from callcoach.debriefs.models import Attendance, Debrief, ItemAnswer, Presence
from callcoach.debriefs.operations import purging
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from callcoach.notices import operations as notices
from callcoach.notices.models import Notice
from tests.coaching.conftest import Desk, desk  # noqa: F401
from tests.factories.debriefs import create_answer, create_debrief, create_item


def _held(desk: Desk, days: float) -> Debrief:  # noqa: F811
    """A debrief that ended so many days ago, at which one agent was and one was not."""
    debrief = create_debrief(
        [desk.call.team],
        desk.user("claire"),
        "done",
        ended_at=utc_now() - timedelta(days=days),
    )
    for name, presence in (("agent", Presence.PRESENT), ("colleague", Presence.ABSENT)):
        db.session.add(Attendance(debrief_id=debrief.id, user_id=desk.ids[name], presence=presence))
    db.session.commit()
    return debrief


def _present(debrief_id: int) -> int:
    rows = db.session.scalars(select(Attendance).where(Attendance.debrief_id == debrief_id))
    return len(rows.all())


def _work(app: Flask) -> None:
    """Do the purge that waits, as a worker does when its hour has come."""
    with app.app_context():
        job = db.session.scalars(
            select(Job).where(Job.kind == purging.PURGE, Job.state == JobState.QUEUED)
        ).one()
        job.not_before, job.subject = None, "day:2026-01-01"
        job_id = job.id
        db.session.commit()
    Runner(app, "test worker").run(job_id)


def test_a_daily_job_forgets_who_was_there_after_ninety_days(app: Flask, desk: Desk):  # noqa: F811
    with app.app_context():
        old, recent = _held(desk, 90.1), _held(desk, 89.5)
        item = create_item(old)
        create_answer(item, desk.user("agent"), "Sans nom")
        create_answer(item, desk.user("colleague"), "Signée").is_named = True
        missed = ("debrief.catch_up", f"debrief:{old.id}", "/my/debriefs")
        notices.notify(desk.ids["colleague"], *missed, title=old.title)
        ids = old.id, recent.id
        events.ended(recent)
        events.ended(recent)
        db.session.commit()
    _work(app)
    with app.app_context():
        old, recent = (db.session.get_one(Debrief, debrief_id) for debrief_id in ids)
        assert (_present(old.id), _present(recent.id)) == (0, 2)
        assert old.attendance_purged_at is not None
        assert recent.attendance_purged_at is None
        purged_at = old.attendance_purged_at
        left = {row.text: row.user_id for row in db.session.scalars(select(ItemAnswer))}
        assert left == {"Sans nom": None, "Signée": desk.ids["colleague"]}
        assert db.session.query(Notice).filter_by(subject=f"debrief:{old.id}").count() == 0
        # Something remains to be forgotten: the job of tomorrow waits, once
        assert purging.is_waiting()
        # Somebody who catches up later leaves no lasting trace either
        db.session.add(
            Attendance(debrief_id=old.id, user_id=desk.ids["colleague"], presence=Presence.ABSENT)
        )
        recent.ended_at = utc_now() - timedelta(days=91)
        db.session.commit()
    _work(app)
    with app.app_context():
        assert (_present(ids[0]), _present(ids[1])) == (0, 0)
        assert db.session.get_one(Debrief, ids[0]).attendance_purged_at != purged_at
        assert not purging.is_waiting()
        assert purging.purge_attendance() == 0, "what is forgotten is not forgotten again"


def test_a_debrief_that_nobody_ended_is_forgotten_too(app: Flask, desk: Desk):  # noqa: F811
    with app.app_context():
        left = _held(desk, 0)
        left.state, left.ended_at = "running", None
        left.started_at = utc_now() - timedelta(days=91)
        db.session.commit()
        assert purging.is_waiting()
        assert purging.purge_attendance() == 1
        db.session.commit()
        assert _present(left.id) == 0
        assert not purging.is_waiting()
