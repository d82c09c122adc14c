"""Incidents as a client knows them: those they were told of, in words that a person wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db
from callcoach.incidents.models import (
    EventKind,
    Incident,
    IncidentEvent,
    IncidentKind,
    IncidentState,
    Step,
)
from callcoach.incidents.operations.handling import is_done
from callcoach.notices import operations as notices
from callcoach.script_library.approval_queries import people_of
from callcoach.sponsors import access, log, queries, sounds
from callcoach.sponsors.access import Place
from callcoach.sponsors.call_presenters import TurnView, moment_turns
from callcoach.sponsors.presenters import Mark, PromiseView, promise_view
from callcoach.sponsors.queries import Content
from callcoach.sponsors.sounds import SoundView
from callcoach.web import filters

#: Longest comment, characters.
MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class LineView:
    """A shared line of an incident's history."""

    what: str
    text: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident the client was told of.

    Args:
        title: what it is, in a few words.
        account: what happened, as a person wrote it for the client.
        steps: what is done about it, each with its name, sign and word.
        turns, sound: the moment, once its redaction is released.
    """

    incident_id: int
    title: str
    url: str
    mark: Mark
    account: str
    promise: PromiseView | None
    called_on: date | None
    told_at: datetime | None
    steps: Sequence[tuple[str, str, str]]
    closed_at: datetime | None
    lines: Sequence[LineView]
    turns: Sequence[TurnView]
    sound: SoundView | None
    is_released: bool


def place_of(incident: Incident) -> Place:
    """How the call of an incident stands before the client."""
    return access.place_in_incident(incident.state, is_told=incident.told_at is not None)


def told(campaign: Campaign) -> list[Incident]:
    """Incidents the client was told of, newest first."""
    found = db.session.scalars(
        select(Incident)
        .where(Incident.campaign_id == campaign.id, Incident.told_at.is_not(None))
        .options(selectinload(Incident.events))
        .order_by(Incident.told_at.desc(), Incident.id.desc())
    )
    return [incident for incident in found if place_of(incident) is Place.INCIDENT]


def get_incident(viewer: Viewer, incident_id: int) -> Incident:
    """One incident the client was told of.

    Raises:
        NotFound: also for suspicions, and for what was dismissed or not yet told.
    """
    incident = db.session.get(Incident, incident_id)
    if incident is None or not access.can_see_incident(
        queries.reach_of(viewer, incident.campaign), place_of(incident)
    ):
        raise NotFound("There is no such page.")
    return incident


def content_of(viewer: Viewer, incident: Incident) -> Content | None:
    """What of its call may be shown."""
    return queries.content_of(viewer, incident.call, place_of(incident), incident.campaign_id)


def unread(viewer: Viewer, campaign: Campaign) -> list[IncidentView]:
    """Incidents the viewer has not opened yet, oldest first; or, for who looks in, nobody of
    the client's has.
    """
    found = told(campaign)
    opened = log.opened(
        viewer, campaign, "incident", "incident", [incident.id for incident in found]
    )
    return [
        incident_view(viewer, incident, None)
        for incident in reversed(found)
        if incident.id not in opened
    ]


def comment(viewer: Viewer, incident: Incident, text: str) -> IncidentEvent:
    """Say something of an incident; the supervisors are told.

    Raises:
        NotAllowed: the viewer only looks in.
        InvalidInput: nothing, or too much.
    """
    campaign = incident.campaign
    if not access.can_answer(queries.reach_of(viewer, campaign)):
        raise NotAllowed("Only the client’s own people answer here.")
    text = text.strip()
    if not text:
        raise InvalidInput("Write your comment first.")
    if len(text) > MAX_TEXT:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_TEXT)
    line = IncidentEvent(kind=EventKind.COMMENT, actor_id=viewer.user_id, text=text, is_shared=True)
    incident.events.append(line)
    db.session.flush()
    log.write(viewer, campaign, "incident_commented", "incident", incident.id)
    supervisors = people_of(campaign, Role.SUPERVISOR, team_ids=[incident.call.team_id])
    notices.notify_each(
        [person.id for person in supervisors],
        "portal.incident_commented",
        f"incident:{incident.id}",
        f"/incidents/{incident.id}",
        campaign=campaign.name,
    )
    return line


def incident_view(viewer: Viewer, incident: Incident, content: Content | None) -> IncidentView:
    """One incident; without content not a word of the call itself."""
    titles = {
        IncidentKind.FORBIDDEN_CLAIM: _("A forbidden claim was made"),
        IncidentKind.FALSE_IDENTITY: _("A false identity was given"),
    }
    is_closed = IncidentState(incident.state) is IncidentState.CLOSED
    call = incident.call
    return IncidentView(
        incident_id=incident.id,
        title=titles[IncidentKind(incident.kind)],
        url=url_for("sponsors.show_incident", incident_id=incident.id),
        mark=Mark("✓", _("closed"), "good") if is_closed else Mark("!", _("still open"), "break"),
        account=incident.account,
        promise=promise_view(incident.version) if incident.version is not None else None,
        called_on=call.started_at.date(),
        told_at=incident.told_at,
        steps=_steps(incident),
        closed_at=incident.closed_at,
        lines=_lines(incident),
        turns=(
            moment_turns(content, incident.start_ms, incident.end_ms) if content is not None else []
        ),
        sound=(
            sounds.excerpt_view(
                content,
                incident.start_ms,
                incident.end_ms,
                "sponsors.incident_audio",
                incident_id=incident.id,
            )
            if content is not None
            else None
        ),
        is_released=content is not None,
    )


def _steps(incident: Incident) -> list[tuple[str, str, str]]:
    """How far each step is; the words that people wrote about it only where they shared them."""
    shared = {
        EventKind(line.kind): line.text for line in incident.events if line.is_shared and line.text
    }
    due = incident.recontact_due_on
    plans = {
        Step.RECONTACT: _("planned by %(day)s", day=filters.local_date(due)) if due else "",
        Step.BRIEFING: _("on the agenda of a debrief") if incident.item_id is not None else "",
    }
    words = {Step.RECTIFIED: shared.get(EventKind.RECTIFIED, "")}
    names = {
        Step.RECONTACT: _("The person is called back"),
        Step.RECTIFIED: _("What was said is put right"),
        Step.BRIEFING: _("The team is briefed"),
    }
    found = []
    for step, name in names.items():
        if step.value in incident.not_needed:
            found.append((name, "–", _("not needed")))
        elif is_done(incident, step):
            found.append((name, "✓", words.get(step) or _("done")))
        else:
            found.append((name, "◔", plans.get(step) or _("not yet")))
    return found


def _lines(incident: Incident) -> list[LineView]:
    """What of its history the client reads; people of the floor are not named."""
    words = {
        EventKind.TOLD: _("You were told"),
        EventKind.RECONTACT: _("The person was called back"),
        EventKind.RECTIFIED: _("It was put right"),
        EventKind.BRIEFING: _("The team was briefed"),
        EventKind.COMMENT: _("Comment"),
        EventKind.CLOSED: _("Closed"),
        EventKind.REOPENED: _("Opened again"),
        EventKind.CONFIRMED: _("Confirmed"),
        EventKind.SUSPECTED: _("Found"),
        EventKind.DISMISSED: _("Dismissed"),
    }
    return [
        LineView(
            what=words[EventKind(line.kind)],
            text=line.text,
            who=line.actor.name
            if line.actor is not None and line.actor.role == Role.SPONSOR
            else _("The supervisor"),
            at=line.at,
        )
        for line in incident.events
        if line.is_shared
    ]
