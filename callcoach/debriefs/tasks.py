"""Background work of this room: forgetting, day by day, who took part in debriefs."""

from __future__ import annotations

from callcoach.debriefs.operations.purging import (
    PURGE,
    is_waiting,
    plan_purge,
    purge_attendance,
)
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task


@task(PURGE)
def purge(context: JobContext) -> None:
    """Ask for tomorrow's purge, then do today's. Both may be done twice: a day has one job, and what
    is forgotten is gone.
    """
    with context.writing():  # first: should this one fail, the next comes all the same
        if is_waiting():
            plan_purge()
    with context.writing(final=True):
        purge_attendance()
