"""Feeding jobs: one for each stretch of time, the next one never the same."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import String, cast, literal, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.extensions import db, utc_now
from callcoach.jobs import feeding
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.operations import enqueue
from tests.factories.accounts import create_team

WORK = "t.work"

DAY = timedelta(days=1)


def _feed(after: str | None = None) -> Job:
    return feeding.feed(WORK, viewer=Viewer.system(), every_s=10**9, priority=-3, after=after)


def test_asked_for_twice_it_is_one_job_and_the_next_one_waits(app: Flask) -> None:
    with app.app_context():
        first = _feed()
        assert _feed() is first
        assert (first.priority, first.not_before) == (-3, None)
        following = _feed(after=first.subject)
        assert following.subject != first.subject
        assert following.not_before is not None
        assert following.not_before > utc_now()
        assert feeding.count_live(WORK) == 2


def test_what_is_live_or_failed_lately_is_taken_up(app: Flask) -> None:
    def is_taken_up() -> bool:
        return bool(db.session.scalar(select(feeding.is_taken_up(WORK, literal("a:1"), DAY))))

    with app.app_context():
        assert not is_taken_up()
        job = enqueue(WORK, "a:1", viewer=Viewer.system())
        assert is_taken_up()
        for state, ago, expected in (
            (JobState.FAILED, timedelta(hours=1), True),
            (JobState.CANCELLED, timedelta(hours=1), True),
            (JobState.FAILED, timedelta(hours=25), False),
            (JobState.DONE, timedelta(hours=1), False),
        ):
            job.state, job.finished_at = state, utc_now() - ago
            db.session.flush()
            assert is_taken_up() is expected, (state, ago)


def test_a_slice_is_topped_up_with_what_is_not_taken_up(app: Flask) -> None:
    asked: list[int] = []

    def top_up(size: int) -> int:
        return feeding.top_up(
            WORK,
            select(Team.id).order_by(Team.id.desc()),
            ask,
            subject=literal("team:") + cast(Team.id, String),
            size=size,
            rests=DAY,
        )

    def ask(team_id: int) -> Job:
        asked.append(team_id)
        return enqueue(WORK, f"team:{team_id}", viewer=Viewer.system())

    with app.app_context():
        first, second, third = [create_team().id for _ in range(3)]
        assert (top_up(2), top_up(2)) == (2, 2)
        assert asked == [third, second]
        db.session.scalar(select(Job).where(Job.subject == f"team:{third}")).state = JobState.DONE
        failed = db.session.scalar(select(Job).where(Job.subject == f"team:{second}"))
        failed.state, failed.finished_at = JobState.FAILED, utc_now()
        assert top_up(1) == 1
        assert asked == [third, second, third]
        assert top_up(9) == 2
        assert asked == [third, second, third, first]
