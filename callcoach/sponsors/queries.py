"""Reads of the portal. Whatever lies outside what the viewer may see does not exist: for a client's
people, and for those of the floor who look in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Kind
from callcoach.audits.candidates import objections
from callcoach.audits.models import (
    Audit,
    AuditCall,
    AuditReport,
    AuditState,
    FindingRemark,
    JointCalibration,
    Judgement,
    SampleState,
    WordingCall,
    WordingDraw,
)
from callcoach.audits.queries import newest_only
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign, Sponsor
from callcoach.campaigns.queries import visible_campaigns
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.privacy.models import Redaction
from callcoach.privacy.queries import released_for
from callcoach.promises.models import PromiseVersion
from callcoach.sponsors import access
from callcoach.sponsors.access import Place, Reach

_NOTHING = "There is no such page."


def reach_of(viewer: Viewer, campaign: Campaign) -> Reach | None:
    """As whom the viewer opens the portal of a campaign."""
    return access.reach(
        viewer,
        [link.team_id for link in campaign.teams],
        [seat.user_id for seat in campaign.sponsor.seats],
    )


def campaigns_of(viewer: Viewer) -> list[Campaign]:
    """Campaigns whose portal the viewer may open, by name; archived ones last."""
    found = db.session.scalars(
        visible_campaigns(viewer)
        .join(Campaign.sponsor)
        .options(
            joinedload(Campaign.sponsor).selectinload(Sponsor.seats), selectinload(Campaign.teams)
        )
        .order_by(Campaign.is_archived, Sponsor.name, Campaign.name)
    )
    return [campaign for campaign in found if reach_of(viewer, campaign) is not None]


def get_campaign(viewer: Viewer, campaign_id: int) -> Campaign:
    """One campaign whose portal the viewer may open.

    Raises:
        NotFound: there is none, or it is none of theirs.
    """
    campaign = db.session.get(Campaign, campaign_id)
    if campaign is None or reach_of(viewer, campaign) is None:
        raise NotFound(_NOTHING)
    return campaign


@dataclass(frozen=True, slots=True)
class Content:
    """What of a call may be shown.

    Args:
        call: whose it is.
        redaction: the released one.
        has_agent_voice: whether the agent is heard; else their words are text only.
        place: how it has come before the client.
    """

    call: Call
    redaction: Redaction
    has_agent_voice: bool
    place: Place


def content_of(viewer: Viewer, call: Call | None, place: Place, campaign_id: int) -> Content | None:
    """What the viewer may see and hear of a call; None: nothing, not a word and not a sound.

    Args:
        campaign_id: of what brought the call before the client: the audit, the draw or the incident.
            A call that was moved to another campaign since is another client's.
    """
    if call is None or call.campaign_id != campaign_id or _has_ended(call, place):
        return None
    how = reach_of(viewer, call.campaign)
    redaction = released_for(call)
    is_open = access.can_see_call(
        how, place, is_kept=call.deleted_at is None, is_released=redaction is not None
    )
    if not is_open or redaction is None:
        return None
    return Content(call, redaction, call.campaign.portal_agent_voice, place)


def require_content(content: Content | None) -> Content:
    """What may be shown, where nothing but that is asked for.

    Raises:
        NotFound: nothing may.
    """
    if content is None:
        raise NotFound(_NOTHING)
    return content


def _has_ended(call: Call, place: Place) -> bool:
    """Its prospect objected, or it turned out to be no talk with the person to be reached; of an
    incident it does not matter with whom it was.
    """
    if place is not Place.INCIDENT and call.kind != Kind.TARGET:
        return True
    return db.session.scalar(objections().where(AuditCall.call_id == call.id).limit(1)) is not None


def place_of(sampled: AuditCall) -> Place:
    """How a call of a draw stands before the client."""
    return access.place_in_audit(
        sampled.audit.state, sampled.state, is_judged=sampled.judged_at is not None
    )


def audits_of(campaign: Campaign) -> list[Audit]:
    """Audits that were drawn, newest first, with their calls and what was judged."""
    found = db.session.scalars(
        select(Audit)
        .where(Audit.campaign_id == campaign.id)
        .options(selectinload(Audit.calls))
        .order_by(Audit.drawn_at.desc(), Audit.id.desc())
    )
    return [
        audit
        for audit in found
        if access.can_see_audit(audit.state, is_drawn=audit.drawn_at is not None)
    ]


def get_audit(viewer: Viewer, audit_id: int) -> Audit:
    """One audit that was drawn.

    Raises:
        NotFound: there is none, it is none of theirs, or nothing was drawn yet.
    """
    audit = db.session.get(Audit, audit_id)
    if audit is None or not access.can_see_audit(audit.state, is_drawn=audit.drawn_at is not None):
        raise NotFound(_NOTHING)
    get_campaign(viewer, audit.campaign_id)
    return audit


def get_sampled(viewer: Viewer, audit_call_id: int) -> AuditCall:
    """A sampled and judged call.

    Raises:
        NotFound: also for a call of the viewer's own campaign on which no lot fell.
    """
    sampled = db.session.get(AuditCall, audit_call_id)
    if sampled is None or not access.can_see_finding(
        reach_of(viewer, sampled.audit.campaign), place_of(sampled)
    ):
        raise NotFound(_NOTHING)
    return sampled


def get_finding(viewer: Viewer, finding_id: int) -> Judgement:
    """One finding of a sampled and judged call.

    Raises:
        NotFound: as `get_sampled`.
    """
    finding = db.session.get(Judgement, finding_id)
    if finding is None:
        raise NotFound(_NOTHING)
    get_sampled(viewer, finding.audit_call_id)
    return finding


def get_own_remark(viewer: Viewer, remark_id: int) -> FindingRemark:
    """A remark that the viewer wrote.

    Raises:
        NotFound: there is none, it is somebody else's, or its finding is not shown.
    """
    remark = db.session.get(FindingRemark, remark_id)
    if remark is None or remark.author_id != viewer.user_id:
        raise NotFound(_NOTHING)
    get_finding(viewer, remark.judgement_id)
    return remark


def get_draw(viewer: Viewer, draw_id: int) -> WordingDraw:
    """The first calls that use a wording, once they are drawn.

    Raises:
        NotFound: there are none, or they are none of theirs.
    """
    draw = db.session.get(WordingDraw, draw_id)
    if draw is None or draw.drawn_at is None:
        raise NotFound(_NOTHING)
    get_campaign(viewer, draw.campaign_id)
    return draw


def get_wording_call(viewer: Viewer, wording_call_id: int) -> WordingCall:
    """One call of such a draw.

    Raises:
        NotFound: as `get_draw`.
    """
    found = db.session.get(WordingCall, wording_call_id)
    if found is None:
        raise NotFound(_NOTHING)
    get_draw(viewer, found.draw_id)
    return found


def draws_of(campaign: Campaign) -> list[WordingDraw]:
    """Draws of new wordings, those that still look for calls among them, newest first."""
    return list(
        db.session.scalars(
            select(WordingDraw)
            .where(WordingDraw.campaign_id == campaign.id)
            .options(selectinload(WordingDraw.calls))
            .order_by(WordingDraw.created_at.desc(), WordingDraw.id.desc())
        )
    )


def get_report(viewer: Viewer, report_id: int) -> AuditReport:
    """A report of a closed audit.

    Raises:
        NotFound: there is none, or it is none of theirs.
    """
    report = db.session.get(AuditReport, report_id)
    if report is None or report.audit is None:
        raise NotFound(_NOTHING)
    audit = report.audit
    if not access.can_see_report(reach_of(viewer, audit.campaign), audit.state):
        raise NotFound(_NOTHING)
    return report


def reports_of(audits: Sequence[Audit]) -> dict[int, list[AuditReport]]:
    """Reports by number of the closed audit, newest first."""
    closed = [audit.id for audit in audits if audit.state == AuditState.CLOSED]
    found: dict[int, list[AuditReport]] = {audit_id: [] for audit_id in closed}
    reports = db.session.scalars(
        select(AuditReport)
        .where(AuditReport.audit_id.in_(closed))
        .order_by(AuditReport.number.desc())
    )
    for report in reports:
        if report.audit_id is not None:
            found[report.audit_id].append(report)
    return found


def _shown_findings() -> Select[Judgement]:
    return (
        select(Judgement)
        .join(Judgement.sampled)
        .join(AuditCall.audit)
        .where(
            Audit.state.in_((AuditState.DRAWN, AuditState.CLOSED)),
            AuditCall.state == SampleState.SAMPLED,
            AuditCall.judged_at.is_not(None),
        )
    )


def findings_of(
    campaign: Campaign, *, is_closed: bool = True, promise_version_id: int | None = None
) -> list[Judgement]:
    """Findings of a campaign in the order of the draws.

    Args:
        is_closed: of audits whose figures no longer change, a call that several of them sampled
            once, as in the figures; else of all that are shown.
        promise_version_id: of one promise only.
    """
    query = _shown_findings().where(Audit.campaign_id == campaign.id)
    if is_closed:
        query = query.where(Audit.state == AuditState.CLOSED)
    if promise_version_id is not None:
        query = query.where(Judgement.promise_version_id == promise_version_id)
    found = db.session.scalars(
        query.options(
            joinedload(Judgement.sampled).joinedload(AuditCall.audit),
            joinedload(Judgement.sampled).joinedload(AuditCall.call),
            joinedload(Judgement.version).joinedload(PromiseVersion.promise),
        ).order_by(Audit.drawn_at.desc(), AuditCall.position, Judgement.id)
    ).all()
    return newest_only(found) if is_closed else list(found)


def to_calibrate(campaign: Campaign) -> list[Judgement]:
    """Contested findings that wait for the client's own answer, oldest first."""
    return list(
        db.session.scalars(
            _shown_findings()
            .join(JointCalibration, JointCalibration.judgement_id == Judgement.id)
            .where(
                Audit.campaign_id == campaign.id,
                JointCalibration.sponsor_standing.is_(None),
                JointCalibration.closed_at.is_(None),
            )
            .order_by(JointCalibration.opened_at, JointCalibration.id)
        )
    )


def count_judged(audit: Audit) -> tuple[int, int]:
    """How many of the sampled calls are judged, and how many there are."""
    sampled = [call for call in audit.calls if call.state == SampleState.SAMPLED]
    return sum(call.judged_at is not None for call in sampled), len(sampled)


def count_remarks(finding_ids: Sequence[int]) -> dict[int, int]:
    """How many remarks stand, by finding."""
    rows = db.session.execute(
        select(FindingRemark.judgement_id, func.count())
        .where(FindingRemark.judgement_id.in_(finding_ids), FindingRemark.withdrawn_at.is_(None))
        .group_by(FindingRemark.judgement_id)
    )
    return dict(rows.all())
