"""What the first pages of a campaign's portal print: what waits, results in short. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.audits import presenters as audit_presenters
from callcoach.audits.models import Audit, Judgement, SampleState
from callcoach.audits.queries import facts_of, results_of
from callcoach.audits.report_text import method_of
from callcoach.audits.results import PromiseResult, SampleFacts
from callcoach.campaigns.models import Campaign
from callcoach.extensions import utc_now
from callcoach.promises import queries as promises
from callcoach.script_library.approval_queries import waiting_and_sent_back
from callcoach.script_library.approval_queries import waiting_for as scripts_waiting
from callcoach.sponsors import access, incidents, queries, sounds, wordings
from callcoach.sponsors.presenters import (
    PromiseView,
    ShareView,
    key_of,
    promise_view,
    promise_views,
    share_view,
)
from callcoach.sponsors.queries import Content
from callcoach.sponsors.sounds import SoundView
from callcoach.web.filters import number


@dataclass(frozen=True, slots=True)
class WaitView:
    """Something that waits for the client: what to do, about what, since when."""

    sign: str
    what: str
    about: str
    url: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign in the choice among several."""

    campaign_id: int
    name: str
    sponsor: str
    is_archived: bool
    waiting: int
    audits: int
    running: int


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What an audit found of one promise."""

    promise: PromiseView
    share: ShareView


@dataclass(frozen=True, slots=True)
class ResultsView:
    """What an audit found; `is_census` when every call of the frame was judged."""

    title: str
    url: str
    closed_at: datetime | None
    calls: int
    is_census: bool
    rows: Sequence[ResultRow]


def answers(viewer: Viewer, campaign: Campaign) -> bool:
    """Whether the viewer is one of the client's own people; else they look at a preview."""
    return access.can_answer(queries.reach_of(viewer, campaign))


def tabs(campaign: Campaign, current: str) -> list[tuple[str, str, bool]]:
    """The pages of a campaign's portal."""
    pages = (
        ("overview", "sponsors.show_campaign", _("Overview")),
        ("matrix", "sponsors.show_matrix", _("Alignment")),
        ("audits", "sponsors.list_audits", _("Audits")),
        ("incidents", "sponsors.list_incidents", _("Incidents")),
        ("wordings", "sponsors.list_wordings", _("New wordings")),
    )
    return [
        (url_for(endpoint, campaign_id=campaign.id), label, name == current)
        for name, endpoint, label in pages
    ]


def waiting(viewer: Viewer, campaign: Campaign) -> list[WaitView]:
    """What waits for the client in a campaign, what matters most first: incidents, what they decide,
    findings to hear again, new calls to hear. Who looks in sees what waits for the client, without a way to decide it.
    """
    is_client = answers(viewer, campaign)
    found = [
        WaitView("!", _("Read the incident"), incident.title, incident.url, incident.told_at)
        for incident in incidents.unread(viewer, campaign)
    ]
    found += [
        WaitView(
            "✓",
            _("Approve version %(number)s of the script", number=version.number),
            version.reason,
            url_for("script_library.show_approval", version_id=version.id) if is_client else "",
            version.submitted_at,
        )
        for version in (scripts_waiting(viewer) if is_client else waiting_and_sent_back(viewer)[0])
        if version.script.campaign_id == campaign.id
    ]
    found += [
        WaitView(
            "✓",
            _("Decide about a promise"),
            f"« {version.text} »",
            url_for("promises.show_approval", version_id=version.id) if is_client else "",
            version.proposed_at,
        )
        for version in (
            promises.waiting_for(viewer) if is_client else promises.proposals(viewer, campaign)
        )
        if version.promise.campaign_id == campaign.id
    ]
    found += [
        WaitView(
            "≠",
            _("Answer in the joint calibration"),
            f"« {finding.version.text} »",
            url_for("sponsors.show_finding", finding_id=finding.id),
            finding.calibration.opened_at if finding.calibration else None,
        )
        for finding in queries.to_calibrate(campaign)
    ]
    found += [
        WaitView(
            "▷",
            ngettext(
                "Hear the first %(num)s call with the new wording",
                "Hear the first %(num)s calls with the new wording",
                len(draw.calls),
            ),
            f"« {wordings.text_of(draw)} »",
            url_for("sponsors.show_wording", draw_id=draw.id),
            draw.drawn_at,
        )
        for draw in wordings.unheard(viewer, campaign)
    ]
    return found


def campaign_row(viewer: Viewer, campaign: Campaign) -> CampaignRow:
    """One campaign of several."""
    audits = queries.audits_of(campaign)
    return CampaignRow(
        campaign_id=campaign.id,
        name=campaign.name,
        sponsor=campaign.sponsor.name,
        is_archived=campaign.is_archived,
        waiting=0 if campaign.is_archived else len(waiting(viewer, campaign)),
        audits=len(audits),
        running=sum(audit.state == "drawn" for audit in audits),
    )


def promises_in_force(campaign: Campaign) -> list[PromiseView]:
    """What calls are judged against today."""
    return [promise_view(version) for version in promises.in_force_at(campaign.id, utc_now())]


def last_results(audit: Audit) -> ResultsView:
    """What a closed audit found, promise by promise."""
    found = results_of(audit)
    views = promise_views([line.version_id for line in found.promises])
    return ResultsView(
        title=audit.title,
        url=url_for("sponsors.show_audit", audit_id=audit.id),
        closed_at=audit.closed_at,
        calls=found.calls,
        is_census=facts_of(audit).is_census,
        rows=[
            ResultRow(views[line.version_id], share_view(line.total.aligned))
            for line in found.promises
        ],
    )


def share_in(line: PromiseResult | None, by: str, key: str) -> ShareView | None:
    """The share of one field of the alignment."""
    if line is None:
        return None
    if key == "all":
        return share_view(line.total.aligned)
    cells = line.by_week if by == "weeks" else line.by_script
    return next(
        (share_view(cell.aligned) for column, cell in cells.items() if key_of(column) == key),
        None,
    )


def method(audit: Audit) -> SampleFacts:
    """How the sample of an audit came about."""
    return facts_of(audit)


def frame_terms(audit: Audit) -> list[tuple[str, str]]:
    """Frame and draw in words, term by term, as the report states them: teams by their number,
    nobody by name; what is outside the frame, and what the draw holds in reserve.
    """
    excluded = audit_presenters.exclusions(audit.drawn_from.get("excluded", []))
    reserve = [one for one in audit.calls if one.state == SampleState.RESERVE]
    skipped = sum(one.left_out is not None for one in reserve)
    outside = " · ".join(f"{label} {number(count)}" for label, count in excluded)
    return [
        *method_of(audit),
        (_("Not in the frame"), outside or _("none")),
        (_("In reserve"), number(len(reserve) - skipped)),
        (_("Reserves passed over"), number(skipped)),
    ]


def finding_sound(finding: Judgement, content: Content | None) -> SoundView | None:
    """Where the sound of a finding is; None when nothing of it is released, or it has no place."""
    if content is None or finding.start_ms is None or finding.end_ms is None:
        return None
    return sounds.excerpt_view(
        content,
        finding.start_ms,
        finding.end_ms,
        "sponsors.finding_audio",
        finding_id=finding.id,
    )
