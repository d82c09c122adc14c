"""What this room does when something happens below it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from callcoach.calls.events import on_details_changed, on_words_changed
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.incidents.models import Incident
from callcoach.incidents.operations.suspecting import suspect
from callcoach.promises.events import on_checked
from callcoach.promises.models import PromiseCheck
from callcoach.promises.queries import for_call


@on_checked
def call_was_checked(call: Call, checks: Sequence[PromiseCheck]) -> None:
    """Any call, sampled or not."""
    suspect(call, checks)


@on_words_changed
def call_was_read(call: Call) -> None:
    """Where no promise is in force nothing is checked; a false sender is one all the same."""
    if call.current_analysis_id is not None and not for_call(call):
        suspect(call, [])


@on_details_changed
def call_was_described(call: Call) -> None:
    """Moved to another campaign, it is that one's sponsor who is to be told. What somebody was told
    already stays theirs.
    """
    for incident in db.session.scalars(
        select(Incident).where(
            Incident.call_id == call.id,
            Incident.campaign_id != call.campaign_id,
            Incident.told_at.is_(None),
        )
    ):
        incident.campaign_id = call.campaign_id
        incident.promise_version_id = None
    db.session.flush()
