"""Tasks that test processes run (see ``CALLCOACH_TASK_MODULES``)."""

from __future__ import annotations

import os
import signal
import time

from sqlalchemy import text

from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task


@task("probe.write")
def write_once(job: JobContext) -> None:
    """Work for ``work_s`` seconds, then write one row; ``die_at`` attempts die on the way."""
    until_s = time.monotonic() + job.payload.get("work_s", 0.0)
    job.progress(0.1, "working")
    while time.monotonic() < until_s:
        if job.attempt in job.payload.get("die_at", []):
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.02)
        job.checkpoint()
    with job.writing(final=True) as session:
        session.execute(
            text("INSERT INTO probe_writes VALUES (:subject, :attempt, :pid)"),
            {"subject": job.subject, "attempt": job.attempt, "pid": os.getpid()},
        )
        time.sleep(job.payload.get("write_s", 0.0))


@task("probe.deaf")
def never_listen(job: JobContext) -> None:
    """Work without ever looking up, as native code does."""
    job.progress(0.1, "deaf")
    time.sleep(job.payload["work_s"])
    job.checkpoint()
