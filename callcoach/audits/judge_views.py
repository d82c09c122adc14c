"""The page on which a sampled call is judged, promise by promise, and what comes after it."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.audits import judge_presenters as presenters
from callcoach.audits import queries
from callcoach.audits.access import can_judge
from callcoach.audits.blueprint import bp
from callcoach.audits.models import Audit, AuditCall, SampleState
from callcoach.audits.operations import judging
from callcoach.audits.operations.drawing import leave_out
from callcoach.audits.operations.judging import Place
from callcoach.audits.presenters import LEFT_OUT
from callcoach.calls import views as calls_views
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call
from callcoach.calls.queries import turns_of
from callcoach.errors import Conflict, NotFound
from callcoach.extensions import db
from callcoach.promises.hiding import is_hidden
from callcoach.web.errors import explain
from callcoach.web.requests import wants_json
from callcoach.web.toasts import notify


@bp.get("/audits/<int:audit_id>/judge")
def judge(audit_id: int) -> ResponseReturnValue:
    """The next call that the viewer is to judge; the audit when there is none."""
    viewer = current_viewer()
    return redirect(next_url(viewer, queries.get_audit(viewer, audit_id)))


@bp.get("/audits/calls/<int:sampled_id>")
def show_sampled(sampled_id: int) -> ResponseReturnValue:
    """A sampled call: to be judged, or, once it is done, beside what the machine had proposed."""
    viewer = current_viewer()
    sampled, call = _sampled(viewer, sampled_id)
    if sampled.judged_at is None and not can_judge(sampled.audit.state):
        return redirect(url_for("audits.show_audit", audit_id=sampled.audit_id))
    html = _done(viewer, sampled, call) if sampled.judged_at else _open(viewer, sampled, call)
    calls_views.log_read(viewer, call, "audit.call_opened")
    return html


@bp.post("/audits/calls/<int:sampled_id>/promises/<int:version_id>")
def put_judgement(sampled_id: int, version_id: int) -> ResponseReturnValue:
    """Judge: ``standing``; with ``channel``, ``start_ms``, ``end_ms`` where it was said, with
    ``nowhere`` that it has no place, with ``comment`` why. What is not sent stays.
    """
    viewer = current_viewer()
    sampled, call = _sampled(viewer, sampled_id)
    form = request.form
    judging.judge(
        viewer,
        sampled,
        version_id,
        form.get("standing", ""),
        place=_place(call),
        comment=form.get("comment"),
    )
    return _answer(sampled)


@bp.post("/audits/calls/<int:sampled_id>/promises/<int:version_id>/take-back")
def take_back_judgement(sampled_id: int, version_id: int) -> ResponseReturnValue:
    """Undo a judgement of a call that is still open."""
    viewer = current_viewer()
    sampled, _call = _sampled(viewer, sampled_id)
    judging.take_back(viewer, sampled, version_id)
    return _answer(sampled)


@bp.post("/audits/calls/<int:sampled_id>/finish")
def finish_sampled(sampled_id: int) -> ResponseReturnValue:
    """Say that the call is done: what the machine had proposed is shown from now on."""
    viewer = current_viewer()
    sampled, _call = _sampled(viewer, sampled_id)
    try:
        judging.finish(viewer, sampled)
    except Conflict as error:
        db.session.rollback()
        notify(explain(error), "error")
    else:
        db.session.commit()
    return redirect(url_for("audits.show_sampled", sampled_id=sampled_id))


@bp.post("/audits/findings/<int:finding_id>/correct")
def correct_finding(finding_id: int) -> ResponseReturnValue:
    """Hold something else (``standing``, ``reason``) since the proposal was shown."""
    viewer = current_viewer()
    finding = queries.get_finding(viewer, finding_id)
    form = request.form
    judging.correct(
        viewer,
        finding,
        form.get("standing", ""),
        form.get("reason", ""),
        form.get("based_on", 0, type=int),
    )
    sampled_id = finding.audit_call_id
    db.session.commit()
    notify(_("Corrected. Agreement with the machine keeps to what you said first."))
    return redirect(url_for("audits.show_sampled", sampled_id=sampled_id))


@bp.post("/audits/calls/<int:sampled_id>/leave-out")
def leave_call_out(sampled_id: int) -> ResponseReturnValue:
    """Leave a call out of the sample, with ``why`` and ``words``."""
    viewer = current_viewer()
    sampled = queries.get_sampled(viewer, sampled_id)
    audit_id = sampled.audit_id
    following = leave_out(
        viewer, sampled, request.form.get("why", ""), request.form.get("words", "")
    )
    db.session.commit()
    if following is None:
        message = _("Left out. No call is in reserve: the sample is smaller by one.")
    else:
        message = _("Left out. The next call of the draw took its place.")
    notify(message)
    return redirect(url_for("audits.show_audit", audit_id=audit_id))


def open_for(viewer: Viewer, audit: Audit) -> list[AuditCall]:
    """Calls of the sample that the viewer is to judge, in the order of the draw."""
    return [
        one
        for one in queries.sampled_calls(audit)
        if one.judged_at is None
        and one.call is not None
        and one.call.deleted_at is None
        and can_read_call(viewer, one.call)
    ]


def next_url(viewer: Viewer, audit: Audit, after: int = -1) -> str:
    """The next call to judge after a position, from the beginning again; else the audit's page."""
    waiting = open_for(viewer, audit) if can_judge(audit.state) else []
    ordered = sorted(waiting, key=lambda one: (one.position <= after, one.position))
    if ordered:
        return url_for("audits.show_sampled", sampled_id=ordered[0].id)
    return url_for("audits.show_audit", audit_id=audit.id)


