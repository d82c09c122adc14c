"""Reports of closed audits, as they were made and hashed."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.audits.report_due import is_due
from callcoach.calls.media_views import send_file
from callcoach.errors import NotFound
from callcoach.sponsors import log, queries
from callcoach.sponsors.blueprint import bp


@bp.get("/portal/reports/<int:report_id>/<what>")
def download_report(report_id: int, what: str) -> ResponseReturnValue:
    """The stored file of a report, byte for byte; `what` is ``pdf`` or ``xlsx``. A client is given
    none that quotes what is not released any more: a new report is due.
    """
    viewer = current_viewer()
    report = queries.get_report(viewer, report_id)
    file = {"pdf": report.pdf, "xlsx": report.xlsx}.get(what)
    if file is None or report.audit is None:
        raise NotFound("There is no such page.")
    if viewer.role is Role.SPONSOR and is_due(report):
        raise NotFound("This report quotes a call that is no longer released: a new report is due.")
    campaign, number = report.audit.campaign, report.number
    response: Response = send_file(file)
    response.headers["Content-Disposition"] = f"attachment; filename=audit-{number}.{what}"
    response.headers["Cache-Control"] = "private, no-store"
    log.write_after_reading(viewer, campaign, "report", "audit_report", report_id, format=what)
    return response
