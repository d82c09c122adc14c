"""What this room does when something happens, or is asked, below it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.audits import result_presenters
from callcoach.audits.models import Audit, AuditCall, AuditState, SampleState
from callcoach.audits.queries import is_hidden_for_judging, judged_rows, visible_audits
from callcoach.audits.results import results
from callcoach.extensions import db
from callcoach.privacy.waiting import Wanted, add_source
from callcoach.promises.hiding import hides
from callcoach.promises.models import PromiseVersion
from callcoach.web.subject_parts import add_part


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


@add_part
def precision_of_promise(kind: str, number: int) -> str:
    """How far the machine is right about a promise, over all closed audits that the viewer reads;
    nothing where no judgement was blind.
    """
    if kind != "promise":
        return ""
    closed = db.session.scalars(
        visible_audits(current_viewer())
        .with_only_columns(Audit.id)
        .where(Audit.state == AuditState.CLOSED)
    ).all()
    versions = set(
        db.session.scalars(select(PromiseVersion.id).where(PromiseVersion.promise_id == number))
    )
    rows = [row for row in judged_rows(closed) if row.version_id in versions]
    agreement = result_presenters.agreement(results(rows).agreement)
    return render_template("audits/_precision.html", agreement=agreement) if agreement.n else ""
