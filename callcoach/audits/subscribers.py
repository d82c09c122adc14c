"""What this room does when something happens, or is asked, below it."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.audits.models import Audit, AuditCall, AuditState, SampleState
from callcoach.audits.queries import is_hidden_for_judging, visible_audits
from callcoach.extensions import db
from callcoach.privacy.waiting import Wanted, add_source
from callcoach.promises.hiding import hides


@hides
def is_to_be_judged(call_id: int) -> bool:
    """Nobody sees what the machine proposes of a sampled call before people have judged it."""
    return is_hidden_for_judging(call_id)


@add_source
def sampled_calls(viewer: Viewer) -> Iterable[Wanted]:
    """Calls of a sample: the client may hear them once they are judged and released."""
    mine = visible_audits(viewer).with_only_columns(Audit.id)
    found = db.session.execute(
        select(AuditCall.call_id, Audit.title, Audit.drawn_at)
        .join(Audit, Audit.id == AuditCall.audit_id)
        .where(
            Audit.id.in_(mine),
            Audit.state.in_([AuditState.DRAWN, AuditState.CLOSED]),
            AuditCall.state == SampleState.SAMPLED,
            AuditCall.call_id.is_not(None),
        )
        .order_by(Audit.drawn_at, AuditCall.position)
    )
    for call_id, title, drawn_at in found:
        if call_id is not None and drawn_at is not None:
            yield Wanted(call_id, _("Sampled in the audit “%(title)s”.", title=title), drawn_at)
