"""Reads of contested findings."""

from __future__ import annotations

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.audits.models import Audit, AuditCall, JointCalibration, Judgement
from callcoach.audits.queries import visible_audits
from callcoach.extensions import db


def calibrations(viewer: Viewer) -> list[JointCalibration]:
    """Joint calibrations of the viewer's audits: those still open first, longest first."""
    mine = visible_audits(viewer).with_only_columns(Audit.id)
    found = db.session.scalars(
        select(JointCalibration)
        .join(Judgement, Judgement.id == JointCalibration.judgement_id)
        .join(AuditCall, AuditCall.id == Judgement.audit_call_id)
        .where(AuditCall.audit_id.in_(mine))
        .order_by(JointCalibration.opened_at, JointCalibration.id)
    )
    return sorted(found, key=lambda one: one.closed_at is not None)


def waiting(viewer: Viewer) -> list[JointCalibration]:
    """Those on which the floor has something to do: answer, or conclude once both answered."""
    return [
        one
        for one in calibrations(viewer)
        if one.closed_at is None
        and (one.floor_standing is None or one.sponsor_standing is not None)
    ]


def count_waiting(viewer: Viewer) -> int:
    """How many `waiting` gives."""
    mine = visible_audits(viewer).with_only_columns(Audit.id)
    return (
        db.session.scalar(
            select(func.count(JointCalibration.id))
            .join(Judgement, Judgement.id == JointCalibration.judgement_id)
            .join(AuditCall, AuditCall.id == Judgement.audit_call_id)
            .where(
                AuditCall.audit_id.in_(mine),
                JointCalibration.closed_at.is_(None),
                JointCalibration.floor_standing.is_(None)
                | JointCalibration.sponsor_standing.is_not(None),
            )
        )
        or 0
    )
