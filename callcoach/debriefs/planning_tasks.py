"""Background work of planning: what was deleted is forgotten."""

from __future__ import annotations

from callcoach.debriefs.operations.forgetting import forget
from callcoach.debriefs.operations.planning import FORGET
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task


@task(FORGET)
def forget_debrief(context: JobContext) -> None:
    """A deleted debrief goes for good, unless it was brought back. Run again it finds nothing."""
    _kind, debrief_id, version = context.subject.split(":")
    with context.writing(final=True):
        forget(int(debrief_id), int(version))
