"""Pages of trials: the list of a campaign, one trial, what is done with it, its agent-days."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.accounts.access_log import record
from callcoach.accounts.models import Team
from callcoach.accounts.session import current_viewer
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.trials import forms, presenters, queries
from callcoach.trials.access import can_include_teams
from callcoach.trials.blueprint import bp
from callcoach.trials.models import Assigning, Measure, Trial, TrialLook, TrialState
from callcoach.trials.operations import leading
from callcoach.trials.planning import Advice
from callcoach.web.toasts import notify

#: Looks that the page lists, the newest first.
_LOOKS = 14


@bp.get("/campaigns/<int:campaign_id>/trials")
def list_trials(campaign_id: int) -> ResponseReturnValue:
    """Trials of a campaign (``?state=``)."""
    campaign = queries.get_led_campaign(current_viewer(), campaign_id)
    wanted = request.args.get("state", "")
    trials = queries.list_trials(campaign)
    return render_template(
        "trials/list.html",
        campaign=campaign,
        trials=[
            (trial, presenters.state_label(TrialState(trial.state)))
            for trial in trials
            if wanted in ("", trial.state)
        ],
        has_any=bool(trials),
        states=[(state.value, presenters.state_label(state)) for state in TrialState],
        state=wanted,
        measure_label=presenters.measure_label,
        Measure=Measure,
    )


@bp.get("/trials/<int:trial_id>")
def show_trial(trial_id: int) -> ResponseReturnValue:
    """One trial: its plan, how it stands, what the rule says, what was learnt."""
    viewer = current_viewer()
    trial = queries.get_trial(viewer, trial_id)
    plan = queries.plan_of(trial)
    results = queries.results_of(trial)
    charts = []
    if results is not None:
        drawn = (presenters.chart_of(plan, results, each) for each in results.differences)
        charts = [chart for chart in drawn if chart is not None]
    looks = db.session.scalars(
        select(TrialLook)
        .where(TrialLook.trial_id == trial.id)
        .order_by(TrialLook.day.desc())
        .limit(_LOOKS)
    ).all()
    today = queries.today_of(trial)
    teams = db.session.scalars(select(Team.name).where(Team.id.in_(trial.team_ids))).all()
    return render_template(
        "trials/show.html",
        trial=trial,
        leads=can_include_teams(viewer, trial.team_ids),
        campaign=trial.line.script.campaign,
        plan=plan,
        size=presenters.size_of(plan, len(queries.agents_of(trial.team_ids))),
        state=presenters.state_label(TrialState(trial.state)),
        measure=presenters.measure_label(Measure(trial.measure)),
        definition=presenters.defined(Measure(trial.measure)),
        method=presenters.assigning_label(Assigning(trial.assigning)),
        teams=sorted(teams),
        results=results,
        saying=presenters.saying_of(trial, plan, results) if results else None,
        arms=presenters.arm_rows(trial, results.arms) if results else [],
        as_said=presenters.arm_rows(trial, results.as_said) if results else [],
        charts=charts,
        looks=[(look, _look_words(look)) for look in looks],
        mark_of=presenters.mark_of,
        today=today,
        tomorrow=today + timedelta(days=1),
        width=presenters.WIDTH,
        height=presenters.HEIGHT,
    )


def _look_words(look: TrialLook) -> str:
    advice = Advice(look.figures["advice"])
    return {
        Advice.GO_ON: _("go on"),
        Advice.BETTER: _("enough: a wording does better"),
        Advice.WORSE: _("enough: the words in force do better"),
        Advice.NO_GAIN: _("enough: no gain worth having"),
        Advice.FUTILE: _("stop: hardly to be decided"),
    }[advice]


@bp.post("/trials/<int:trial_id>/start")
def start_trial(trial_id: int) -> ResponseReturnValue:
    """Have the agents say the words of their day."""
    viewer = current_viewer()
    trial = leading.start(viewer, queries.get_trial(viewer, trial_id), forms.read_day("starts_on"))
    db.session.commit()
    notify(_("It starts. Each agent finds the words of the day on their home page."))
    return _back(trial)


@bp.post("/trials/<int:trial_id>/stop")
def stop_trial(trial_id: int) -> ResponseReturnValue:
    """End it today."""
    viewer = current_viewer()
    trial = leading.stop(viewer, queries.get_trial(viewer, trial_id))
    db.session.commit()
    notify(
        _("Ended. Everybody says the words in force again."),
        undo=url_for("trials.step_back", trial_id=trial_id, was=TrialState.STOPPED.value),
    )
    return _back(trial)


@bp.post("/trials/<int:trial_id>/conclude")
def conclude_trial(trial_id: int) -> ResponseReturnValue:
    """Write down what was learnt."""
    viewer = current_viewer()
    trial = leading.conclude(
        viewer, queries.get_trial(viewer, trial_id), request.form.get("conclusion", "")
    )
    db.session.commit()
    notify(
        _("Written into the history of the script."),
        undo=url_for("trials.step_back", trial_id=trial_id, was=TrialState.CONCLUDED.value),
    )
    return _back(trial)


@bp.post("/trials/<int:trial_id>/step-back")
def step_back(trial_id: int) -> ResponseReturnValue:
    """Take a conclusion or an end back: the state it has now (``?was=``)."""
    viewer = current_viewer()
    was = request.values.get("was", "")
    trial = leading.step_back(viewer, queries.get_trial(viewer, trial_id), was)
    db.session.commit()
    notify(_("Taken back."))
    return _back(trial)


@bp.post("/trials/<int:trial_id>/discard")
def discard_trial(trial_id: int) -> ResponseReturnValue:
    """Drop a plan that was never started."""
    viewer = current_viewer()
    trial = queries.get_trial(viewer, trial_id)
    campaign_id = trial.line.script.campaign_id
    leading.discard(viewer, trial)
    db.session.commit()
    notify(_("The plan is dropped."))
    return redirect(url_for("trials.list_trials", campaign_id=campaign_id))


@bp.get("/trials/<int:trial_id>/agent-days.csv")
def agent_days(trial_id: int) -> ResponseReturnValue:
    """The agent-days as a table: agents are numbers that mean nothing outside this trial."""
    viewer = current_viewer()
    trial = queries.get_trial(viewer, trial_id)
    queries.require_teams(viewer, trial)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("day", "agent", "wording", "calls", "heard_as_drawn", "successes"))
    for day, agent, place, calls, heard, successes in queries.agent_days_of(trial):
        writer.writerow(
            (day.isoformat(), agent, presenters.mark_of(place), calls, heard, successes)
        )
    db.session.rollback()
    with write_transaction():
        record(viewer.user_id, "trial.exported", subject_kind="trial", subject_id=trial_id)
        db.session.commit()
    response = Response(text.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"callcoach-trial-{trial_id}-{utc_now():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(trial: Trial) -> ResponseReturnValue:
    return redirect(url_for("trials.show_trial", trial_id=trial.id))
