"""Rituals: the pages on which they are begun, changed and ended."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_timezone, ngettext
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.debriefs import forms
from callcoach.debriefs import plan_presenters as presenters
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import DebriefSeries
from callcoach.debriefs.operations import planning
from callcoach.debriefs.operations import series as rituals
from callcoach.debriefs.queries import planning as queries
from callcoach.debriefs.queries.series import coming, debriefs_of, get_series, list_series
from callcoach.errors import CallCoachError, InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.web.errors import explain
from callcoach.web.i18n import DEFAULT_TIMEZONE
from callcoach.web.toasts import notify

_REFUSED = 422
#: Past debriefs shown of a ritual, the newest first: half a year of weeks.
_SHOWN = 26


@bp.get("/debriefs/series")
def show_all_series() -> ResponseReturnValue:
    """All rituals, and those that ended (``?archived=1``)."""
    viewer = queries.require_leader(current_viewer())
    is_archived = bool(request.args.get("archived"))
    now = utc_now()
    cards = [
        presenters.series_card(
            series, debriefs_of(series), next((d.starts_at for d in coming(series, now)), None)
        )
        for series in list_series(viewer, archived=is_archived)
    ]
    return render_template(
        "debriefs/series_list.html",
        cards=cards,
        is_archived=is_archived,
        outcomes=presenters.OUTCOMES,
        month_name=presenters.month_name,
    )


@bp.get("/debriefs/series/new")
def new_series() -> ResponseReturnValue:
    """The form of a new ritual."""
    viewer = queries.require_leader(current_viewer())
    teams = queries.teams_for(viewer)
    wanted = request.args.get("team", 0, type=int)
    chosen = [t for t in teams if t.id == wanted] or (list(teams) if len(teams) == 1 else [])
    zone = str(get_timezone() or DEFAULT_TIMEZONE)
    fields: forms.Form = MultiDict(
        [
            ("title", _("Weekly debrief")),
            *(("team_ids", str(team.id)) for team in chosen),
            ("weekday", "4"),
            ("time", "16:00"),
            ("minutes", "30"),
            ("every_weeks", "1"),
            ("timezone", zone),
            ("starts_on", utc_now().astimezone(ZoneInfo(zone)).date().isoformat()),
            ("place", ""),
        ]
    )
    return _page(viewer, None, fields)


@bp.post("/debriefs/series")
def add_series() -> ResponseReturnValue:
    """Begin it; the next weeks are planned at once."""
    viewer = queries.require_leader(current_viewer())
    try:
        series = rituals.create(viewer, forms.read_ritual(request.form))
    except InvalidInput as error:
        db.session.rollback()
        return _page(viewer, None, request.form, error=error)
    series_id, count = series.id, len(coming(series, utc_now()))
    db.session.commit()
    notify(
        ngettext("%(num)s debrief is planned.", "%(num)s debriefs are planned.", count),
        undo=url_for("debriefs.archive_series", series_id=series_id),
    )
    return redirect(url_for("debriefs.show_series", series_id=series_id))


@bp.get("/debriefs/series/<int:series_id>")
def show_series(series_id: int) -> ResponseReturnValue:
    """One ritual: how steadily it is kept, its debriefs, and changing it."""
    viewer = current_viewer()
    series = get_series(viewer, series_id)
    return _page(viewer, series, forms.fields_of_ritual(rituals.ritual_of(series)))


@bp.post("/debriefs/series/<int:series_id>")
def change_series(series_id: int) -> ResponseReturnValue:
    """Save it; the coming debriefs follow. The way back brings its fields in the address."""
    viewer = current_viewer()
    series = get_series(viewer, series_id)
    before, version = forms.fields_of_ritual(rituals.ritual_of(series)), series.row_version
    fields = request.form if "title" in request.form else request.args
    try:
        ritual = forms.read_ritual(fields)
        rituals.change(viewer, series, ritual, based_on=fields.get("based_on", 0, type=int))
    except (InvalidInput, StaleVersion) as error:
        db.session.rollback()
        return _page(viewer, get_series(viewer, series_id), fields, error=error)
    undo = None
    if series.row_version != version:
        values: dict[str, Any] = {name: before.getlist(name) for name in before}
        undo = url_for(
            "debriefs.change_series", series_id=series_id, based_on=series.row_version, **values
        )
    kept = len(rituals.apart(series, utc_now()))
    db.session.commit()
    said = (
        ngettext(
            "Saved. %(num)s debrief keeps its teams: its agenda was prepared for them.",
            "Saved. %(num)s debriefs keep their teams: their agendas were prepared for them.",
            kept,
        )
        if kept
        else _("Saved. The coming debriefs follow.")
    )
    notify(said, undo=undo)
    return redirect(url_for("debriefs.show_series", series_id=series_id))


@bp.post("/debriefs/series/<int:series_id>/plan")
def plan_series(series_id: int) -> ResponseReturnValue:
    """Plan the next weeks now, where they are not planned yet."""
    viewer = current_viewer()
    series = get_series(viewer, series_id)
    made = rituals.plan_ahead(series, utc_now())
    if series.archived_at is None:
        rituals.plan_look(series)
    db.session.commit()
    if made:
        notify(ngettext("%(num)s debrief is planned.", "%(num)s debriefs are planned.", len(made)))
    else:
        notify(_("The next four weeks are planned already."), "info")
    return redirect(url_for("debriefs.show_series", series_id=series_id))


@bp.post("/debriefs/series/<int:series_id>/archive")
def archive_series(series_id: int) -> ResponseReturnValue:
    """End it."""
    viewer = current_viewer()
    kept = rituals.archive(viewer, get_series(viewer, series_id))
    said = (
        ngettext(
            "Archived. %(num)s debrief that is prepared stays planned.",
            "Archived. %(num)s debriefs that are prepared stay planned.",
            len(kept),
        )
        if kept
        else _("Archived.")
    )
    db.session.commit()
    notify(said, undo=url_for("debriefs.restore_series", series_id=series_id))
    return redirect(url_for("debriefs.show_all_series"))


@bp.post("/debriefs/series/<int:series_id>/restore")
def restore_series(series_id: int) -> ResponseReturnValue:
    """Take it up again."""
    viewer = current_viewer()
    rituals.restore(viewer, get_series(viewer, series_id))
    db.session.commit()
    notify(_("The ritual goes on."))
    return redirect(url_for("debriefs.show_series", series_id=series_id))


def _page(
    viewer: Viewer,
    series: DebriefSeries | None,
    fields: forms.Form,
    *,
    error: CallCoachError | None = None,
) -> ResponseReturnValue:
    """A ritual or the form of a new one; a stale change shows both versions."""
    is_stale = isinstance(error, StaleVersion)
    teams = queries.teams_for(viewer, keep=series.team_ids if series else ())
    debriefs = list(debriefs_of(series)) if series else []
    now = utc_now()
    following = coming(series, now) if series else []
    agendas = queries.agendas([debrief.id for debrief in debriefs])
    cards = {d.id: presenters.card(viewer, d, agendas.get(d.id, (0, 0))) for d in debriefs}
    conflict = None
    if is_stale and series is not None:
        present = forms.fields_of_ritual(rituals.ritual_of(series))
        conflict = presenters.both(present, fields, teams)
    html = render_template(
        "debriefs/series.html",
        series=series,
        card=presenters.series_card(series, debriefs, following[0].starts_at if following else None)
        if series
        else None,
        coming=[cards[debrief.id] for debrief in following],
        past=[card for card in cards.values() if card.debrief not in following][::-1][:_SHOWN],
        fields=fields,
        teams=teams,
        zones=presenters.zone_choices(teams, fields.get("timezone", "")),
        weekdays=presenters.weekday_choices(),
        conflict=conflict,
        error=explain(error) if error and not is_stale else "",
        error_field=str(error.values.get("field", "")) if error else "",
        limits=planning,
        most_weeks=rituals.MAX_WEEKS,
        outcomes=presenters.OUTCOMES,
        month_name=presenters.month_name,
    )
    return html, _REFUSED if error else 200
