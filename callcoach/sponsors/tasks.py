"""Background work of this room: find the first calls that use what a client approved."""

from __future__ import annotations

from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.sponsors.operations.drawing import LOOK, look, look_soon


@task(LOOK)
def look_for_wordings(context: JobContext) -> None:
    """Draw where there are calls enough, and look again later while a wording still waits for some.

    Safe to run again after a crash: what was drawn stays drawn.
    """
    with context.writing(final=True):
        if look():
            look_soon(after=context.subject)
