"""One sampled call, and one finding of it: released words, beeped sound, and what is said of it."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.audits.models import AuditCall, Judgement, RemarkKind
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.sponsors import (
    calibration_presenters,
    call_presenters,
    home_presenters,
    log,
    presenters,
    queries,
    sounds,
)
from callcoach.sponsors.blueprint import bp
from callcoach.sponsors.naming import ensure_aliases
from callcoach.sponsors.operations import answering, calibrating
from callcoach.sponsors.portal_views import frame, see
from callcoach.sponsors.queries import Content
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/portal/calls/<int:audit_call_id>")
def show_call(audit_call_id: int) -> ResponseReturnValue:
    """A sampled call whole, redacted: its words following its sound, and its findings beside it."""
    viewer = current_viewer()
    sampled, content = _opened(viewer, audit_call_id)
    campaign = sampled.audit.campaign
    counts = queries.count_remarks([finding.id for finding in sampled.judgements])
    html = render_template(
        "sponsors/call.html",
        **frame(viewer, campaign, "audits"),
        audit=presenters.audit_view(sampled.audit),
        number=sampled.position + 1,
        facts=call_presenters.facts_of(sampled, content),
        turns=call_presenters.turn_views(content) if content is not None else [],
        sound=(
            sounds.whole_view(content, "sponsors.call_audio", audit_call_id=sampled.id)
            if content is not None
            else None
        ),
        has_agent_voice=campaign.portal_agent_voice,
        language=campaign.language,
        is_erased=sampled.call is None or sampled.call.deleted_at is not None,
        findings=[
            call_presenters.finding_view(finding, content, counts.get(finding.id, 0))
            for finding in sampled.judgements
        ],
    )
    log.write_after_reading(viewer, campaign, "call", "audit_call", audit_call_id)
    return html


@bp.get("/portal/calls/<int:audit_call_id>/audio")
def call_audio(audit_call_id: int) -> ResponseReturnValue:
    """The beeped sound of a sampled call; `Range` gives a part of it."""
    viewer = current_viewer()
    content = queries.require_content(_opened(viewer, audit_call_id)[1])
    file = sounds.find_whole(content)
    return sounds.serve(viewer, content, file, "call_heard", ("audit_call", audit_call_id))


@bp.get("/portal/calls/<int:audit_call_id>/audio/state")
def call_audio_status(audit_call_id: int) -> ResponseReturnValue:
    """Whether that sound is written (``state``)."""
    content = queries.require_content(_opened(current_viewer(), audit_call_id)[1])
    view = sounds.whole_view(content, "sponsors.call_audio", audit_call_id=audit_call_id)
    return jsonify(state=view.state)


@bp.get("/portal/findings/<int:finding_id>")
def show_finding(finding_id: int) -> ResponseReturnValue:
    """One finding: the moment, what is said of it, and the joint calibration."""
    viewer = current_viewer()
    finding, content = _found(viewer, finding_id)
    audit = finding.sampled.audit
    campaign = audit.campaign
    mine = answering.stand_of(viewer, finding)
    html = render_template(
        "sponsors/finding.html",
        **frame(viewer, campaign, "matrix"),
        finding=call_presenters.finding_view(finding, content),
        sound=home_presenters.finding_sound(finding, content),
        has_agent_voice=campaign.portal_agent_voice,
        language=campaign.language,
        remarks=call_presenters.remark_views(viewer, finding.remarks),
        stand=RemarkKind(mine.kind).value if mine is not None else "",
        calibration=calibration_presenters.calibration_view(finding),
        choices=presenters.standing_choices(finding.version.kind),
    )
    wanted = _stretches(finding, content)
    log.write_after_reading(viewer, campaign, "finding", "finding", finding_id)
    if is_seen():
        sounds.ask_for(wanted)
        see(viewer, f"finding:{finding_id}")
    return html


@bp.get("/portal/findings/<int:finding_id>/audio")
def finding_audio(finding_id: int) -> ResponseReturnValue:
    """The beeped sound around the words of a finding."""
    viewer = current_viewer()
    finding, content = _placed(viewer, finding_id)
    stretch = _stretches(finding, content)[0]
    file = sounds.find(content, stretch)
    return sounds.serve(viewer, content, file, "finding_heard", ("finding", finding_id))


@bp.get("/portal/findings/<int:finding_id>/audio/state")
def finding_audio_status(finding_id: int) -> ResponseReturnValue:
    """Whether that sound is written (``state``)."""
    finding, content = _placed(current_viewer(), finding_id)
    view = home_presenters.finding_sound(finding, content)
    return jsonify(state=view.state if view is not None else "gone")


@bp.post("/portal/findings/<int:finding_id>/remarks")
def add_remark(finding_id: int) -> ResponseReturnValue:
    """Comment on a finding, agree with it or contest it (``kind``, ``text``)."""
    viewer = current_viewer()
    finding = queries.get_finding(viewer, finding_id)
    try:
        kind = RemarkKind(request.form.get("kind", ""))
    except ValueError:
        raise NotFound("There is no such page.") from None
    said = answering.remark(viewer, finding, kind, request.form.get("text", ""))
    db.session.commit()
    words = {
        RemarkKind.COMMENT: _("Your comment is there; the supervisors are told."),
        RemarkKind.AGREES: _("You agree with this finding."),
        RemarkKind.CONTESTS: _("You contest this finding. Now say what you hold yourself."),
    }
    notify(words[kind], undo=url_for("sponsors.withdraw_remark", remark_id=said.id))
    where = "calibration" if kind is RemarkKind.CONTESTS else None  # what is asked next is there
    return redirect(url_for("sponsors.show_finding", finding_id=finding_id, _anchor=where))


@bp.post("/portal/remarks/<int:remark_id>/withdraw")
def withdraw_remark(remark_id: int) -> ResponseReturnValue:
    """Take a remark of one's own back."""
    viewer = current_viewer()
    said = queries.get_own_remark(viewer, remark_id)
    answering.withdraw(viewer, said)
    finding_id = said.judgement_id
    db.session.commit()
    notify(
        _("Your remark is taken back."),
        undo=url_for("sponsors.restore_remark", remark_id=remark_id),
    )
    return redirect(url_for("sponsors.show_finding", finding_id=finding_id))


