"""Who may deal with an incident, one at a time, each step written down."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.incidents.access import can_handle
from callcoach.incidents.models import EventKind, Incident, IncidentEvent

#: Longest text of a step, characters.
MAX_TEXT = 4_000


def require_handler(viewer: Viewer, incident: Incident) -> None:
    """Let pass who deals with it, and let nobody else do so until the transaction ends.

    Raises:
        NotFound: outside the viewer's scope.
    """
    if not can_handle(viewer, incident.call):
        raise NotFound("There is no such incident.")
    db.session.flush()
    db.session.refresh(incident, with_for_update={"of": Incident})


def clean(text: str) -> str:
    """A text without blanks around it.

    Raises:
        InvalidInput: it is too long.
    """
    if len(text) > MAX_TEXT:
        raise InvalidInput("At most %(most)s characters fit here.", most=MAX_TEXT)
    return text.strip()


def note(
    viewer: Viewer, incident: Incident, kind: EventKind, text: str = "", *, is_shared: bool = False
) -> IncidentEvent:
    """Write a line of the history and of the access log; raises the row's version."""
    event = IncidentEvent(kind=kind, actor_id=viewer.user_id, text=clean(text), is_shared=is_shared)
    incident.events.append(event)
    incident.row_version = (incident.row_version or 0) + 1
    db.session.flush()
    record(
        viewer.user_id,
        f"incident.{kind.value}",
        subject_kind="incident",
        subject_id=incident.id,
    )
    return event