def _sampled(viewer: Viewer, sampled_id: int) -> tuple[AuditCall, Call]:
    """A call of the sample and its recording; nothing of the reserve can be opened.

    Raises:
        NotFound: it is outside the viewer's scope, in reserve, or was left out.
        Conflict: the call was erased or put aside.
    """
    sampled = queries.get_sampled(viewer, sampled_id)
    if sampled.state != SampleState.SAMPLED:
        raise NotFound("This call is not of an audit of yours.")
    call = sampled.call
    if call is None or call.deleted_at is not None:
        raise Conflict("This call was erased or put aside: leave it out of the sample.")
    if not can_read_call(viewer, call):
        raise NotFound("This call is not of an audit of yours.")
    return sampled, call


def _place(call: Call) -> Place | None:
    """Where it was said, as sent; its words are those of the transcript. None when nothing is sent."""
    form = request.form
    if form.get("nowhere"):
        return Place()
    if "start_ms" not in form:
        return None
    channel, start_ms, end_ms = (
        form.get(name, -1, type=int) for name in ("channel", "start_ms", "end_ms")
    )
    quote = presenters.quote_of(turns_of(call), channel, start_ms, end_ms)
    return Place(channel, start_ms, end_ms, quote)


def _answer(sampled: AuditCall) -> ResponseReturnValue:
    """Commit, and answer with the promises as they stand: a part of the page for scripts."""
    sampled_id, views = sampled.id, presenters.promise_views(sampled)
    html = render_template("audits/_promises.html", sampled=sampled, promises=views)
    db.session.commit()
    if wants_json():
        return jsonify(html=html, left=sum(not view.standing for view in views))
    return redirect(url_for("audits.show_sampled", sampled_id=sampled_id))


def _frame(viewer: Viewer, sampled: AuditCall, call: Call) -> dict[str, object]:
    """What both pages of a call print."""
    sample = queries.sampled_calls(sampled.audit)
    recording = call.recording
    turns = turns_of(call)
    return {
        "sampled": sampled,
        "audit": sampled.audit,
        "call": call,
        "place": [one.id for one in sample].index(sampled.id) + 1,
        "total": len(sample),
        "judged": sum(one.judged_at is not None for one in sample),
        "turns": presenters.transcript(call, turns),
        "names": presenters.names(),
        "urls": presenters.back_urls(sampled),
        "audio_type": recording.playback.media_type if recording and recording.playback else "",
        "next_url": next_url(viewer, sampled.audit, sampled.position),
        "is_running": can_judge(sampled.audit.state),
    }


def _open(viewer: Viewer, sampled: AuditCall, call: Call) -> str:
    views = presenters.promise_views(sampled)
    return render_template(
        "audits/judge.html",
        **_frame(viewer, sampled, call),
        promises=views,
        left=sum(not view.standing for view in views),
        reasons=[(value.value, label) for value, label in LEFT_OUT.items()],
        player=presenters.judge_data(call, turns_of(call), views),
    )


def _done(viewer: Viewer, sampled: AuditCall, call: Call) -> str:
    rows = presenters.compared(sampled)
    return render_template(
        "audits/judged.html",
        **_frame(viewer, sampled, call),
        rows=rows,
        different=sum(not row.is_same for row in rows),
        is_hidden=is_hidden(call.id),
        player=presenters.judge_data(call, turns_of(call), ()),
    )
