"""Reports of a closed audit: made with one click, listed with their hashes, downloaded."""

from __future__ import annotations

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.accounts.access_log import record
from callcoach.accounts.models import User
from callcoach.accounts.session import current_viewer
from callcoach.audits import queries
from callcoach.audits.blueprint import bp
from callcoach.audits.models import Audit, AuditReport, AuditState
from callcoach.audits.operations.reporting import make_report as make
from callcoach.audits.report_check import draw_troubles
from callcoach.audits.report_due import due_ids
from callcoach.calls.presenters import language
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.storage.store import get_store
from callcoach.web.toasts import notify


@bp.get("/audits/<int:audit_id>/report")
def show_reports(audit_id: int) -> ResponseReturnValue:
    """Reports of an audit, the newest first, and whether its draw gives the same again."""
    audit = queries.get_audit(current_viewer(), audit_id)
    reports = reports_of(audit)
    makers = {report.made_by_id for report in reports}
    names = {
        row.id: row.name
        for row in db.session.execute(select(User.id, User.name).where(User.id.in_(makers)))
    }
    return render_template(
        "audits/report.html",
        audit=audit,
        reports=reports,
        names=names,
        due_ids=due_ids(reports),
        is_closed=audit.state == AuditState.CLOSED,
        draw_differs=bool(audit.seed is not None and draw_troubles(audit)),
    )


@bp.post("/audits/<int:audit_id>/report")
def make_report(audit_id: int) -> ResponseReturnValue:
    """Make a report: PDF, spreadsheet, and an entry in the chain."""
    viewer = current_viewer()
    report = make(viewer, queries.get_audit(viewer, audit_id), language=language())
    db.session.commit()
    notify(_("Report no. %(number)s is made.", number=report.number))
    return redirect(url_for("audits.show_reports", audit_id=audit_id))


@bp.get("/audits/<int:audit_id>/report/<int:number>.<any(pdf, xlsx):kind>")
def download_report(audit_id: int, number: int, kind: str) -> ResponseReturnValue:
    """One file of a report; logged, and never kept by the browser."""
    viewer = current_viewer()
    audit = queries.get_audit(viewer, audit_id)
    report = next((one for one in reports_of(audit) if one.number == number), None)
    file = None if report is None else report.pdf if kind == "pdf" else report.xlsx
    if report is None or file is None:
        raise NotFound("There is no such report.")
    try:
        content = b"".join(get_store().open_range(file.key))
    except FileNotFoundError:
        raise NotFound("The file of this report is not there any more.") from None
    response = Response(content, mimetype=file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(report, kind)}"'
    response.headers["Cache-Control"] = "private, no-store"
    report_id = report.id
    db.session.rollback()
    with write_transaction():
        record(
            viewer.user_id,
            "audit.report_read",
            subject_kind="audit_report",
            subject_id=report_id,
            file=kind,
        )
        db.session.commit()
    return response


def reports_of(audit: Audit) -> list[AuditReport]:
    """Its reports, the newest first."""
    return list(
        db.session.scalars(
            select(AuditReport)
            .where(AuditReport.audit_id == audit.id)
            .order_by(AuditReport.number.desc())
        )
    )


def file_name(report: AuditReport, kind: str) -> str:
    """As it is saved: names nobody.

    >>> from datetime import datetime
    >>> file_name(AuditReport(number=3, made_at=datetime(2026, 9, 30)), "pdf")
    'audit-report-3-2026-09-30.pdf'
    """
    return f"audit-report-{report.number}-{report.made_at:%Y-%m-%d}.{kind}"
