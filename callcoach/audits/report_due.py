"""Which reports quote what may not be shown any more: they stay in the chain, and a new one is due.

A report quotes the released words of its sampled calls. Whoever takes a release back, corrects the
words, puts a call aside or erases it takes them back from the files made before, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from callcoach.accounts.models import AccessEvent
from callcoach.audits.models import Audit, AuditCall, AuditReport
from callcoach.audits.queries import sampled_calls
from callcoach.calls.models import AnalysisRun, Call, TurnCorrection
from callcoach.extensions import db
from callcoach.privacy.models import Redaction
from callcoach.privacy.queries import newest_of, released_ids

#: Reports are dated to the second they were made in, rounded down.
_ROUNDED = timedelta(seconds=1)


def is_due(report: AuditReport) -> bool:
    """Whether a call that the report may quote is no longer released as it was, or is gone."""
    return report.id in due_ids([report])


def due_ids(reports: Sequence[AuditReport]) -> set[int]:
    """Those of some reports in whose place a new one is due."""
    due = set()
    for audit in {report.audit.id: report.audit for report in reports if report.audit}.values():
        made = {one.id: one.made_at for one in reports if one.audit_id == audit.id}
        judged = [one for one in sampled_calls(audit) if one.judged_at is not None]
        redactions = _redactions([one.call_id for one in judged if one.call_id is not None])
        standing = released_ids(redactions)
        erased_at = _erased_at(audit, judged)
        for report_id, at in made.items():
            is_erased = erased_at is not None and erased_at >= at
            if is_erased or any(
                _is_taken_back(rows, at, is_standing=call_id in standing)
                for call_id, rows in redactions.items()
            ):
                due.add(report_id)
    return due


def _redactions(call_ids: Sequence[int]) -> dict[int, list[Redaction]]:
    """Redactions that were ever released, by call, the newest first."""
    found: dict[int, list[Redaction]] = {}
    for row in db.session.scalars(
        select(Redaction)
        .where(Redaction.call_id.in_(call_ids), Redaction.released_at.is_not(None))
        .order_by(Redaction.number.desc())
    ):
        found.setdefault(row.call_id, []).append(row)
    return found


def _is_taken_back(rows: Sequence[Redaction], at: datetime, *, is_standing: bool) -> bool:
    """Whether what was released of a call when a report was made is not what is released now."""
    quoted = next(
        (
            row
            for row in rows
            if row.released_at is not None
            and row.released_at < at + _ROUNDED
            and (row.withdrawn_at is None or row.withdrawn_at >= at)
        ),
        None,
    )
    if quoted is None:
        return False
    if is_standing:
        newest = newest_of(quoted.call_id)
        return newest is None or newest.id != quoted.id
    if quoted.withdrawn_at is not None:
        return True
    call = quoted.call
    if call.deleted_at is not None and call.deleted_at >= at:
        return True
    # Out of date before the report was made: it was not quoted
    return call.deleted_at is None and _words_changed_at(call) >= at


def _words_changed_at(call: Call) -> datetime:
    """When what is said of the call was last found or corrected; nothing of it is ever removed."""
    moments = [
        db.session.scalar(select(func.max(table.created_at)).where(table.call_id == call.id))
        for table in (AnalysisRun, TurnCorrection, Redaction)
    ]
    return max([moment for moment in moments if moment is not None], default=call.created_at)


def _erased_at(audit: Audit, judged: Sequence[AuditCall]) -> datetime | None:
    """When a call was last erased that may have been in the sample: which one it was is not known
    any more, so that any of the frame counts; None while the sample is whole.
    """
    if all(one.call_id is not None for one in judged):
        return None
    frame = [call_id for ids in audit.drawn_from.get("strata", {}).values() for call_id in ids]
    moment: datetime | None = db.session.scalar(
        select(func.max(AccessEvent.at)).where(
            AccessEvent.action == "call.purged", AccessEvent.subject_id.in_(frame)
        )
    )
    return moment
