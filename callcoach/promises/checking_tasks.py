"""Background work of this room: check calls against the promises in force when they took place."""

from __future__ import annotations

from callcoach.calls.subjects import call_id_of
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.promises.operations import checking


@task(checking.CHECK)
def check_call(context: JobContext) -> None:
    """Check a call and keep that in one transaction.

    Safe to run again after a crash: what is kept of a call is replaced whole. A call without promises
    keeps nothing.
    """
    from callcoach.analysis.embedding import load_sentence_model  # loads the model at first use

    call_id = call_id_of(context.subject)
    with context.reading():
        wanted = checking.read_task(call_id)
    if wanted is None:
        with context.writing(final=True):
            checking.forget(call_id)
        return
    context.progress(0.1, stage="aligning")
    found = checking.align_task(wanted, load_sentence_model())
    with context.writing(final=True):
        checking.store(wanted, found)


@task(checking.FEED)
def feed(context: JobContext) -> None:
    """Ask for the next slice of outdated checks, and for another look while there are any."""
    with context.writing(final=True):
        if checking.check_outdated():
            checking.feed_checks(after=context.subject)
