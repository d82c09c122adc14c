"""Background work on incidents: supervisors are reminded before, and at the end of, the time in which
the sponsor is to be told.

Each task looks at what is true now; run again after a crash it does nothing twice.
"""

from __future__ import annotations

from callcoach.extensions import db
from callcoach.incidents.models import Incident, IncidentState
from callcoach.incidents.operations import telling
from callcoach.incidents.operations.deciding import OVERDUE, REMIND
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task


@task(REMIND)
def remind_supervisors(context: JobContext) -> None:
    """A quarter of the time is left."""
    with context.writing(final=True):
        if (incident := _untold(context)) is not None:
            telling.remind(incident, "incident.tell_soon")


@task(OVERDUE)
def say_overdue(context: JobContext) -> None:
    """The time is over."""
    with context.writing(final=True):
        if (incident := _untold(context)) is not None:
            telling.remind(incident, "incident.overdue")


def _untold(context: JobContext) -> Incident | None:
    """The incident, while the sponsor is still to be told of it."""
    incident = db.session.get(Incident, int(context.subject.split(":")[1]))
    if incident is None:
        return None
    db.session.refresh(incident, with_for_update={"of": Incident})
    is_open = incident.state == IncidentState.OPEN and incident.told_at is None
    return incident if is_open else None
