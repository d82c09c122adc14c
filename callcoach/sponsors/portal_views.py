"""The client's pages over many calls: what waits, the alignment, audits, the first calls of a wording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.audits.models import Audit, AuditCall, AuditState, Judgement, SampleState
from callcoach.audits.queries import judged_rows
from callcoach.audits.results import Results, results
from callcoach.campaigns.models import Campaign
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.notices import operations as notices
from callcoach.promises.models import PromiseVersion
from callcoach.sponsors import (
    call_presenters,
    home_presenters,
    incidents,
    log,
    presenters,
    queries,
    sounds,
)
from callcoach.sponsors.blueprint import bp
from callcoach.sponsors.naming import ensure_aliases
from callcoach.web import nav
from callcoach.web.paging import Page, page_number
from callcoach.web.requests import is_seen

#: Moments on a page: each may have a sound written.
MOMENTS = 20
#: What the columns of the alignment may be, the first one unless told.
BY = ("weeks", "versions")


@bp.get("/portal")
def portal() -> ResponseReturnValue:
    """The client's first page: their campaign, or the choice among several."""
    viewer = current_viewer()
    campaigns = queries.campaigns_of(viewer)
    if viewer.role is not Role.SPONSOR and not campaigns:
        raise NotFound("There is no such page.")
    living = [campaign for campaign in campaigns if not campaign.is_archived]
    if viewer.role is Role.SPONSOR and len(living) == 1 and "all" not in request.args:
        return redirect(url_for("sponsors.show_campaign", campaign_id=living[0].id))
    rows = [home_presenters.campaign_row(viewer, campaign) for campaign in campaigns]
    return render_template(
        "sponsors/portal.html", rows=rows, is_preview=viewer.role is not Role.SPONSOR
    )


@bp.get("/portal/campaigns/<int:campaign_id>")
def show_campaign(campaign_id: int) -> ResponseReturnValue:
    """What waits, how far the audits are, and what the last one found."""
    viewer = current_viewer()
    campaign = queries.get_campaign(viewer, campaign_id)
    audits = queries.audits_of(campaign)
    closed = [audit for audit in audits if audit.state == AuditState.CLOSED]
    html = render_template(
        "sponsors/campaign.html",
        **frame(viewer, campaign, "overview"),
        waiting=home_presenters.waiting(viewer, campaign),
        audits=_audit_views(audits)[:4],
        more_audits=max(0, len(audits) - 4),
        last=home_presenters.last_results(closed[0]) if closed else None,
        promises=home_presenters.promises_in_force(campaign),
    )
    if is_seen():
        log.write_after_reading(viewer, campaign, "opened", "campaign", campaign_id)
    return html


@bp.get("/portal/campaigns/<int:campaign_id>/alignment")
def show_matrix(campaign_id: int) -> ResponseReturnValue:
    """Promises × weeks (``?by=weeks``) or × versions of the script, of closed audits."""
    viewer = current_viewer()
    campaign = queries.get_campaign(viewer, campaign_id)
    by = _by(request.args.get("by", ""))
    audits = queries.audits_of(campaign)
    running = [audit for audit in audits if audit.state == AuditState.DRAWN]
    html = render_template(
        "sponsors/matrix.html",
        **frame(viewer, campaign, "matrix"),
        by=by,
        matrix=presenters.matrix_view(campaign.id, _closed_results(audits), by, _sampled(running)),
        audits=_audit_views(audits),
        together=sum(audit.state == AuditState.CLOSED for audit in audits),
        running=[presenters.audit_view(audit) for audit in running],
    )
    if is_seen():
        log.write_after_reading(viewer, campaign, "matrix", "campaign", campaign_id)
    return html


@bp.get("/portal/campaigns/<int:campaign_id>/alignment/<int:version_id>/<by>/<key>")
def show_moments(campaign_id: int, version_id: int, by: str, key: str) -> ResponseReturnValue:
    """The sampled moments of one field of the alignment (``?only=open`` leaves out what is aligned).

    Args:
        key: a Monday, the number of a version of the script, ``none``, or ``all``.
    """
    viewer = current_viewer()
    campaign = queries.get_campaign(viewer, campaign_id)
    if by not in BY:
        raise NotFound("There is no such page.")
    findings = [
        finding
        for finding in queries.findings_of(campaign, promise_version_id=version_id)
        if key == "all" or _column_of(finding, by) == key
    ]
    if not findings:
        raise NotFound("There is no such page.")
    ensure_aliases(
        campaign.sponsor_id,
        [finding.sampled.call.agent_id for finding in findings if finding.sampled.call],
    )
    version = db.session.get_one(PromiseVersion, version_id)
    is_open_only = request.args.get("only") == "open"
    shown = [
        finding
        for finding in findings
        if not is_open_only or not presenters.is_aligned_finding(finding)
    ]
    page = _page_of(shown)
    contents = call_presenters.contents_of(viewer, page.rows)
    counts = queries.count_remarks([finding.id for finding in page.rows])
    cell = _closed_results(queries.audits_of(campaign)).of(version_id)
    html = render_template(
        "sponsors/moments.html",
        **frame(viewer, campaign, "matrix"),
        promise=presenters.promise_view(version),
        column=presenters.column_name(by, key),
        by=by,
        field=home_presenters.share_in(cell, by, key),
        findings=[
            call_presenters.finding_view(
                finding, contents[finding.sampled.id], counts.get(finding.id, 0)
            )
            for finding in page.rows
        ],
        sounds={
            finding.id: home_presenters.finding_sound(finding, contents[finding.sampled.id])
            for finding in page.rows
        },
        page=page,
        has_agent_voice=campaign.portal_agent_voice,
        language=campaign.language,
        is_open_only=is_open_only,
        total=len(findings),
    )
    wanted = [
        sounds.stretch_of(content, finding.start_ms, finding.end_ms)
        for finding in page.rows
        if (content := contents[finding.sampled.id]) is not None
        and finding.start_ms is not None
        and finding.end_ms is not None
    ]
    if is_seen():
        log.write_after_reading(viewer, campaign, "moments", "promise_version", version_id)
        sounds.ask_for(wanted)
    return html


