"""Pages of audits: the list, a draft with its frame, the draw, and how far judging is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.audits import calibration_queries, forms, presenters, queries
from callcoach.audits.access import can_change_draft, sees_audits
from callcoach.audits.blueprint import bp
from callcoach.audits.candidates import candidates, population_now, promises_in_force
from callcoach.audits.forms import Typed
from callcoach.audits.frames import ZONE, Frame, population_of
from callcoach.audits.judge_views import next_url, open_for
from callcoach.audits.models import Audit, AuditState, SampleState
from callcoach.audits.operations import drafts, drawing
from callcoach.audits.operations.drafts import Plan
from callcoach.calls.models import Outcome
from callcoach.calls.presenters import outcome_label
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import teams_to_offer
from callcoach.errors import CallCoachError, NotFound
from callcoach.extensions import db, utc_now
from callcoach.promises.labels import KINDS
from callcoach.promises.labels import SIGNS as KIND_SIGNS
from callcoach.web.errors import explain
from callcoach.web.filters import local_date
from callcoach.web.toasts import notify


@bp.get("/audits")
def list_audits() -> ResponseReturnValue:
    """Audits of every campaign that the viewer answers for."""
    viewer = current_viewer()
    if not sees_audits(viewer):
        raise NotFound("There is no such page.")
    groups = [
        (campaign, [presenters.audit_row(each) for each in queries.list_audits(viewer, campaign)])
        for campaign in queries.audited_campaigns(viewer)
    ]
    return render_template(
        "audits/list.html", groups=groups, contested=len(calibration_queries.waiting(viewer))
    )


@bp.get("/campaigns/<int:campaign_id>/audits/new")
def new_audit(campaign_id: int) -> ResponseReturnValue:
    """Choose the frame of an audit: the last four weeks to begin with."""
    viewer = current_viewer()
    campaign = queries.get_campaign_to_audit(viewer, campaign_id)
    first, last = _last_weeks()
    plan = Plan(_title(first, last), first, last, Frame(), 0.1, 0.9)
    return _form(viewer, campaign, forms.typed_of(plan))


@bp.post("/campaigns/<int:campaign_id>/audits")
def create_audit(campaign_id: int) -> ResponseReturnValue:
    """Keep the frame as a draft; nothing is drawn yet."""
    viewer = current_viewer()
    campaign = queries.get_campaign_to_audit(viewer, campaign_id)
    typed = forms.read_typed()
    try:
        plan = _named(forms.plan_from(typed), *_last_weeks())
        audit = drafts.create_draft(viewer, campaign, plan)
    except CallCoachError as error:
        db.session.rollback()
        campaign = queries.get_campaign_to_audit(viewer, campaign_id)
        return _form(viewer, campaign, typed, error=error)
    audit_id = audit.id
    db.session.commit()
    return redirect(url_for("audits.show_audit", audit_id=audit_id))


@bp.post("/campaigns/<int:campaign_id>/audits/size")
def audit_size(campaign_id: int) -> ResponseReturnValue:
    """What the frame comes to, as one types; writes nothing."""
    viewer = current_viewer()
    campaign = queries.get_campaign_to_audit(viewer, campaign_id)
    return _size(campaign, forms.read_typed())


@bp.get("/audits/<int:audit_id>")
def show_audit(audit_id: int) -> ResponseReturnValue:
    """One audit: a draft to be drawn, a sample to be judged, or what became of it."""
    viewer = current_viewer()
    audit = queries.get_audit(viewer, audit_id)
    if audit.state == AuditState.DRAFT:
        return _draft(audit)
    shared = {
        "audit": audit,
        "row": presenters.audit_row(audit),
        "facts": queries.facts_of(audit),
        "excluded": presenters.exclusions(audit.drawn_from.get("excluded", [])),
        "plan": drafts.plan_of(audit),
        "teams": _team_names(audit),
        "outcome_label": outcome_label,
    }
    waiting = open_for(viewer, audit)
    return render_template(
        "audits/show.html",
        **shared,
        sample=queries.sampled_calls(audit),
        mine={one.id for one in waiting},
        next_url=next_url(viewer, audit) if waiting else "",
        left_out=[one for one in audit.calls if one.state == SampleState.REPLACED],
        successor={one.replaces: one for one in audit.calls if one.replaces is not None},
        left_out_label=presenters.LEFT_OUT,
        reasons=[(value.value, label) for value, label in presenters.LEFT_OUT.items()],
        reserve=sum(one.state == SampleState.RESERVE for one in audit.calls),
    )


@bp.get("/audits/<int:audit_id>/edit")
def edit_audit(audit_id: int) -> ResponseReturnValue:
    """Change the frame of a draft."""
    viewer = current_viewer()
    audit = queries.get_audit(viewer, audit_id)
    if not can_change_draft(audit.state):
        return redirect(url_for("audits.show_audit", audit_id=audit_id))
    return _form(viewer, audit.campaign, forms.typed_of(drafts.plan_of(audit)), audit=audit)


@bp.post("/audits/<int:audit_id>")
def change_audit(audit_id: int) -> ResponseReturnValue:
    """Keep the changed frame of a draft."""
    viewer = current_viewer()
    audit = queries.get_audit(viewer, audit_id)
    typed = forms.read_typed()
    try:
        plan = _named(forms.plan_from(typed), audit.starts_on, audit.ends_on)
        drafts.change_draft(viewer, audit, plan, _based_on())
    except CallCoachError as error:
        db.session.rollback()
        if error.status != 400:
            raise
        audit = queries.get_audit(viewer, audit_id)
        return _form(viewer, audit.campaign, typed, audit=audit, error=error)
    db.session.commit()
    return redirect(url_for("audits.show_audit", audit_id=audit_id))


@bp.post("/audits/<int:audit_id>/discard")
def discard_audit(audit_id: int) -> ResponseReturnValue:
    """Drop a draft."""
    viewer = current_viewer()
    drafts.discard_draft(viewer, queries.get_audit(viewer, audit_id))
    db.session.commit()
    notify(_("The draft is dropped; nothing was drawn."))
    return redirect(url_for("audits.list_audits"))


@bp.post("/audits/<int:audit_id>/draw")
def draw_audit(audit_id: int) -> ResponseReturnValue:
    """Draw the sample, once and for all."""
    viewer = current_viewer()
    drawing.draw_audit(viewer, queries.get_audit(viewer, audit_id), _based_on())
    db.session.commit()
    notify(_("The sample is drawn. Judge its calls one after the other."))
    return redirect(url_for("audits.show_audit", audit_id=audit_id))


@bp.post("/audits/<int:audit_id>/abandon")
def abandon_audit(audit_id: int) -> ResponseReturnValue:
    """Give a drawn audit up, with its ``reason``."""
    viewer = current_viewer()
    drawing.abandon(viewer, queries.get_audit(viewer, audit_id), request.form.get("reason", ""))
    db.session.commit()
    notify(_("The audit is given up; it stays readable."))
    return redirect(url_for("audits.show_audit", audit_id=audit_id))


@bp.post("/audits/<int:audit_id>/close")
def close_audit(audit_id: int) -> ResponseReturnValue:
    """Close an audit whose calls are all judged."""
    viewer = current_viewer()
    drawing.close(viewer, queries.get_audit(viewer, audit_id))
    db.session.commit()
    notify(_("The audit is closed: these are its results."))
    return redirect(url_for("audits.show_results", audit_id=audit_id))


def _draft(audit: Audit) -> str:
    found = population_now(audit)
    plan = drafts.plan_of(audit)
    promises = promises_in_force(audit.campaign_id, audit.starts_on, audit.ends_on)
    return render_template(
        "audits/draft.html",
        audit=audit,
        plan=plan,
        teams=_team_names(audit),
        size=drafts.size_from(found.size, len(found.strata), plan),
        excluded=presenters.exclusions([[call_id, str(why)] for call_id, why in found.excluded]),
        promises=promises,
        kinds=KINDS,
        signs=KIND_SIGNS,
        outcome_label=outcome_label,
    )


def _form(
    viewer: Viewer,
    campaign: Campaign,
    typed: Typed,
    *,
    audit: Audit | None = None,
    error: CallCoachError | None = None,
) -> ResponseReturnValue:
    bound = {link.team_id for link in campaign.teams}
    page = render_template(
        "audits/edit.html",
        campaign=campaign,
        audit=audit,
        typed=typed,
        teams=[team for team in teams_to_offer(viewer, campaign) if team.id in bound],
        outcomes=[(each.value, outcome_label(each)) for each in Outcome],
        size=_size(campaign, typed),
        problem=explain(error) if error else "",
    )
    return page, 422 if error else 200


def _size(campaign: Campaign, typed: Typed) -> str:
    """The live answer: how many calls, what margin, and why the others are not in the frame."""
    size, problem, excluded = None, "", []
    try:
        # its name has nothing to do with its size
        named = forms.plan_from(Typed({**typed.values, "title": "-"}, *_rest(typed)))
        plan = drafts.require_plan(campaign, named)
        found = population_of(candidates(campaign.id, plan.starts_on, plan.ends_on), plan.frame)
        size = drafts.size_from(found.size, len(found.strata), plan)
        excluded = presenters.exclusions([[call_id, str(why)] for call_id, why in found.excluded])
    except CallCoachError as error:
        problem = explain(error)
    return render_template(
        "audits/_size.html", size=size, problem=problem, excluded=excluded, how=typed.how
    )


def _rest(typed: Typed) -> tuple[tuple[str, ...], tuple[int, ...], bool, str]:
    return typed.outcomes, typed.team_ids, typed.by_agent, typed.how


def _title(first: date, last: date) -> str:
    return _("Calls from %(first)s to %(last)s", first=local_date(first), last=local_date(last))


def _last_weeks() -> tuple[date, date]:
    last = utc_now().astimezone(ZONE).date() - timedelta(days=1)
    return last - timedelta(days=27), last


def _named(plan: Plan, first: date, last: date) -> Plan:
    """With the name of its own period, where the one that went with `first` to `last` was left."""
    if plan.title != _title(first, last):
        return plan
    return replace(plan, title=_title(plan.starts_on, plan.ends_on))


def _team_names(audit: Audit) -> list[str]:
    wanted = set(Frame.from_dict(audit.frame).team_ids)
    teams = teams_to_offer(Viewer.system(), audit.campaign)
    return [team.name for team in teams if team.id in wanted]


def _based_on() -> int:
    return request.form.get("based_on", 0, type=int)
