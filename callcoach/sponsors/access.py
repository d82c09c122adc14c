"""Who sees what in the portal. Pure: no database, no request.

A call is shown to a client only where an audit's lot fell on it and people have judged it, or where it
was drawn to let a newly approved wording be heard; and only once a person released its redaction.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.audits.models import AuditState, SampleState
from callcoach.campaigns.access import can_edit_campaign
from callcoach.incidents.models import IncidentState


class Reach(StrEnum):
    """As whom somebody opens the portal of a campaign."""

    #: One of the client's own people.
    SPONSOR = "sponsor"
    #: Somebody of the floor's who looks at what their client sees, and changes nothing there.
    PREVIEW = "preview"


class Place(StrEnum):
    """How a call has come before the client, if it has."""

    NOWHERE = "nowhere"
    #: In an audit's sample, and judged.
    AUDIT = "audit"
    #: Drawn among the first that use a wording the client approved.
    WORDING = "wording"
    #: An incident the client was told of.
    INCIDENT = "incident"


#: Audits whose sampled and judged calls are shown.
_SHOWN = frozenset({AuditState.DRAWN, AuditState.CLOSED})


def reach(
    viewer: Viewer, team_ids: Collection[int], seat_user_ids: Collection[int]
) -> Reach | None:
    """As whom the viewer opens a campaign's portal; None: it does not exist for them."""
    if viewer.role is Role.SPONSOR:
        return Reach.SPONSOR if viewer.user_id in seat_user_ids else None
    return Reach.PREVIEW if can_edit_campaign(viewer, team_ids) else None


def can_see_audit(state: AuditState | str, *, is_drawn: bool) -> bool:
    """From the draw on, so that no call can be exchanged unseen; also one that was given up."""
    return is_drawn and AuditState(state) is not AuditState.DRAFT


def place_in_audit(audit: AuditState | str, sample: SampleState | str, *, is_judged: bool) -> Place:
    """Where a call of a draw stands: those in reserve, left out or not yet judged stand nowhere."""
    is_shown = AuditState(audit) in _SHOWN and SampleState(sample) is SampleState.SAMPLED
    return Place.AUDIT if is_shown and is_judged else Place.NOWHERE


def place_in_wording(*, is_drawn: bool) -> Place:
    """Where a call of a draw of new wordings stands."""
    return Place.WORDING if is_drawn else Place.NOWHERE


def place_in_incident(state: IncidentState | str, *, is_told: bool) -> Place:
    """Where the call of an incident stands: suspicions and what was dismissed are nobody's outside."""
    is_shown = IncidentState(state) in (IncidentState.OPEN, IncidentState.CLOSED)
    return Place.INCIDENT if is_shown and is_told else Place.NOWHERE


def can_see_call(how: Reach | None, place: Place, *, is_kept: bool, is_released: bool) -> bool:
    """Whether words and sound of a call may leave the floor.

    Args:
        how: as whom it is asked for.
        place: how the call has come before the client.
        is_kept: it was neither put aside nor erased.
        is_released: a person released a redaction that fits its words as they are now.
    """
    return how is not None and place is not Place.NOWHERE and is_kept and is_released


def can_see_whole(place: Place) -> bool:
    """Whether the call may be played from its beginning to its end. Of an incident only the stretch
    itself is told: no lot fell on that call.
    """
    return place in (Place.AUDIT, Place.WORDING)


def can_see_finding(how: Reach | None, place: Place) -> bool:
    """Know that there is a finding and how it stands, released or not."""
    return how is not None and place is Place.AUDIT


def can_see_incident(how: Reach | None, place: Place) -> bool:
    """Read what a person wrote of an incident."""
    return how is not None and place is Place.INCIDENT


def can_see_report(how: Reach | None, audit: AuditState | str) -> bool:
    """Fetch the report of an audit whose figures no longer change."""
    return how is not None and AuditState(audit) is AuditState.CLOSED


def can_answer(how: Reach | None) -> bool:
    """Comment, agree, contest: the client's own people; who looks in only looks."""
    return how is Reach.SPONSOR


def can_read_log(viewer: Viewer) -> bool:
    """See what clients looked at: administrators."""
    return viewer.sees_everything
