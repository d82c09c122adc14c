"""Statements that were approved before they were written down here: for demos and tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from callcoach.campaigns.models import Campaign, Promise
from callcoach.extensions import db
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.promises.operations.proposing import Content


def seed(campaign: Campaign, statements: Iterable[Content], *, since: datetime) -> None:
    """Write statements as approved, and in force since a moment. The campaign is flushed."""
    for each in statements:
        said = {
            "kind": each.kind,
            "text": each.text,
            "note": each.note,
            "nuances": list(each.nuances),
            "condition": each.condition,
            "disclosure": each.disclosure,
        }
        promise = Promise(campaign_id=campaign.id, is_in_force=True, **said)
        db.session.add(promise)
        db.session.flush()
        db.session.add(
            PromiseVersion(
                promise_id=promise.id,
                number=1,
                state=ProposalState.APPROVED,
                is_recorded=True,
                proposed_at=since,
                decided_at=since,
                in_force_from=since,
                **said,
            )
        )
    db.session.flush()
    db.session.expire(campaign, ["promises"])
