"""Pages on which a trial is planned."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.models import Team
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign
from callcoach.errors import CallCoachError
from callcoach.extensions import db
from callcoach.trials import forms, presenters, queries
from callcoach.trials.blueprint import bp
from callcoach.trials.figures import Past
from callcoach.trials.forms import Typed
from callcoach.trials.models import Assigning, Measure
from callcoach.trials.operations import leading
from callcoach.trials.planning import LEAST_SHARE, MOST_ARMS, MOST_SHARE
from callcoach.web.errors import explain
from callcoach.web.filters import number
from callcoach.web.toasts import notify

#: A correlation found to be less is luck more often than not.
_LEAST_ICC = 0.02


@bp.get("/campaigns/<int:campaign_id>/trials/new")
def new_trial(campaign_id: int) -> ResponseReturnValue:
    """Plan a trial; of a line of one's choice (``?line=``)."""
    viewer = current_viewer()
    campaign = queries.get_led_campaign(viewer, campaign_id)
    teams = queries.teams_to_include(viewer, campaign)
    speaking = [team.id for team in queries.teams_with_words(campaign, teams)]
    past = queries.past_of(campaign, speaking, Measure.NEXT_STEP)
    line_id = request.args.get("line", 0, type=int)
    typed = Typed(
        name="",
        line_id=line_id,
        wordings=_variants(campaign, speaking, line_id),
        team_ids=tuple(speaking),
        measure=Measure.NEXT_STEP,
        assigning=Assigning.ROTATION,
        numbers=_suggested(past),
    )
    return _plan_page(campaign, teams, typed)


@bp.post("/campaigns/<int:campaign_id>/trials")
def plan_trial(campaign_id: int) -> ResponseReturnValue:
    """Write the plan down; it is started from its own page."""
    viewer = current_viewer()
    campaign = queries.get_led_campaign(viewer, campaign_id)
    typed = forms.read_typed()
    try:
        trial = leading.plan_trial(viewer, campaign, forms.proposal_from(typed))
    except CallCoachError as error:
        db.session.rollback()
        if error.status == 404:
            raise
        campaign = queries.get_led_campaign(viewer, campaign_id)
        teams = queries.teams_to_include(viewer, campaign)
        return _plan_page(campaign, teams, typed, error)
    trial_id = trial.id
    db.session.commit()
    notify(_("The plan is written down; nothing changes for the agents before you start it."))
    return redirect(url_for("trials.show_trial", trial_id=trial_id))


@bp.post("/campaigns/<int:campaign_id>/trials/size")
def trial_size(campaign_id: int) -> ResponseReturnValue:
    """How long it would take, as one types; writes nothing."""
    viewer = current_viewer()
    campaign = queries.get_led_campaign(viewer, campaign_id)
    offered = {team.id for team in queries.teams_to_include(viewer, campaign)}
    return _size(campaign, offered, forms.read_typed())


def _size(campaign: Campaign, offered: set[int], typed: Typed) -> str:
    teams = [team_id for team_id in typed.team_ids if team_id in offered]
    size, problem = None, ""
    try:
        size = presenters.size_of(forms.plan_from(typed), len(queries.agents_of(teams)))
    except CallCoachError as error:
        problem = explain(error)
    return render_template(
        "trials/_size.html",
        size=size,
        problem=problem,
        past=queries.past_of(campaign, teams, typed.measure),
        definition=presenters.defined(typed.measure),
        weeks=queries.PAST.days // 7,
    )


def _plan_page(
    campaign: Campaign, teams: list[Team], typed: Typed, error: CallCoachError | None = None
) -> ResponseReturnValue:
    speaking = [team.id for team in queries.teams_with_words(campaign, teams)]
    page = render_template(
        "trials/plan.html",
        campaign=campaign,
        teams=teams,
        speaking=speaking,
        lines=queries.triable_lines(campaign, speaking),
        typed=typed,
        wordings=[*typed.wordings, *[""] * MOST_ARMS][: MOST_ARMS - 1],
        measures=presenters.measures(),
        methods=[(each.value, presenters.assigning_label(each)) for each in reversed(Assigning)],
        size=_size(campaign, {team.id for team in teams}, typed),
        problem=explain(error) if error else "",
    )
    return page, 422 if error else 200


def _variants(campaign: Campaign, team_ids: list[int], line_id: int) -> tuple[str, ...]:
    """What a line says to personas, as wordings to begin with."""
    for each in queries.triable_lines(campaign, team_ids):
        if each.row.id == line_id:
            texts = dict.fromkeys(variant.text for variant in each.line.variants)
            return tuple(text for text in texts if text != each.line.text)[: MOST_ARMS - 1]
    return ()


def _suggested(past: Past) -> dict[str, str]:
    """Numbers to begin with, from past calls where there are any."""
    share = min(max(past.share or 0.2, 2 * LEAST_SHARE), MOST_SHARE - 0.1)
    return {
        "baseline": number(share * 100, 1 if share < 0.1 else 0),
        "least_difference": "8",
        "calls_per_day": number(past.calls_per_day or 8.0, 1),
        "icc": number(max(past.icc, _LEAST_ICC) if past.icc is not None else 0.05, 2),
        "alpha": "5",
        "power": "80",
    }
