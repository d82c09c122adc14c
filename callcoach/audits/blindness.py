"""Which judgements were not made before the machine's proposal could be read: they say nothing of how
far people and machine agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum

from sqlalchemy import select

from callcoach.audits.models import Audit, AuditCall, Judgement, SampleState
from callcoach.extensions import db
from callcoach.incidents.models import Incident
from callcoach.promises.models import PromiseCheck, PromiseVersion


class Seen(StrEnum):
    """Where the proposal had been read."""

    #: The call was done in another audit, and the proposals shown beside the judgements.
    OTHER_AUDIT = "other_audit"
    #: A suspicion of the machine about this promise in this call was decided.
    INCIDENT = "incident"


def seen_before(findings: Sequence[Judgement]) -> dict[int, Seen]:
    """The judgements that were not blind, by id; those of erased calls cannot be told any more."""
    calls = sorted({one.sampled.call_id for one in findings if one.sampled.call_id is not None})
    if not calls:
        return {}
    done = db.session.execute(
        select(AuditCall.call_id, AuditCall.id, AuditCall.judged_at).where(
            AuditCall.call_id.in_(calls), AuditCall.judged_at.is_not(None)
        )
    ).all()
    decided = db.session.execute(
        select(Incident.call_id, PromiseVersion.promise_id, Incident.decided_at)
        .join(PromiseVersion, PromiseVersion.id == Incident.promise_version_id)
        .where(Incident.call_id.in_(calls), Incident.decided_at.is_not(None))
    ).all()
    found: dict[int, Seen] = {}
    for one in findings:
        call_id, promise_id = one.sampled.call_id, one.version.promise_id
        if any(
            row.call_id == call_id and row.id != one.audit_call_id and row.judged_at < one.judged_at
            for row in done
        ):
            found[one.id] = Seen.OTHER_AUDIT
        elif any(
            row.call_id == call_id
            and row.promise_id == promise_id
            and row.decided_at < one.judged_at
            for row in decided
        ):
            found[one.id] = Seen.INCIDENT
    return found


def left_out_of_agreement(audit: Audit) -> Mapping[Seen, int]:
    """Pairs of a judgement and a proposal that the agreement leaves out, by reason."""
    findings = [
        finding
        for sampled in audit.calls
        if sampled.state == SampleState.SAMPLED and sampled.judged_at is not None
        for finding in sampled.judgements
        if finding.machine is None
    ]
    seen = seen_before(findings)
    calls = sorted({one.sampled.call_id for one in findings if one.sampled.call_id is not None})
    proposed = {
        (row.call_id, row.promise_version_id)
        for row in db.session.execute(
            select(PromiseCheck.call_id, PromiseCheck.promise_version_id).where(
                PromiseCheck.call_id.in_(calls)
            )
        )
    }
    return Counter(
        seen[one.id]
        for one in findings
        if one.id in seen and (one.sampled.call_id, one.promise_version_id) in proposed
    )
