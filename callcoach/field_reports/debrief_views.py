"""What waits for the next debrief: kept of the weeks, and offered by agents."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.field_reports import debrief_queries, operations, presenters, queries
from callcoach.field_reports.blueprint import bp
from callcoach.field_reports.models import KeptFinding
from callcoach.progress.models import BeforeAfter
from callcoach.web.toasts import notify


@bp.get("/campaigns/<int:campaign_id>/for-debrief")
def for_debrief(campaign_id: int) -> ResponseReturnValue:
    """What was kept for a debrief in the last weeks, and the pairs that agents offer."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    kept = debrief_queries.findings_for_debrief(campaign, queries.this_week(utc_now()))
    offered = debrief_queries.offered_pairs(viewer, campaign)
    return render_template(
        "field_reports/for_debrief.html",
        campaign=campaign,
        weeks=debrief_queries.OLDEST_WEEKS,
        findings=[
            (
                row,
                presenters.subject_label(row.signal, row.label),
                presenters.counts_said(row),
                presenters.week_title(row.week),
            )
            for row in kept
        ],
        pairs=[(pair, _about(pair), _agent(pair)) for pair in offered],
    )


@bp.post("/campaigns/<int:campaign_id>/for-debrief/findings/<int:kept_id>/done")
def finish_finding(campaign_id: int, kept_id: int) -> ResponseReturnValue:
    """The debrief is done with something kept; ``undo`` takes that back."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    kept = db.session.get(KeptFinding, kept_id)
    if kept is None:
        raise NotFound("There is no such finding.")
    is_undo = "undo" in request.args
    operations.finish_finding(viewer, campaign, kept, undo=is_undo)
    db.session.commit()
    again = url_for(
        "field_reports.finish_finding", campaign_id=campaign_id, kept_id=kept_id, undo=1
    )
    return _done(campaign_id, "" if is_undo else again)


@bp.post("/campaigns/<int:campaign_id>/for-debrief/pairs/<int:pair_id>/done")
def finish_pair(campaign_id: int, pair_id: int) -> ResponseReturnValue:
    """The debrief is done with a pair; ``undo`` takes that back."""
    viewer = current_viewer()
    campaign = queries.get_reported(viewer, campaign_id)
    pair = debrief_queries.get_offered(viewer, campaign, pair_id)
    is_undo = "undo" in request.args
    operations.finish_pair(viewer, campaign, pair, undo=is_undo)
    db.session.commit()
    again = url_for("field_reports.finish_pair", campaign_id=campaign_id, pair_id=pair_id, undo=1)
    return _done(campaign_id, "" if is_undo else again)


def _about(pair: BeforeAfter) -> str:
    note = pair.recheck.note
    return note.instead or note.hears or note.quote


def _agent(pair: BeforeAfter) -> str:
    agent = pair.recheck.agent
    return agent.name if agent else ""


def _done(campaign_id: int, again: str) -> ResponseReturnValue:
    notify(
        _("Done with it.") if again else _("It waits for the next debrief again."),
        undo=again or None,
    )
    return redirect(url_for("field_reports.for_debrief", campaign_id=campaign_id))
