"""The list of debriefs, and planning a new one."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.debriefs import forms
from callcoach.debriefs import plan_presenters as presenters
from callcoach.debriefs.access import leads_one_to_ones
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.constancy import constancy_of
from callcoach.debriefs.models import Debrief
from callcoach.debriefs.operations import planning
from callcoach.debriefs.queries import planning as queries
from callcoach.debriefs.queries.series import coming, debriefs_of, list_series, sessions_of_team
from callcoach.errors import CallCoachError, InvalidInput
from callcoach.extensions import db, utc_now
from callcoach.web.errors import explain
from callcoach.web.i18n import DEFAULT_TIMEZONE
from callcoach.web.toasts import notify

_REFUSED = 422
#: When a debrief is proposed: after the calls of the day.
_USUAL_TIME = "16:00"
#: As many teams as are shown without choosing one.
_FEW = 3


@bp.get("/debriefs")
def list_debriefs() -> ResponseReturnValue:
    """What comes, what was held, what was skipped; how steadily; and the rituals."""
    viewer = queries.require_leader(current_viewer())
    args = request.args
    tab, kind = args.get("tab", "coming"), args.get("kind", "")
    teams = queries.teams_for(viewer)
    wanted = args.get("team", 0, type=int)
    filters = queries.Filters(
        tab=tab if tab in queries.TABS else "coming",
        team_id=wanted if any(team.id == wanted for team in teams) else None,
        kind=kind if kind in queries.KINDS else "",
    )
    page = queries.list_led(viewer, filters)
    agendas = queries.agendas([debrief.id for debrief in page.rows])
    shown = [team for team in teams if filters.team_id in (None, team.id)]
    now = utc_now()
    rituals = [
        presenters.series_card(
            series, debriefs_of(series), next((d.starts_at for d in coming(series, now)), None)
        )
        for series in list_series(viewer)
        if filters.team_id is None or filters.team_id in series.team_ids
    ]
    return render_template(
        "debriefs/list.html",
        cards=[presenters.card(viewer, d, agendas.get(d.id, (0, 0))) for d in page.rows],
        page=page,
        filters=filters,
        counts=queries.counts(viewer, filters),
        teams=teams,
        rituals=rituals,
        steady=[
            (team, constancy_of(sessions_of_team(team.id), now, ZoneInfo(team.timezone)))
            for team in shown
        ]
        if len(shown) <= _FEW
        else [],
        outcomes=presenters.OUTCOMES,
        month_name=presenters.month_name,
        can_meet=leads_one_to_ones(viewer),
    )


@bp.get("/debriefs/new")
def new_debrief() -> ResponseReturnValue:
    """The form; ``?team=`` and ``?agent=`` choose for whom, ``?alone=1`` asks with whom."""
    viewer = queries.require_leader(current_viewer())
    return _form(viewer, _proposed(viewer), is_alone=_is_alone(request.args))


@bp.post("/debriefs")
def add_debrief() -> ResponseReturnValue:
    """Plan it."""
    viewer = queries.require_leader(current_viewer())
    form = request.form
    is_alone = _is_alone(form)
    try:
        agent_id = _agent_in(form) if is_alone else None
        plan = forms.read_plan(form, agent_id=agent_id)
        debrief = planning.create(
            viewer,
            title=plan.title,
            team_ids=() if is_alone else plan.team_ids,
            starts_at=plan.starts_at,
            minutes=plan.minutes,
            timezone=plan.timezone,
            place=plan.place,
            agent_id=agent_id,
        )
    except InvalidInput as error:
        db.session.rollback()
        return _form(viewer, form, is_alone=is_alone, error=error)
    debrief_id = debrief.id
    said = planned_words(viewer, debrief)
    db.session.commit()
    notify(said, undo=url_for("debriefs.delete_debrief", debrief_id=debrief_id))
    return redirect(url_for("debriefs.show_debrief", debrief_id=debrief_id))


def planned_words(viewer: Viewer, debrief: Debrief) -> str:
    """That it is planned, and what takes place at the same time."""
    clashes = presenters.clashes(viewer, debrief)
    if not clashes:
        return _("Planned.")
    return _("Planned. At the same time: %(others)s.", others=", ".join(clashes))


def _form(
    viewer: Viewer,
    fields: forms.Form,
    *,
    is_alone: bool,
    error: CallCoachError | None = None,
) -> ResponseReturnValue:
    teams = queries.teams_for(viewer)
    agents = queries.agents_for(viewer) if is_alone else []
    html = render_template(
        "debriefs/form.html",
        fields=fields,
        teams=teams,
        agents=agents,
        is_alone=is_alone,
        zones=presenters.zone_choices(teams, fields.get("timezone", "")),
        error=explain(error) if error else "",
        error_field=str(error.values.get("field", "")) if error else "",
        limits=planning,
        today=utc_now().date(),
    )
    return html, _REFUSED if error else 200


def _proposed(viewer: Viewer) -> forms.Form:
    """A form to begin with: tomorrow after the calls, for the one team there is."""
    args = request.args
    teams = queries.teams_for(viewer)
    wanted = args.get("team", 0, type=int)
    chosen = [t for t in teams if t.id == wanted] or (list(teams) if len(teams) == 1 else [])
    zone = str(get_timezone() or DEFAULT_TIMEZONE)
    tomorrow = utc_now().astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    is_alone = _is_alone(args)
    return MultiDict(
        [
            ("title", _("One-to-one") if is_alone else _("Team debrief")),
            *(("team_ids", str(team.id)) for team in chosen),
            ("agent_id", args.get("agent", "")),
            ("day", args.get("day", tomorrow.isoformat())),
            ("time", _USUAL_TIME),
            ("minutes", "30"),
            ("timezone", zone),
            ("place", ""),
        ]
    )


def _is_alone(form: forms.Form) -> bool:
    return bool(form.get("alone") or form.get("agent"))


def _agent_in(form: forms.Form) -> int:
    agent_id = form.get("agent_id", 0, type=int)
    if not agent_id:
        raise InvalidInput("Choose with whom.", field="agent_id")
    return agent_id
