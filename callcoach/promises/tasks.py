"""Background work on proposals: whoever decides is reminded, then their deputy is asked.

Each task looks at what is true now, and marks what it did in the same transaction: run again after
a crash at any point it does nothing twice.
"""

from __future__ import annotations

from callcoach.extensions import db, utc_now
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.promises.operations import telling
from callcoach.promises.operations.proposing import ASK_DEPUTY, REMIND
from callcoach.promises.operations.rights import lock


@task(REMIND)
def remind_sponsor(context: JobContext) -> None:
    """After half of the hours: whoever decides is reminded, once."""
    with context.writing(final=True):
        version = _waiting(context)
        if version is not None and version.reminded_at is None:
            version.reminded_at = utc_now()
            telling.tell_again(version)


@task(ASK_DEPUTY)
def ask_deputy(context: JobContext) -> None:
    """After all of the hours: the deputy is asked, once."""
    with context.writing(final=True):
        version = _waiting(context)
        if version is not None:
            telling.tell_deputy(version)


def _waiting(context: JobContext) -> PromiseVersion | None:
    """The proposal, while it waits for the sponsor."""
    version_id = int(context.subject.removeprefix("promise_version:"))
    version = db.session.get(PromiseVersion, version_id)
    if version is None:
        return None
    lock(version.promise.campaign, version)
    return version if version.state == ProposalState.PROPOSED else None
