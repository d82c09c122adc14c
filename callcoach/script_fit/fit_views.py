"""A call beside its script, the script over many calls, and how one line is really said."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls.forms import read_list_state
from callcoach.calls.models import Call
from callcoach.calls.queries import CallFilters
from callcoach.coaching.note_panels import add_call_panel
from callcoach.script_fit import fit_presenters as presenters
from callcoach.script_fit import fit_queries as queries
from callcoach.script_fit.blueprint import bp
from callcoach.script_fit.line_presenters import place_name
from callcoach.script_fit.line_queries import get_campaign, get_line
from callcoach.script_fit.observed import group_wordings
from callcoach.script_library.access import can_read_version
from callcoach.script_library.operations.drafting import newest_published
from callcoach.script_library.queries import script_of
from callcoach.web.i18n import preferences


@add_call_panel
def coverage_panel(viewer: Viewer, call: Call) -> str:
    """What the call made of its script, beside its words; for those of the floor who may read both."""
    version = call.script_version
    if viewer.role is Role.SPONSOR or version is None or call.current_analysis_id is None:
        return ""
    if not can_read_version(viewer, version):
        return ""
    coverage = presenters.coverage_view(viewer, call, version, queries.fit_of(call))
    return render_template("script_fit/_coverage.html", coverage=coverage)


@bp.get("/campaigns/<int:campaign_id>/script/heat")
def heat(campaign_id: int) -> ResponseReturnValue:
    """What becomes of each line over many calls; ``?version=&team=&persona=&since=&until=``.

    Never by agent: the script is looked at, not people.
    """
    viewer = current_viewer()
    campaign = get_campaign(viewer, campaign_id)
    script = script_of(campaign)
    choices = queries.heat_choices(viewer, script) if script is not None else None
    asked = read_list_state(request.args, zone=preferences().timezone)
    wanted = request.args.get("version", 0, type=int)
    version = None
    if choices is not None and choices.versions:
        known = {item.id: item for item in choices.versions}
        version = known.get(wanted, choices.versions[0])
    persona = request.args.get("persona", "")
    if choices is None or persona not in choices.personas:
        persona = ""
    filters = CallFilters(
        campaign_id=campaign.id,
        team_id=asked.filters.team_id,
        persona=persona,
        since=asked.filters.since,
        until=asked.filters.until,
        timezone=asked.filters.timezone,
    )
    found = queries.heat(viewer, version, filters) if version is not None else None
    return render_template(
        "script_fit/heat.html",
        campaign=campaign,
        has_script=script is not None and newest_published(script) is not None,
        version=version,
        choices=choices,
        persona=persona,
        persona_options=[(name, name) for name in choices.personas] if choices else [],
        values=asked.values,
        is_filtered=bool(persona or filters.team_id or filters.since or filters.until),
        heat=found,
        sections=presenters.heat_sections(version.document, persona, found)
        if version is not None and found is not None
        else [],
        bar_width=presenters.BAR_WIDTH,
        least=presenters.LEAST_TELLING,
    )


@bp.get("/scripts/lines/<int:line_id>/said")
def line_said(line_id: int) -> ResponseReturnValue:
    """How a line is really said, with moments to hear, and where calls turn around it."""
    viewer = current_viewer()
    line = get_line(viewer, line_id)
    version = newest_published(line.script)
    uses = queries.uses_of(viewer, line)
    wordings = group_wordings([use.words for _call, use in uses])
    moments = queries.moments_by_use(viewer, [use for _call, use in uses])
    return render_template(
        "script_fit/line_said.html",
        campaign=line.script.campaign,
        line=line,
        place=place_name(version, line),
        count=len(uses),
        most=queries.MOST_USES,
        wordings=presenters.wording_views(uses, wordings, moments),
        turns=presenters.turn_views(queries.turns_around(viewer, line)),
    )
