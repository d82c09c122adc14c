"""Background work of this room: align calls with their version of the script."""

from __future__ import annotations

from callcoach.calls.models import Call
from callcoach.calls.subjects import call_id_of
from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.script_fit.fitting import (
    FEED,
    FIT,
    align_call,
    feed_fitting,
    fit_outdated,
    forget,
    read_task,
    store,
)


@task(FIT)
def fit_call(context: JobContext) -> None:
    """Align a call with the version it is pinned to, and keep that in one transaction.

    Safe to run again after a crash: what is kept of a call is replaced whole. A call without a
    version any more keeps nothing.
    """
    from callcoach.analysis.embedding import load_sentence_model  # loads the model at first use

    call_id = call_id_of(context.subject)
    with context.reading():
        wanted = read_task(call_id)
    if wanted is None:
        with context.writing(final=True):
            if db.session.get(Call, call_id) is not None:
                forget(call_id)
        return
    context.progress(0.1, stage="aligning")
    result = align_call(wanted, load_sentence_model())
    with context.writing(final=True):
        store(wanted, result)


@task(FEED)
def feed(context: JobContext) -> None:
    """Ask for the next slice of outdated fits, and for another look while there are any."""
    with context.writing(final=True):
        if fit_outdated():
            feed_fitting(after=context.subject)
