"""Confirming or dismissing a suspicion, and taking that back."""

from __future__ import annotations

from datetime import timedelta

from callcoach.accounts.access import Viewer
from callcoach.errors import Conflict, InvalidInput
from callcoach.extensions import db, utc_now
from callcoach.incidents.models import EventKind, Incident, IncidentState
from callcoach.incidents.operations import telling
from callcoach.incidents.operations.rights import clean, note, require_handler
from callcoach.jobs import operations as jobs

#: Jobs that come back to an open incident.
REMIND = "incidents.remind"
OVERDUE = "incidents.overdue"


def confirm(viewer: Viewer, incident: Incident) -> Incident:
    """It was said: an incident opens, and the sponsor is to be told in the contract's time, counted
    from when it was first confirmed. Twice is once.

    Raises:
        NotFound: outside the viewer's scope.
        Conflict: it was dismissed meanwhile.
    """
    require_handler(viewer, incident)
    if incident.state in (IncidentState.OPEN, IncidentState.CLOSED):
        return incident
    _must_be_suspected(incident)
    incident.state = IncidentState.OPEN
    incident.decided_by_id, incident.decided_at = viewer.user_id, utc_now()
    note(viewer, incident, EventKind.CONFIRMED)
    first = min(event.at for event in incident.events if event.kind == EventKind.CONFIRMED)
    hours = timedelta(hours=incident.campaign.incident_hours)
    incident.tell_by = first + hours
    db.session.flush()
    telling.forget_suspicion(incident)
    for kind, moment in ((REMIND, incident.tell_by - hours / 4), (OVERDUE, incident.tell_by)):
        jobs.enqueue(
            kind,
            f"incident:{incident.id}:{int(moment.timestamp())}",
            viewer=Viewer.system(),
            not_before=moment,
        )
    return incident


def dismiss(viewer: Viewer, incident: Incident, reason: str) -> Incident:
    """It was not said, or is none. Twice is once.

    Raises:
        NotFound: outside the viewer's scope.
        InvalidInput: no reason is given.
        Conflict: it was confirmed meanwhile.
    """
    require_handler(viewer, incident)
    why = clean(reason)
    if not why:
        raise InvalidInput("Say in a few words why it is no incident.")
    if incident.state == IncidentState.DISMISSED:
        return incident
    _must_be_suspected(incident)
    incident.state = IncidentState.DISMISSED
    incident.decided_by_id, incident.decided_at = viewer.user_id, utc_now()
    note(viewer, incident, EventKind.DISMISSED, why)
    telling.forget_suspicion(incident)
    return incident


def take_up_again(viewer: Viewer, incident: Incident) -> Incident:
    """Undo the last decision: what was dismissed or confirmed is suspected again, what was closed
    is open.

    Raises:
        NotFound: outside the viewer's scope.
        Conflict: the sponsor was told meanwhile; what they read does not go away.
    """
    require_handler(viewer, incident)
    if incident.state == IncidentState.SUSPECTED:
        return incident
    if incident.state == IncidentState.CLOSED:
        incident.state = IncidentState.OPEN
        incident.closed_at = incident.closed_by_id = None
    elif incident.told_at is not None:
        raise Conflict("The sponsor was told already; write them a remark instead.")
    else:
        incident.state = IncidentState.SUSPECTED
        incident.decided_at = incident.decided_by_id = incident.tell_by = None
        telling.forget_reminders(incident)
    note(viewer, incident, EventKind.REOPENED)
    return incident


def _must_be_suspected(incident: Incident) -> None:
    if incident.state != IncidentState.SUSPECTED:
        raise Conflict("Somebody has decided otherwise meanwhile; look at it again.")
