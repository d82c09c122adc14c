"""Pages of incidents: the list of a campaign, one incident, and what is done about it."""

from __future__ import annotations

from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.queries import get_campaign_to_edit
from callcoach.debriefs.adding_views import told
from callcoach.errors import InvalidInput
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.incidents import presenters, queries
from callcoach.incidents.blueprint import bp
from callcoach.incidents.models import Incident
from callcoach.incidents.operations import deciding, handling
from callcoach.incidents.operations.telling import subject_of
from callcoach.notices.operations import mark_subject_seen
from callcoach.script_library.approval_queries import seats_of
from callcoach.web.requests import is_seen, safe_next
from callcoach.web.toasts import notify


@bp.get("/campaigns/<int:campaign_id>/incidents")
def list_incidents(campaign_id: int) -> ResponseReturnValue:
    """Every incident of a campaign: what waits first, and how much time is left."""
    viewer = current_viewer()
    campaign = get_campaign_to_edit(viewer, campaign_id)
    rows = [presenters.incident_view(each) for each in queries.list_incidents(viewer, campaign)]
    return render_template(
        "incidents/list.html",
        campaign=campaign,
        waiting=[row for row in rows if row.is_suspected],
        open=[row for row in rows if row.is_open],
        over=[row for row in rows if not (row.is_suspected or row.is_open)],
    )


@bp.get("/incidents/<int:incident_id>")
def show_incident(incident_id: int) -> ResponseReturnValue:
    """One incident: the moment, what is to be done, and what happened."""
    viewer = current_viewer()
    incident = queries.get_incident(viewer, incident_id)
    view = presenters.incident_view(incident)
    item = incident.item
    html = render_template(
        "incidents/incident.html",
        incident=view,
        history=presenters.history(incident),
        draft=view.account or handling.proposed_account(incident),
        seats=[person.name for person in seats_of(incident.campaign)],
        people=queries.people_who_call_back(incident),
        agenda=told(item, is_new=False) if item is not None else None,
        viewer_id=viewer.user_id,
        today=utc_now().date().isoformat(),
        due_default=incident.tell_by.date().isoformat() if incident.tell_by else "",
    )
    if is_seen():
        subject = subject_of(incident)
        db.session.rollback()
        with write_transaction():
            mark_subject_seen(viewer, subject)
            db.session.commit()
    return html


@bp.post("/incidents/<int:incident_id>/confirm")
def confirm_incident(incident_id: int) -> ResponseReturnValue:
    """It was said."""
    viewer, incident = _own(incident_id)
    deciding.confirm(viewer, incident)
    db.session.commit()
    notify(_("An incident is open. Tell the sponsor in time."), undo=_undo(incident_id))
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/dismiss")
def dismiss_incident(incident_id: int) -> ResponseReturnValue:
    """It was not said, or is none."""
    viewer, incident = _own(incident_id)
    deciding.dismiss(viewer, incident, request.form.get("reason", ""))
    db.session.commit()
    notify(_("Dismissed. Nobody is told of it."), undo=_undo(incident_id))
    return redirect(safe_next(request.form.get("next")) or _address(incident_id))


@bp.post("/incidents/<int:incident_id>/take-up-again")
def take_up_again(incident_id: int) -> ResponseReturnValue:
    """Undo the last decision."""
    viewer, incident = _own(incident_id)
    deciding.take_up_again(viewer, incident)
    db.session.commit()
    notify(_("Taken up again."))
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/account")
def save_account(incident_id: int) -> ResponseReturnValue:
    """Write what the sponsor is to read; with ``tell`` they are told at once."""
    viewer, incident = _own(incident_id)
    based_on = request.form.get("based_on", type=int) or 0
    handling.save_account(viewer, incident, request.form.get("account", ""), based_on=based_on)
    if "tell" not in request.form:
        db.session.commit()
        notify(_("Saved. The sponsor does not read it yet."))
        return _back(incident_id, "tell")
    count = handling.tell(viewer, incident)
    db.session.commit()
    if count:
        notify(
            ngettext(
                "%(num)s person of the sponsor’s is told.",
                "%(num)s people of the sponsor’s are told.",
                count,
            )
        )
    else:
        notify(
            _("It is on the sponsor’s pages. Nobody of theirs can sign in yet: call them too."),
            "warning",
        )
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/recontact")
def plan_recontact(incident_id: int) -> ResponseReturnValue:
    """Who calls the prospect back, and until when."""
    viewer, incident = _own(incident_id)
    due_on = _day(request.form.get("due_on", ""))
    handling.plan_recontact(viewer, incident, request.form.get("by", 0, type=int), due_on)
    db.session.commit()
    notify(_("Saved."))
    return _back(incident_id, "recontact")


