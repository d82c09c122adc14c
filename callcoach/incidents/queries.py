"""Reads of incidents, scoped by a `Viewer`: outside the scope a thing does not exist."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, case, select
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, User
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import visible_campaigns
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.incidents.access import can_handle
from callcoach.incidents.models import Incident, IncidentState


def _incidents(viewer: Viewer) -> Select[Incident]:
    """Those of calls that the viewer judges. What is only suspected goes with a call that is put
    aside; an incident that was confirmed does not: the sponsor is owed an account of it.
    """
    query = (
        select(Incident)
        .join(Incident.call)
        .where(
            Call.deleted_at.is_(None)
            | Incident.state.in_((IncidentState.OPEN, IncidentState.CLOSED))
        )
        .options(
            joinedload(Incident.call).joinedload(Call.agent),
            joinedload(Incident.call).joinedload(Call.recording),
            joinedload(Incident.campaign),
            joinedload(Incident.version),
        )
    )
    if viewer.sees_everything:
        return query
    if viewer.role is not Role.SUPERVISOR:
        return query.where(Incident.id.is_(None))
    return query.where(Call.team_id.in_(viewer.team_ids))


def list_incidents(viewer: Viewer, campaign: Campaign) -> list[Incident]:
    """Incidents of a campaign: suspected and open ones first, the next to be told on top."""
    place = case(
        {IncidentState.SUSPECTED.value: 0, IncidentState.OPEN.value: 1},
        value=Incident.state,
        else_=2,
    )
    found = db.session.scalars(
        _incidents(viewer)
        .where(Incident.campaign_id == campaign.id)
        .order_by(place, Incident.tell_by, Incident.created_at.desc(), Incident.id.desc())
    ).all()
    # What the sponsor still has to be told comes before what only has to be finished
    return sorted(found, key=_rank)


def _rank(incident: Incident) -> tuple[int, float]:
    if incident.state == IncidentState.SUSPECTED:
        return 0, -incident.created_at.timestamp()
    if incident.state == IncidentState.OPEN:
        moment = incident.tell_by.timestamp() if incident.tell_by else 0.0
        return (1 if incident.told_at is None else 2), moment
    return 3, -(incident.closed_at or incident.decided_at or incident.created_at).timestamp()


def urgent(viewer: Viewer) -> tuple[list[Incident], list[Incident]]:
    """Suspicions that wait for the viewer's ear, the surest first, and open incidents of which the
    sponsor was not told yet, the most urgent first; one statement, as every home page asks.
    """
    found = db.session.scalars(
        _incidents(viewer).where(
            (Incident.state == IncidentState.SUSPECTED)
            | ((Incident.state == IncidentState.OPEN) & Incident.told_at.is_(None))
        )
    ).all()
    waiting = [each for each in found if each.state == IncidentState.SUSPECTED]
    untold = [each for each in found if each.state == IncidentState.OPEN]
    return (
        sorted(waiting, key=lambda each: (-each.confidence, each.id)),
        sorted(untold, key=_rank),
    )


def of_call(viewer: Viewer, call: Call) -> list[Incident]:
    """Incidents of one call, without those that were dismissed."""
    return list(
        db.session.scalars(
            _incidents(viewer)
            .where(Incident.call_id == call.id, Incident.state != IncidentState.DISMISSED)
            .order_by(Incident.start_ms)
        )
    )


def get_incident(viewer: Viewer, incident_id: int) -> Incident:
    """One incident.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    incident = db.session.scalar(_incidents(viewer).where(Incident.id == incident_id))
    if incident is None or not can_handle(viewer, incident.call):
        raise NotFound("There is no such incident.")
    return incident


def shown_to_sponsor(viewer: Viewer) -> list[Incident]:
    """What a person of the sponsor's was told of, in their own campaigns, newest first. Suspicions,
    what was dismissed and what they were not told yet are nobody's outside.
    """
    if viewer.role is not Role.SPONSOR:
        return []
    return list(
        db.session.scalars(
            select(Incident)
            .where(
                Incident.campaign_id.in_(visible_campaigns(viewer).with_only_columns(Campaign.id)),
                Incident.told_at.is_not(None),
                Incident.state.in_((IncidentState.OPEN, IncidentState.CLOSED)),
            )
            .options(joinedload(Incident.campaign), joinedload(Incident.version))
            .order_by(Incident.told_at.desc(), Incident.id.desc())
        )
    )


def people_who_call_back(incident: Incident) -> Sequence[User]:
    """Who may be asked to call the prospect back: they have to be able to read the incident."""
    team = select(Membership.user_id).where(Membership.team_id == incident.call.team_id)
    return db.session.scalars(
        select(User)
        .where(
            User.is_enabled,
            (User.role == Role.ADMIN) | ((User.role == Role.SUPERVISOR) & User.id.in_(team)),
        )
        .order_by(User.name, User.id)
    ).all()
