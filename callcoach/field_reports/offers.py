"""What this room adds to pages of those below: reasons to change the script, and the home page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import render_template, url_for
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.models import Campaign
from callcoach.coaching.home_parts import add_part
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.field_reports import presenters, queries
from callcoach.field_reports.access import can_report
from callcoach.field_reports.models import KeptFinding, Use
from callcoach.script_fit import floor

#: Places that go with a request: enough to hear how it is said.
_MOMENTS = 5
#: Days of the week on which the last one is news: Monday and Tuesday.
_NEWS_DAYS = 2


def kept_for_requests(viewer: Viewer, campaign: Campaign) -> Sequence[floor.Kept]:
    """What was kept to change the script, the newest week first."""
    if not can_report(viewer, [link.team_id for link in campaign.teams]):
        return ()
    rows = db.session.scalars(
        select(KeptFinding)
        .where(KeptFinding.campaign_id == campaign.id, KeptFinding.used_for == Use.REQUEST)
        .order_by(KeptFinding.week.desc(), KeptFinding.id)
    )
    return [_kept(row) for row in rows]


def evidence(viewer: Viewer, campaign: Campaign, kept_id: int) -> floor.Evidence | None:
    """What a request keeps of it: as it was counted then, and where it is said."""
    row = db.session.get(KeptFinding, kept_id)
    if row is None or row.campaign_id != campaign.id or row.used_for != Use.REQUEST:
        return None
    try:
        queries.get_reported(viewer, campaign.id)
    except NotFound:
        return None
    report = queries.report(viewer, campaign, row.week)
    moments = next(
        (
            finding.moments
            for finding in report.findings
            if (finding.subject.signal, finding.subject.key) == (row.signal, row.label)
        ),
        (),
    )
    first = {moment.call_id: moment.start_ms for moment in reversed(moments)}
    return {
        "signal": str(row.signal),
        "label": row.label,
        "week": row.week.isoformat(),
        "counts": dict(row.counts),
        "moments": [
            {"call": call_id, "start_ms": start_ms}
            for call_id, start_ms in list(reversed(first.items()))[:_MOMENTS]
        ],
    }


def told(campaign: Campaign, found: floor.Evidence) -> floor.Told:
    """Evidence in the reader's language."""
    week = date.fromisoformat(found["week"])
    return floor.Told(
        label=presenters.subject_label(found["signal"], found["label"]),
        week=presenters.week_title(week),
        said=presenters.said_of(found["counts"]),
        week_url=_week_url(campaign.id, week),
    )


@add_part(Role.ADMIN, Role.SUPERVISOR)
def home_of_week(viewer: Viewer) -> str:
    """At the beginning of a week, the way to the last one; what it says is asked for by the page,
    since it takes a second to read five weeks of calls.
    """
    now = utc_now()
    if now.astimezone(queries.ZONE).weekday() >= _NEWS_DAYS:
        return ""
    week = queries.this_week(now) - timedelta(weeks=1)
    campaigns = queries.campaigns_with_calls(viewer, week)
    if not campaigns:
        return ""
    return render_template("field_reports/_home_week.html", campaigns=campaigns, week=week)


def _kept(row: KeptFinding) -> floor.Kept:
    said = presenters.counts_said(row)
    return floor.Kept(
        key=(str(row.signal), row.label, row.week.isoformat()),
        label=presenters.subject_label(row.signal, row.label),
        week=presenters.week_title(row.week),
        said=said,
        remark=row.remark,
        url=presenters.request_url(row.campaign_id, row.signal, row.label, said, row.id),
        week_url=_week_url(row.campaign_id, row.week),
    )


def _week_url(campaign_id: int, week: date) -> str:
    return url_for("field_reports.show_week", campaign_id=campaign_id, week=week)


floor.add_source(floor.Source(kept_for_requests, evidence, told))
