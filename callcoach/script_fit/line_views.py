"""The page of a line, and which lines of a campaign fail."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from callcoach.accounts.session import current_viewer
from callcoach.coaching.dispute_presenters import dispute_view
from callcoach.script_fit import line_presenters as presenters
from callcoach.script_fit import line_queries as queries
from callcoach.script_fit.blueprint import bp
from callcoach.script_fit.example_queries import examples_of
from callcoach.script_fit.request_queries import open_requests_of, request_row
from callcoach.script_library.operations.drafting import newest_published
from callcoach.script_library.queries import in_force_by_team, script_of


@bp.get("/campaigns/<int:campaign_id>/script/lines")
def list_lines(campaign_id: int) -> ResponseReturnValue:
    """Lines by how surely they fail, and the notes that name a line."""
    viewer = current_viewer()
    campaign = queries.get_campaign(viewer, campaign_id)
    script = script_of(campaign)
    version = newest_published(script) if script else None
    groups = queries.notes_by_line(viewer, script) if script else []
    return render_template(
        "script_fit/lines.html",
        campaign=campaign,
        has_script=version is not None,
        ranking=queries.rank_lines(viewer, script) if script else None,
        least=queries.LEAST_USES,
        groups=[
            (
                line,
                presenters.place_name(version, line),
                [presenters.note_moment(note) for note in notes],
            )
            for line, notes in groups
        ],
    )


@bp.get("/campaigns/scripts/lines/<int:line_id>")
def show_line(line_id: int) -> ResponseReturnValue:
    """All that is known of one line."""
    viewer = current_viewer()
    line = queries.get_line(viewer, line_id)
    campaign = line.script.campaign
    version = newest_published(line.script)
    in_force = [
        (item.team.name, item.release.version)
        for item in in_force_by_team(viewer, campaign)
        if item.release is not None
    ]
    words: dict[str, list[str]] = {}
    for team, said in in_force:
        known = said.document.line(line.key)
        if known is not None:
            words.setdefault(known.text, []).append(team)
    newest = version.document.line(line.key) if version else None
    return render_template(
        "script_fit/line.html",
        campaign=campaign,
        line=line,
        place=presenters.place_name(version, line),
        in_force=words,
        variants=newest.variants if newest else (),
        history=presenters.words_views(queries.versions_of(line)),
        counts=queries.counts_of(viewer, line),
        least=queries.LEAST_USES,
        notes=[presenters.note_moment(note) for note in queries.notes_of(viewer, line)],
        flags=[presenters.flag_moment(*found) for found in queries.flags_of(viewer, line)],
        disputes=[dispute_view(viewer, item) for item in queries.disputes_of(viewer, line)],
        requests=[request_row(item) for item in open_requests_of(line)],
        examples=examples_of(viewer, [line]).get(line.id, []),
    )