@bp.get("/portal/campaigns/<int:campaign_id>/audits")
def list_audits(campaign_id: int) -> ResponseReturnValue:
    """Every audit that was drawn, with its reports."""
    viewer = current_viewer()
    campaign = queries.get_campaign(viewer, campaign_id)
    html = render_template(
        "sponsors/audits.html",
        **frame(viewer, campaign, "audits"),
        audits=_audit_views(queries.audits_of(campaign)),
    )
    if is_seen():
        log.write_after_reading(viewer, campaign, "opened", "campaign", campaign_id)
    return html


@bp.get("/portal/audits/<int:audit_id>")
def show_audit(audit_id: int) -> ResponseReturnValue:
    """One audit: how its sample was drawn, every drawn call, and what it found once it is closed."""
    viewer = current_viewer()
    audit = queries.get_audit(viewer, audit_id)
    campaign = audit.campaign
    ensure_aliases(
        campaign.sponsor_id, [drawn.call.agent_id for drawn in audit.calls if drawn.call]
    )
    released = {
        drawn.id: queries.content_of(viewer, drawn.call, queries.place_of(drawn), campaign.id)
        is not None
        for drawn in audit.calls
    }
    html = render_template(
        "sponsors/audit.html",
        **frame(viewer, campaign, "audits"),
        audit=_audit_views([audit])[0],
        method=home_presenters.method(audit),
        terms=home_presenters.frame_terms(audit),
        sample=presenters.sample_view(audit, released),
        results=home_presenters.last_results(audit) if audit.state == AuditState.CLOSED else None,
    )
    if is_seen():
        log.write_after_reading(viewer, campaign, "audit", "audit", audit_id)
    return html


def frame(viewer: Viewer, campaign: Campaign, tab: str) -> dict[str, object]:
    """What every page of a campaign's portal begins with."""
    return {
        "campaign": campaign,
        "is_preview": not home_presenters.answers(viewer, campaign),
        "tabs": home_presenters.tabs(campaign, tab),
        "has_others": len(queries.campaigns_of(viewer)) > 1,
    }


def _page_of(findings: Sequence[Judgement]) -> Page[Judgement]:
    """One page of moments; a number past the end gives the last page."""
    pages = max(1, -(-len(findings) // MOMENTS))
    number = min(page_number(), pages)
    first = (number - 1) * MOMENTS
    return Page(findings[first : first + MOMENTS], number, len(findings), MOMENTS)


def _by(wanted: str) -> str:
    return wanted if wanted in BY else BY[0]


def _audit_views(audits: list[Audit]) -> list[presenters.AuditView]:
    reports = queries.reports_of(audits)
    return [presenters.audit_view(audit, reports.get(audit.id, ())) for audit in audits]


def _closed_results(audits: list[Audit]) -> Results:
    """Of all closed audits of a campaign together; a call that several sampled counts once."""
    return results(judged_rows([audit.id for audit in audits if audit.state == AuditState.CLOSED]))


def _sampled(audits: list[Audit]) -> list[AuditCall]:
    return [call for audit in audits for call in audit.calls if call.state == SampleState.SAMPLED]


def _column_of(finding: Judgement, by: str) -> str:
    """In which column of the alignment a finding counts."""
    sampled = finding.sampled
    if by == "versions":
        return presenters.key_of(sampled.script_version_id)
    return presenters.week_of(sampled.called_on).isoformat() if sampled.called_on else ""


def see(viewer: Viewer, subject: str) -> None:
    """Nothing about this is new to the viewer any more; at the end of a reading request."""
    db.session.rollback()
    with write_transaction():
        notices.mark_subject_seen(viewer, subject)
        db.session.commit()


def _count_waiting() -> int:
    """Incidents nobody of theirs has read and findings to hear again; approvals count beside theirs."""
    viewer = current_viewer()
    return sum(
        len(incidents.unread(viewer, campaign)) + len(queries.to_calibrate(campaign))
        for campaign in queries.campaigns_of(viewer)
        if not campaign.is_archived
    )


bp.record_once(
    lambda state: nav.add_badge(cast("Flask", state.app), "sponsors.portal", _count_waiting)
)
