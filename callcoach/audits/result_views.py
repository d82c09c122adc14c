"""What an audit found, and the joint calibration of what the client contests."""

from __future__ import annotations

from typing import cast

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.audits import calibration_queries, presenters, queries, result_presenters
from callcoach.audits.access import sees_audits
from callcoach.audits.blindness import left_out_of_agreement
from callcoach.audits.blueprint import bp
from callcoach.audits.models import AuditState, JointCalibration
from callcoach.audits.operations import calibrating, remarking
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.web import nav
from callcoach.web.forms import day_of
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/audits/<int:audit_id>/results")
def show_results(audit_id: int) -> ResponseReturnValue:
    """Promises × weeks, or × script versions (``?by=scripts``); nothing before it is closed."""
    viewer = current_viewer()
    audit = queries.get_audit(viewer, audit_id)
    if audit.state != AuditState.CLOSED:
        return redirect(url_for("audits.show_audit", audit_id=audit_id))
    by = "scripts" if request.args.get("by") == "scripts" else "weeks"
    found = queries.results_of(audit)
    return render_template(
        "audits/results.html",
        audit=audit,
        by=by,
        facts=queries.facts_of(audit),
        row=presenters.audit_row(audit),
        matrix=result_presenters.matrix(audit, found, by),
        agreement=result_presenters.agreement(found.agreement),
        not_compared=result_presenters.not_compared(left_out_of_agreement(audit)),
        excluded=presenters.exclusions(audit.drawn_from.get("excluded", [])),
    )


@bp.get("/audits/<int:audit_id>/results/<int:version_id>")
def show_cell(audit_id: int, version_id: int) -> ResponseReturnValue:
    """The findings behind a figure: of one promise, in a week (``?week=``) or with a script
    (``?script=``, 0 for none known).
    """
    viewer = current_viewer()
    audit = queries.get_audit(viewer, audit_id)
    line = queries.results_of(audit).of(version_id) if audit.state == AuditState.CLOSED else None
    cell = None if line is None else line.total
    if line is not None and (week := request.args.get("week")):
        day = day_of(week)
        cell = line.by_week.get(day) if day is not None else None
    elif line is not None and "script" in request.args:
        cell = line.by_script.get(request.args.get("script", 0, type=int) or None)
    if cell is None:
        raise NotFound("There is no such figure.")
    version = queries.versions_by_id([version_id])[version_id]
    return render_template(
        "audits/cell.html",
        audit=audit,
        version=version,
        cell=cell,
        share=presenters.share_text(cell.aligned),
        findings=result_presenters.finding_lines(cell.judgement_ids),
    )


@bp.get("/audits/findings/<int:finding_id>")
def show_finding(finding_id: int) -> ResponseReturnValue:
    """One finding, what the client says of it, and the joint calibration."""
    viewer = current_viewer()
    finding = queries.get_finding(viewer, finding_id)
    if finding.sampled.judged_at is None:
        raise NotFound("This finding does not exist, or is not one of yours.")
    html = render_template(
        "audits/finding.html",
        audit=finding.sampled.audit,
        finding=finding,
        view=result_presenters.finding_line(finding),
        choices=presenters.choices_of(finding.version.kind),
        remarks=result_presenters.remarks(finding),
        calibration=result_presenters.calibration_view(finding),
        moment_url=result_presenters.moment_url(viewer, finding),
    )
    if is_seen():
        db.session.rollback()
        with write_transaction():
            mark_subject_seen(viewer, f"finding:{finding_id}")
            db.session.commit()
    return html


@bp.get("/audits/contested")
def list_contested() -> ResponseReturnValue:
    """Findings that a client contests: those that wait for the floor first."""
    viewer = current_viewer()
    if not sees_audits(viewer):
        raise NotFound("There is no such page.")
    waiting = calibration_queries.waiting(viewer)
    rest = [one for one in calibration_queries.calibrations(viewer) if one not in waiting]
    return render_template(
        "audits/contested.html",
        waiting=[result_presenters.contested_line(one) for one in waiting],
        rest=[result_presenters.contested_line(one) for one in rest],
    )


@bp.post("/audits/findings/<int:finding_id>/answer")
def answer_contested(finding_id: int) -> ResponseReturnValue:
    """Say what the floor holds (``standing``, ``reason``), blind to the client's answer."""
    viewer = current_viewer()
    calibrating.answer_for_floor(
        viewer,
        _calibration(finding_id),
        request.form.get("standing", ""),
        request.form.get("reason", ""),
    )
    db.session.commit()
    notify(_("Your answer is kept."))
    return redirect(url_for("audits.show_finding", finding_id=finding_id))


@bp.post("/audits/findings/<int:finding_id>/conclude")
def conclude_contested(finding_id: int) -> ResponseReturnValue:
    """After both have answered: come round to the client (``as=agreed``), or record that both differ."""
    viewer = current_viewer()
    calibration = _calibration(finding_id)
    if request.form.get("as") == "agreed":
        calibrating.take_over(viewer, calibration)
        message = _("Settled: the figures use what both hold.")
    else:
        calibrating.record_disagreement(viewer, calibration)
        message = _("It is recorded that both differ; the finding stays as it was judged.")
    db.session.commit()
    notify(message)
    return redirect(url_for("audits.show_finding", finding_id=finding_id))


@bp.post("/audits/findings/<int:finding_id>/comments")
def comment_finding(finding_id: int) -> ResponseReturnValue:
    """Write ``text`` under a finding; the client reads it."""
    viewer = current_viewer()
    said = remarking.comment(
        viewer, queries.get_finding(viewer, finding_id), request.form.get("text", "")
    )
    undo = url_for("audits.take_back_comment", remark_id=said.id)
    db.session.commit()
    notify(_("Your comment stands under the finding; the client reads it."), undo=undo)
    return redirect(url_for("audits.show_finding", finding_id=finding_id))


@bp.post("/audits/remarks/<int:remark_id>/take-back")
def take_back_comment(remark_id: int) -> ResponseReturnValue:
    """Undo a comment of one's own."""
    viewer = current_viewer()
    said = queries.get_remark(viewer, remark_id)
    finding_id = said.judgement_id
    remarking.take_back(viewer, said)
    db.session.commit()
    return redirect(url_for("audits.show_finding", finding_id=finding_id))


def _count_contested() -> int:
    return calibration_queries.count_waiting(current_viewer())


bp.record_once(
    lambda state: nav.add_badge(cast("Flask", state.app), "audits.list_audits", _count_contested)
)


def _calibration(finding_id: int) -> JointCalibration:
    calibration = queries.get_finding(current_viewer(), finding_id).calibration
    if calibration is None:
        raise NotFound("Nobody contests this finding any more.")
    return calibration
