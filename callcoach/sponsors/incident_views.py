"""Incidents the client was told of."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.extensions import db
from callcoach.incidents.models import Incident
from callcoach.sponsors import incidents, log, queries, sounds
from callcoach.sponsors.blueprint import bp
from callcoach.sponsors.naming import ensure_aliases
from callcoach.sponsors.portal_views import frame, see
from callcoach.sponsors.queries import Content
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/portal/campaigns/<int:campaign_id>/incidents")
def list_incidents(campaign_id: int) -> ResponseReturnValue:
    """Every incident the client was told of."""
    viewer = current_viewer()
    campaign = queries.get_campaign(viewer, campaign_id)
    html = render_template(
        "sponsors/incidents.html",
        **frame(viewer, campaign, "incidents"),
        incidents=[
            incidents.incident_view(viewer, incident, None) for incident in incidents.told(campaign)
        ],
    )
    if is_seen():
        log.write_after_reading(viewer, campaign, "incidents", "campaign", campaign_id)
    return html


@bp.get("/portal/incidents/<int:incident_id>")
def show_incident(incident_id: int) -> ResponseReturnValue:
    """One incident: what happened, what is done about it, and the moment once it is released."""
    viewer = current_viewer()
    incident, content = _opened(viewer, incident_id)
    campaign = incident.campaign
    html = render_template(
        "sponsors/incident.html",
        **frame(viewer, campaign, "incidents"),
        incident=incidents.incident_view(viewer, incident, content),
        has_agent_voice=campaign.portal_agent_voice,
        language=campaign.language,
    )
    wanted = (
        [sounds.stretch_of(content, incident.start_ms, incident.end_ms)]
        if content is not None
        else []
    )
    log.write_after_reading(viewer, campaign, "incident", "incident", incident_id)
    if is_seen():
        sounds.ask_for(wanted)
        see(viewer, f"incident:{incident_id}")
    return html


@bp.get("/portal/incidents/<int:incident_id>/audio")
def incident_audio(incident_id: int) -> ResponseReturnValue:
    """The beeped sound around the words of an incident."""
    viewer = current_viewer()
    incident, opened = _opened(viewer, incident_id)
    content = queries.require_content(opened)
    file = sounds.find(content, sounds.stretch_of(content, incident.start_ms, incident.end_ms))
    return sounds.serve(viewer, content, file, "incident_heard", ("incident", incident_id))


@bp.get("/portal/incidents/<int:incident_id>/audio/state")
def incident_audio_status(incident_id: int) -> ResponseReturnValue:
    """Whether that sound is written (``state``)."""
    viewer = current_viewer()
    incident, opened = _opened(viewer, incident_id)
    view = incidents.incident_view(viewer, incident, queries.require_content(opened))
    return jsonify(state=view.sound.state if view.sound is not None else "gone")


@bp.post("/portal/incidents/<int:incident_id>/comments")
def comment_incident(incident_id: int) -> ResponseReturnValue:
    """Say something of an incident (``text``)."""
    viewer = current_viewer()
    incident = incidents.get_incident(viewer, incident_id)
    incidents.comment(viewer, incident, request.form.get("text", ""))
    db.session.commit()
    notify(_("Your comment is there; the supervisors are told."))
    return redirect(url_for("sponsors.show_incident", incident_id=incident_id))


def _opened(viewer: Viewer, incident_id: int) -> tuple[Incident, Content | None]:
    incident = incidents.get_incident(viewer, incident_id)
    ensure_aliases(incident.campaign.sponsor_id, [incident.call.agent_id])
    incident = incidents.get_incident(viewer, incident_id)
    return incident, incidents.content_of(viewer, incident)
