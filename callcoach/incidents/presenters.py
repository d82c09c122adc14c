"""What the pages of incidents print. Plain values for templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from callcoach.extensions import utc_now
from callcoach.incidents.labels import EVENTS, KINDS, STATES, STEPS
from callcoach.incidents.models import EventKind, Incident, IncidentState, Step
from callcoach.incidents.operations.handling import is_done
from callcoach.promises.labels import KINDS as PROMISE_KINDS

#: Seconds before the moment from which it is played: what led to it is heard with it.
LEAD_S = 6
#: Seconds after it.
TAIL_S = 4


@dataclass(frozen=True, slots=True)
class StepView:
    """One thing to do about an incident.

    Args:
        words: what was done, or why it is not needed.
    """

    name: str
    label: str
    is_done: bool
    is_not_needed: bool
    words: str


@dataclass(frozen=True, slots=True)
class EventView:
    """One line of the history."""

    label: str
    who: str
    at: datetime
    text: str
    is_shared: bool


@dataclass(frozen=True, slots=True)
class IncidentView:
    """One incident.

    Args:
        audio_url: the call's sound, from a little before the moment to a little after; "" without.
        desk_url: the moment on the desk; "" for a call that was put aside.
        is_overdue: the sponsor was not told in time, or has not been and the time is over.
    """

    incident_id: int
    kind: str
    state_value: str
    state_sign: str
    state: str
    quote: str
    promise: str
    promise_kind: str
    at_s: float
    confidence: float
    is_reported: bool
    reported_by: str
    agent: str
    company: str
    started_at: datetime
    created_at: datetime
    language: str
    campaign_id: int
    campaign: str
    audio_url: str
    desk_url: str
    url: str
    tell_by: datetime | None
    told_at: datetime | None
    is_overdue: bool
    account: str
    row_version: int
    recontact_by: str
    recontact_by_id: int | None
    recontact_due_on: str
    recontact_day: date | None
    steps: tuple[StepView, ...]

    @property
    def is_suspected(self) -> bool:
        return self.state_value == IncidentState.SUSPECTED

    @property
    def is_open(self) -> bool:
        return self.state_value == IncidentState.OPEN

    @property
    def left(self) -> list[str]:
        """What is still to be done, in words."""
        untold = [] if self.told_at else [str(_("Tell the sponsor"))]
        return untold + [step.label for step in self.steps if not step.is_done]


def incident_view(incident: Incident) -> IncidentView:
    """One incident."""
    call = incident.call
    sign, state = STATES[IncidentState(incident.state)]
    is_there = call.deleted_at is None
    has_sound = is_there and call.recording is not None and call.recording.playback_id is not None
    start = max(0.0, incident.start_ms / 1000 - LEAD_S)
    end = incident.end_ms / 1000 + TAIL_S
    audio = f"{url_for('calls.audio', call_id=call.id)}#t={start:.1f},{end:.1f}"
    moment = incident.told_at or utc_now()
    return IncidentView(
        incident_id=incident.id,
        kind=str(KINDS[incident.kind]),
        state_value=str(incident.state),
        state_sign=sign,
        state=str(state),
        quote=incident.quote,
        promise=incident.version.text if incident.version else "",
        promise_kind=str(PROMISE_KINDS[incident.version.kind]) if incident.version else "",
        at_s=incident.start_ms / 1000,
        confidence=incident.confidence,
        is_reported=incident.reported_by_id is not None,
        reported_by=_name(incident, EventKind.SUSPECTED),
        agent=call.agent.name if call.agent else "",
        company=call.company,
        started_at=call.started_at,
        created_at=incident.created_at,
        language=call.language,
        campaign_id=incident.campaign_id,
        campaign=incident.campaign.name,
        audio_url=audio if has_sound else "",
        desk_url=url_for("coaching.desk", call_id=call.id, t=f"{start:g}") if is_there else "",
        url=url_for("incidents.show_incident", incident_id=incident.id),
        tell_by=incident.tell_by,
        told_at=incident.told_at,
        is_overdue=incident.tell_by is not None and moment > incident.tell_by,
        account=incident.account,
        row_version=incident.row_version,
        recontact_by=incident.recontact_by.name if incident.recontact_by else "",
        recontact_by_id=incident.recontact_by_id,
        recontact_due_on=(
            incident.recontact_due_on.isoformat() if incident.recontact_due_on else ""
        ),
        recontact_day=incident.recontact_due_on,
        steps=tuple(_step(incident, step) for step in Step),
    )


def history(incident: Incident) -> list[EventView]:
    """What happened, newest first."""
    return [
        EventView(
            label=str(EVENTS[event.kind]),
            who=event.actor.name if event.actor else str(_("the analysis")),
            at=event.at,
            text=event.text,
            is_shared=event.is_shared,
        )
        for event in reversed(incident.events)
    ]


def _step(incident: Incident, step: Step) -> StepView:
    why = incident.not_needed.get(step.value, "")
    done = {
        Step.RECONTACT: "",
        Step.RECTIFIED: incident.rectified,
        Step.BRIEFING: incident.briefing,
    }[step]
    return StepView(step.value, str(STEPS[step]), is_done(incident, step), bool(why), why or done)


def _name(incident: Incident, kind: EventKind) -> str:
    event = next((each for each in incident.events if each.kind == kind), None)
    return event.actor.name if event is not None and event.actor is not None else ""
