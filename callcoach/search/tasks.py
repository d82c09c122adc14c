"""The job that builds the whole index, for an installation that had calls before it had one."""

from __future__ import annotations

from sqlalchemy import func, select

from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.search.operations import reindex_call

#: Build all entries anew.
REINDEX = "search.reindex"
#: The one subject of that job.
EVERYTHING = "search:all"


@task(REINDEX)
def reindex(context: JobContext) -> None:
    """Call by call, each in a transaction of its own, oldest first.

    Safe to run again after a crash: a call's entries are replaced whole, and search stays as it
    was for calls that are not reached yet.
    """
    with context.reading():
        total = db.session.scalar(select(func.count()).select_from(Call)) or 0
    done, last = 0, 0
    while True:
        with context.writing():
            call = next_call(last)
            if call is None:
                break
            reindex_call(call)
            last = call.id
        done += 1
        context.progress(done / max(total, done), stage="indexing")
    with context.writing(final=True):
        pass


def next_call(after_id: int) -> Call | None:
    """The call that follows in order of number, put-aside ones included; none at the end."""
    found: Call | None = db.session.scalar(
        select(Call).where(Call.id > after_id).order_by(Call.id).limit(1)
    )
    return found
