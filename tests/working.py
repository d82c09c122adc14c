"""Doing what waits, as a worker does."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from callcoach.extensions import db
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner


def run_jobs(app: Flask, kind: str | None = None) -> int:
    """Run what waits now, of one kind or of any; not what comes of it.

    Returns:
        How many jobs there were.
    """
    with app.app_context():
        waiting = select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.id)
        if kind is not None:
            waiting = waiting.where(Job.kind == kind)
        found = db.session.scalars(waiting).all()
        db.session.remove()
    for job_id in found:
        Runner(app, "test worker").run(job_id)
    return len(found)
