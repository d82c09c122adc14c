"""Coaching periods, questions for a remarkable moment, and who needs time freed."""

from __future__ import annotations

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.session import current_viewer
from callcoach.coaching.home_presenters import request_part
from callcoach.coaching.operations.notes import excerpt_bounds
from callcoach.coaching.queries import home
from callcoach.coaching.queries.notes import get_note
from callcoach.drills.queries import library
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress import forms
from callcoach.progress import own_presenters as presenters
from callcoach.progress.blueprint import bp
from callcoach.progress.operations import consents, periods
from callcoach.progress.queries import floor
from callcoach.progress.queries.people import get_consent, require_follower
from callcoach.web.toasts import notify


@bp.get("/progress/periods")
def list_periods() -> ResponseReturnValue:
    """Announced coaching periods, and announcing one."""
    viewer = require_follower(current_viewer())
    campaigns = library.campaigns_of(viewer)
    wanted = request.args.get("campaign", 0, type=int)
    campaign = next((c for c in campaigns if c.id == wanted), campaigns[0] if campaigns else None)
    tomorrow = utc_now().date() + timedelta(days=1)
    return render_template(
        "progress/periods.html",
        periods=[presenters.period_view(item) for item in floor.periods(viewer)],
        campaigns=campaigns,
        campaign=campaign,
        agents=library.agents_for(viewer, campaign) if campaign else [],
        starts_on=tomorrow,
        ends_on=tomorrow + timedelta(days=13),
        most=periods.MAX_DAILY,
    )


@bp.post("/progress/periods")
def announce_period() -> ResponseReturnValue:
    """Announce one to named agents."""
    viewer = require_follower(current_viewer())
    form = request.form
    wanted = form.get("campaign_id", 0, type=int)
    campaign = next((c for c in library.campaigns_of(viewer) if c.id == wanted), None)
    if campaign is None:
        raise NotFound("There is no such campaign.")
    found = periods.announce(
        viewer,
        campaign,
        form.getlist("agents", type=int),
        starts_on=forms.read_day("starts_on"),
        ends_on=forms.read_day("ends_on"),
        daily_quota=form.get("daily_quota", 0, type=int),
        reason=form.get("reason", ""),
    )
    ids = ",".join(str(period.id) for period in found)
    db.session.commit()
    notify(
        ngettext("%(num)s agent is told.", "%(num)s agents are told.", len(found)),
        undo=url_for("progress.cancel_periods", ids=ids),
    )
    return redirect(url_for("progress.list_periods"))


@bp.post("/progress/periods/cancel")
def cancel_periods() -> ResponseReturnValue:
    """Call off what was announced at once (``ids``)."""
    viewer = require_follower(current_viewer())
    ids = [int(part) for part in request.args.get("ids", "").split(",") if part.isdecimal()]
    for period in [floor.get_period(viewer, period_id) for period_id in ids]:
        periods.cancel(viewer, period)
    db.session.commit()
    notify(_("Called off."))
    return redirect(url_for("progress.list_periods"))


@bp.post("/progress/periods/<int:period_id>/cancel")
def cancel_period(period_id: int) -> ResponseReturnValue:
    """Call one off."""
    viewer = require_follower(current_viewer())
    periods.cancel(viewer, floor.get_period(viewer, period_id))
    db.session.commit()
    notify(_("Called off."), undo=url_for("progress.restore_period", period_id=period_id))
    return redirect(url_for("progress.list_periods"))


@bp.post("/progress/periods/<int:period_id>/restore")
def restore_period(period_id: int) -> ResponseReturnValue:
    """Announce it again as it was."""
    viewer = require_follower(current_viewer())
    periods.cancel(viewer, floor.get_period(viewer, period_id), undo=True)
    db.session.commit()
    return redirect(url_for("progress.list_periods"))


@bp.post("/progress/notes/<int:note_id>/share")
def ask_consent(note_id: int) -> ResponseReturnValue:
    """Ask a note's agent whether the team may hear its moment."""
    viewer = require_follower(current_viewer())
    call, note = get_note(viewer, note_id)
    consent = consents.ask(viewer, call, *excerpt_bounds(note))
    consent_id, call_id = consent.id, call.id
    name = call.agent.name if call.agent else ""
    db.session.commit()
    notify(
        _("%(name)s is asked; nothing is shared before a yes.", name=name),
        undo=url_for("progress.take_back_consent", consent_id=consent_id),
    )
    return redirect(url_for("coaching.desk", call_id=call_id, _anchor=f"note-{note_id}"))


@bp.post("/progress/consents/<int:consent_id>/take-back")
def take_back_consent(consent_id: int) -> ResponseReturnValue:
    """Ask no longer."""
    viewer = require_follower(current_viewer())
    consent = get_consent(viewer, consent_id)
    call_id = consent.call_id
    consents.take_back(viewer, consent)
    db.session.commit()
    notify(_("Taken back."))
    return redirect(url_for("coaching.desk", call_id=call_id))


@bp.get("/progress/floor")
def show_floor() -> ResponseReturnValue:
    """Who needs time freed, and who asks to be listened to; nothing of how anybody does."""
    viewer = current_viewer()
    needs = floor.needs(viewer)
    return render_template(
        "progress/floor.html",
        needs=needs,
        requests=request_part(home.open_requests(viewer)),
        periods=[presenters.period_view(item) for item in floor.periods(viewer)],
        today=utc_now().date(),
    )
