"""Words of this room."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from callcoach.incidents.models import EventKind, IncidentKind, IncidentState, Step

KINDS: Mapping[IncidentKind, LazyString] = {
    IncidentKind.FORBIDDEN_CLAIM: _l("Forbidden claim"),
    IncidentKind.FALSE_IDENTITY: _l("False identity"),
}

#: Mark and word: never told by colour alone.
STATES: Mapping[IncidentState, tuple[str, LazyString]] = {
    IncidentState.SUSPECTED: ("?", _l("Suspected")),
    IncidentState.OPEN: ("!", _l("Open")),
    IncidentState.CLOSED: ("✓", _l("Closed")),
    IncidentState.DISMISSED: ("×", _l("Dismissed")),
}

EVENTS: Mapping[EventKind, LazyString] = {
    EventKind.SUSPECTED: _l("Suspected"),
    EventKind.CONFIRMED: _l("Confirmed"),
    EventKind.DISMISSED: _l("Dismissed"),
    EventKind.REOPENED: _l("Taken up again"),
    EventKind.TOLD: _l("The sponsor was told"),
    EventKind.RECONTACT: _l("Calling back"),
    EventKind.RECTIFIED: _l("Put right"),
    EventKind.BRIEFING: _l("Briefing"),
    EventKind.COMMENT: _l("Remark"),
    EventKind.CLOSED: _l("Closed"),
}

STEPS: Mapping[Step, LazyString] = {
    Step.RECONTACT: _l("Call the prospect back"),
    Step.RECTIFIED: _l("Put right what was said"),
    Step.BRIEFING: _l("Brief the team"),
}
