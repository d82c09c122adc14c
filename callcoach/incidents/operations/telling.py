"""Who is told what of an incident: campaigns and names, never what was said."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.accounts.queries import name_of
from callcoach.extensions import db
from callcoach.incidents.models import Incident
from callcoach.notices import operations as notices
from callcoach.notices.models import Notice
from callcoach.script_library.approval_queries import people_of, seats_of

#: Told when the time in which the sponsor is to be told is over.
OVERDUE = "incident.overdue"


def subject_of(incident: Incident) -> str:
    """What notices about an incident are about."""
    return f"incident:{incident.id}"


def tell_suspected(incident: Incident) -> None:
    """Those who judge the call, at once."""
    for person in _supervisors(incident):
        if person.id != incident.reported_by_id:
            _tell(person.id, "incident.suspected", incident)


def forget_suspicion(incident: Incident) -> None:
    """Somebody has decided."""
    notices.take_back("incident.suspected", subject_of(incident))


def remind(incident: Incident, kind: str) -> None:
    """Supervisors, that the sponsor is still to be told, and administrators once the time is over;
    once for each kind of reminder.
    """
    known = db.select(Notice.id).where(Notice.kind == kind, Notice.subject == subject_of(incident))
    if db.session.scalar(known.limit(1)) is not None:
        return
    people = _supervisors(incident)
    if kind == OVERDUE:
        people += db.session.scalars(
            db.select(User).where(User.role == Role.ADMIN, User.is_enabled).order_by(User.id)
        )
    for person in people:
        _tell(person.id, kind, incident)


def forget_reminders(incident: Incident) -> None:
    """The sponsor was told, or there is nothing to tell."""
    for kind in ("incident.tell_soon", OVERDUE):
        notices.take_back(kind, subject_of(incident))


def tell_sponsor(incident: Incident) -> int:
    """Everybody of the sponsor's who may sign in; returns how many."""
    people = seats_of(incident.campaign)
    notices.notify_each(
        [person.id for person in people],
        "incident.told",
        subject_of(incident),
        f"/portal/incidents/{incident.id}",
        campaign=incident.campaign.name,
    )
    return len(people)


def ask_to_call_back(viewer: Viewer, incident: Incident) -> None:
    """Whoever is to call the prospect back."""
    if incident.recontact_by_id in (None, viewer.user_id):
        return
    _tell(
        incident.recontact_by_id,
        "incident.recontact",
        incident,
        name=name_of(viewer.user_id),
        day=incident.recontact_due_on.isoformat() if incident.recontact_due_on else "…",
    )


def _supervisors(incident: Incident) -> list[User]:
    return people_of(incident.campaign, Role.SUPERVISOR, team_ids=[incident.call.team_id])


def _tell(user_id: int | None, kind: str, incident: Incident, **values: str) -> None:
    notices.notify(
        user_id,
        kind,
        subject_of(incident),
        f"/incidents/{incident.id}",
        campaign=incident.campaign.name,
        **values,
    )