@bp.post("/portal/remarks/<int:remark_id>/restore")
def restore_remark(remark_id: int) -> ResponseReturnValue:
    """Put a remark back."""
    viewer = current_viewer()
    said = queries.get_own_remark(viewer, remark_id)
    answering.restore(viewer, said)
    finding_id = said.judgement_id
    db.session.commit()
    notify(_("Your remark is there again."))
    return redirect(url_for("sponsors.show_finding", finding_id=finding_id))


@bp.post("/portal/findings/<int:finding_id>/calibration")
def answer_calibration(finding_id: int) -> ResponseReturnValue:
    """Say what one holds of a contested finding, before the other side's answer is shown
    (``standing``, ``reason``).
    """
    viewer = current_viewer()
    finding = queries.get_finding(viewer, finding_id)
    standing, reason = request.form.get("standing", ""), request.form.get("reason", "")
    calibrating.answer(viewer, finding, standing, reason)
    db.session.commit()
    notify(_("Your answer is there."))
    return redirect(url_for("sponsors.show_finding", finding_id=finding_id))


def _opened(viewer: Viewer, audit_call_id: int) -> tuple[AuditCall, Content | None]:
    """A sampled call, and what of it may be shown."""
    sampled = queries.get_sampled(viewer, audit_call_id)
    if sampled.call is not None:
        ensure_aliases(sampled.audit.campaign.sponsor_id, [sampled.call.agent_id])
        sampled = queries.get_sampled(viewer, audit_call_id)
    place, campaign_id = queries.place_of(sampled), sampled.audit.campaign_id
    return sampled, queries.content_of(viewer, sampled.call, place, campaign_id)


def _found(viewer: Viewer, finding_id: int) -> tuple[Judgement, Content | None]:
    """A finding, and what of its call may be shown."""
    content = _opened(viewer, queries.get_finding(viewer, finding_id).audit_call_id)[1]
    return queries.get_finding(viewer, finding_id), content


def _placed(viewer: Viewer, finding_id: int) -> tuple[Judgement, Content]:
    """A finding that says where, of a call that may be heard."""
    finding, content = _found(viewer, finding_id)
    if finding.start_ms is None or finding.end_ms is None:
        raise NotFound("There is no such page.")
    return finding, queries.require_content(content)


def _stretches(finding: Judgement, content: Content | None) -> list[sounds.Stretch]:
    if content is None or finding.start_ms is None or finding.end_ms is None:
        return []
    return [sounds.stretch_of(content, finding.start_ms, finding.end_ms)]
