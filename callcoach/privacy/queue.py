"""The queue: calls that somebody waits for, in the scope of who releases them, longest wait first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callcoach.accounts.access import Viewer, can_edit_campaigns
from callcoach.accounts.models import Role
from callcoach.calls import presenters as calls_presenters
from callcoach.calls import queries as calls
from callcoach.campaigns.access import can_edit_campaign
from callcoach.privacy.models import Redaction
from callcoach.privacy.queries import newest_by_call, released_ids
from callcoach.privacy.waiting import wanted_by


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that waits.

    Args:
        why: what for.
        state: ``new`` (nobody looked at it), ``draft``, ``outdated`` (its words changed since it was
            released) or ``withdrawn``.
    """

    call_id: int
    heading: str
    campaign: str
    sponsor: str
    started_at: datetime
    duration_ms: int
    why: str
    since: datetime
    state: str


def has_queue(viewer: Viewer) -> bool:
    """Whether somebody releases redactions at all: supervisors and administrators."""
    return can_edit_campaigns(viewer) and viewer.has_role(Role.ADMIN, Role.SUPERVISOR)


def waiting_for(viewer: Viewer) -> list[Waiting]:
    """Every call of the viewer's campaigns that is wanted and not released, in the order of their
    sources, then the longest wait first. Calls without a transcript wait for that first.
    """
    if not has_queue(viewer):
        return []
    wanted = wanted_by(viewer)
    if not wanted:
        return []
    found = {call.id: call for call in calls.calls_by_id(viewer, [w.call_id for w in wanted])}
    released = released_ids(list(found))
    newest = newest_by_call(list(found))
    rows: list[Waiting] = []
    for item in wanted:
        call = found.get(item.call_id)
        if call is None or call.id in released or call.current_analysis_id is None:
            continue
        if not can_edit_campaign(viewer, [link.team_id for link in call.campaign.teams]):
            continue
        rows.append(
            Waiting(
                call.id,
                calls_presenters.heading(call),
                call.campaign.name,
                call.campaign.sponsor.name,
                call.started_at,
                call.duration_ms,
                item.why,
                item.since,
                _state(newest.get(call.id)),
            )
        )
    return rows


def _state(newest: Redaction | None) -> str:
    if newest is None:
        return "new"
    if newest.withdrawn_at is not None:
        return "withdrawn"
    return "outdated" if newest.released_at is not None else "draft"
