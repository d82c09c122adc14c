"""A one-to-one: the drill given and the objective agreed on the spot; see `live_views` for the rest."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls.presenters import cause_choices
from callcoach.campaigns.models import Campaign
from callcoach.debriefs import one_to_one_presenters as presenters
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import AgendaItem, Debrief
from callcoach.debriefs.operations import one_to_one
from callcoach.debriefs.queries.attended import get_attended
from callcoach.debriefs.queries.debriefs import get_led
from callcoach.drills.queries.library import campaigns_of
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.forms import read_aim
from callcoach.progress.own_presenters import measure_choices
from callcoach.progress.presenters import figure_choices
from callcoach.web.requests import wants_json
from callcoach.web.toasts import notify

#: Days an objective is for, unless they say otherwise.
_DAYS = 28


@bp.get("/debriefs/<int:debrief_id>/together")
def show_together(debrief_id: int) -> ResponseReturnValue:
    """The host's part beside the item in hand, as a part of the page."""
    viewer = current_viewer()
    debrief = _get_led(viewer, debrief_id)
    today = utc_now().date()
    html = render_template(
        "debriefs/_one_to_one_host.html",
        debrief_id=debrief.id,
        together=presenters.host_side(viewer, debrief),
        client_id=str(uuid.uuid4()),
        campaigns=_campaigns(viewer, debrief),
        measures=measure_choices(),
        causes=[item[:2] for item in cause_choices()],
        figures=figure_choices(),
        draft={"text": "", "measure": "", "cause": "", "figure": "", "side": "below"},
        starts_on=today,
        ends_on=today + timedelta(days=_DAYS),
    )
    response: Response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/debriefs/<int:debrief_id>/items/<int:item_id>/practise")
def practise_together(debrief_id: int, item_id: int) -> ResponseReturnValue:
    """Have the agent practise the item right there."""
    viewer = current_viewer()
    debrief = _get_led(viewer, debrief_id)
    one_to_one.give_drill(viewer, debrief, _item_of(debrief, item_id))
    db.session.commit()
    undo = url_for("debriefs.take_drill_back", debrief_id=debrief_id, item_id=item_id)
    return _answer(debrief_id, _("The drill is on the agent’s screen."), undo)


@bp.post("/debriefs/<int:debrief_id>/items/<int:item_id>/practise/undo")
def take_drill_back(debrief_id: int, item_id: int) -> ResponseReturnValue:
    """Take it off the agent's screen again."""
    viewer = current_viewer()
    debrief = _get_led(viewer, debrief_id)
    one_to_one.take_drill_back(viewer, debrief, _item_of(debrief, item_id))
    db.session.commit()
    return _answer(debrief_id, _("Taken back."))


@bp.post("/debriefs/<int:debrief_id>/objectives")
def propose_together(debrief_id: int) -> ResponseReturnValue:
    """Propose an objective, to be agreed on the spot."""
    viewer = current_viewer()
    debrief = _get_led(viewer, debrief_id)
    wanted = request.form.get("campaign_id", 0, type=int)
    if wanted not in {campaign.id for campaign in _campaigns(viewer, debrief)}:
        raise InvalidInput("Choose a campaign.", field="campaign_id")
    client_id = request.form.get("client_id", "")
    one_to_one.propose_objective(viewer, debrief, wanted, read_aim(), client_id)
    db.session.commit()
    return _answer(debrief_id, _("The objective is on the agent’s screen, to be agreed."))


@bp.post("/my/debriefs/<int:debrief_id>/objectives/<int:objective_id>/agree")
def agree_together(debrief_id: int, objective_id: int) -> ResponseReturnValue:
    """The agent agrees."""
    viewer = current_viewer()
    debrief = get_attended(viewer, debrief_id)
    based_on = request.form.get("based_on", 0, type=int)
    one_to_one.agree(viewer, debrief, objective_id, based_on=based_on)
    db.session.commit()
    notify(_("Agreed."))
    return redirect(url_for("debriefs.my_debrief", debrief_id=debrief_id))


def _get_led(viewer: Viewer, debrief_id: int) -> Debrief:
    debrief = get_led(viewer, debrief_id)
    if not debrief.is_one_to_one:
        raise NotFound("There is no such one-to-one.")
    return debrief


def _item_of(debrief: Debrief, item_id: int) -> AgendaItem:
    item = next((one for one in debrief.items if one.id == item_id), None)
    if item is None:
        raise NotFound("There is no such item.")
    return item


def _campaigns(viewer: Viewer, debrief: Debrief) -> list[Campaign]:
    """Campaigns that the agent's teams call for, the one of the item in hand first."""
    item = next((one for one in debrief.items if one.opened_at and not one.closed_at), None)
    now = item.call.campaign_id if item is not None and item.call is not None else 0
    found = [
        campaign
        for campaign in campaigns_of(viewer)
        if not debrief.team_ids.isdisjoint(link.team_id for link in campaign.teams)
    ]
    return sorted(found, key=lambda campaign: campaign.id != now)


def _answer(debrief_id: int, message: str, undo: str | None = None) -> ResponseReturnValue:
    if wants_json():
        return jsonify(message=message, undo=undo)
    notify(message, undo=undo)
    return redirect(url_for("debriefs.present", debrief_id=debrief_id))