@bp.post("/incidents/<int:incident_id>/recontacted")
def was_recontacted(incident_id: int) -> ResponseReturnValue:
    """The prospect was called back."""
    viewer, incident = _own(incident_id)
    handling.was_recontacted(viewer, incident, request.form.get("words", ""))
    db.session.commit()
    notify(_("Written down: the prospect was called back."))
    return _back(incident_id, "rectified")


@bp.post("/incidents/<int:incident_id>/rectify")
def rectify(incident_id: int) -> ResponseReturnValue:
    """What was put right."""
    viewer, incident = _own(incident_id)
    words = request.form.get("words", "")
    handling.rectify(viewer, incident, words, is_shared="share" in request.form)
    db.session.commit()
    notify(_("Saved."))
    return _back(incident_id, "briefing")


@bp.post("/incidents/<int:incident_id>/brief")
def brief(incident_id: int) -> ResponseReturnValue:
    """How the team was briefed; with ``debrief`` the moment goes on its next agenda."""
    viewer, incident = _own(incident_id)
    if "debrief" in request.form:
        is_new = handling.brief_in_debrief(viewer, incident)
        message, link = told(incident.item, is_new=is_new) if incident.item else ("", None)
        db.session.commit()
        notify(message, link=link)
    else:
        handling.brief(viewer, incident, request.form.get("words", ""))
        db.session.commit()
        notify(_("Saved."))
    return _back(incident_id, "briefing")


@bp.post("/incidents/<int:incident_id>/not-needed/<any(recontact, rectified, briefing):step>")
def mark_not_needed(incident_id: int, step: str) -> ResponseReturnValue:
    """A step is not needed."""
    viewer, incident = _own(incident_id)
    handling.mark_not_needed(viewer, incident, step, request.form.get("reason", ""))
    db.session.commit()
    notify(_("Saved."))
    return _back(incident_id, step)


@bp.post("/incidents/<int:incident_id>/remarks")
def remark(incident_id: int) -> ResponseReturnValue:
    """A line for the history."""
    viewer, incident = _own(incident_id)
    is_shared = "share" in request.form
    handling.remark(viewer, incident, request.form.get("text", ""), is_shared=is_shared)
    db.session.commit()
    notify(_("Saved."))
    return _back(incident_id, "history")


@bp.post("/incidents/<int:incident_id>/close")
def close_incident(incident_id: int) -> ResponseReturnValue:
    """All is done."""
    viewer, incident = _own(incident_id)
    handling.close(viewer, incident)
    db.session.commit()
    notify(_("Closed. The sponsor reads that it is."), undo=_undo(incident_id))
    return _back(incident_id)


def _own(incident_id: int) -> tuple[Viewer, Incident]:
    viewer = current_viewer()
    return viewer, queries.get_incident(viewer, incident_id)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("Say until which day.") from None


def _undo(incident_id: int) -> str:
    return url_for("incidents.take_up_again", incident_id=incident_id)


def _address(incident_id: int, anchor: str | None = None) -> str:
    return url_for("incidents.show_incident", incident_id=incident_id, _anchor=anchor)


def _back(incident_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(_address(incident_id, anchor))
