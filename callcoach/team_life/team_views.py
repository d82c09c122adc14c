"""A team's page: for who leads it, and for its agents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.accounts.session import current_viewer
from callcoach.calls.presenters import cause_choices
from callcoach.coaching.operations.notes import excerpt_of
from callcoach.debriefs.constancy import constancy_of
from callcoach.debriefs.models import Debrief
from callcoach.debriefs.queries.planned import next_attended, next_planned
from callcoach.debriefs.queries.series import sessions_of_team
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.lessons.queries import taken_by_team
from callcoach.notices.operations import mark_subject_seen
from callcoach.progress.own_presenters import measure_choices
from callcoach.progress.presenters import figure_choices
from callcoach.team_life import effort, presenters
from callcoach.team_life.access import can_keep
from callcoach.team_life.blueprint import bp
from callcoach.team_life.operations.objectives import subject_of
from callcoach.team_life.operations.standards import MAX_DETAIL, MAX_TEXT
from callcoach.team_life.queries import pages
from callcoach.web.requests import is_seen

#: Days an objective is for, unless they say otherwise.
_DAYS = 28


@bp.get("/teams/<int:team_id>/life")
def show_team(team_id: int) -> ResponseReturnValue:
    """The page for who leads the team; `decision` has the form of a new standard hold a decision."""
    viewer = current_viewer()
    team = pages.get_kept_team(viewer, team_id)
    decision = pages.decision_for(viewer, team, request.args.get("decision", type=int))
    today = utc_now().date()
    html = render_template(
        "team_life/team.html",
        **_page(viewer, team),
        retired=presenters.standard_views(pages.retired_of(team)),
        decision=decision,
        draft_text=decision.text[:MAX_TEXT] if decision is not None else "",
        max_text=MAX_TEXT,
        max_detail=MAX_DETAIL,
        campaigns=pages.campaigns_of(team),
        measures=measure_choices(),
        causes=[item[:2] for item in cause_choices()],
        figures=figure_choices(),
        starts_on=today,
        ends_on=today + timedelta(days=_DAYS),
    )
    _have_sounds_written(viewer, team.id)
    return html


@bp.get("/my/team-life")
def my_team() -> ResponseReturnValue:
    """The page for an agent; `team` chooses one where they are in several."""
    viewer = current_viewer()
    teams = pages.my_teams(viewer)
    wanted = request.args.get("team", type=int)
    team = next((item for item in teams if item.id == wanted), teams[0] if teams else None)
    if wanted and (team is None or team.id != wanted):
        raise NotFound("There is no such team.")
    if team is None:
        return render_template("team_life/my_team.html", team=None, teams=[])
    html = render_template("team_life/my_team.html", teams=teams, **_page(viewer, team))
    if is_seen():
        _seen(viewer, team)
    return html


def _page(viewer: Viewer, team: Team) -> dict[str, Any]:
    debrief = _next_debrief(viewer, team)
    return {
        "team": team,
        "debrief": debrief,
        "debrief_words": presenters.debrief_words(debrief),
        "standards": presenters.standard_views(pages.standards_of(team)),
        "objectives": presenters.aim_views(pages.objectives_of(team)),
        "cards": presenters.note_cards(viewer, pages.remarkable_notes(team)),
        "pairs": presenters.pair_views(pages.offered_pairs(team)),
        "strips": _strips(team),
        "lessons": presenters.lesson_views(taken_by_team(team.id)),
        "ritual": presenters.ritual_words(
            constancy_of(sessions_of_team(team.id), utc_now(), ZoneInfo(team.timezone))
        ),
        **_ways(viewer, team, debrief),
    }


def _ways(viewer: Viewer, team: Team, debrief: Debrief | None) -> dict[str, str]:
    """Where the page leads: who leads the team to its debriefs and lessons, an agent to theirs."""
    is_kept = can_keep(viewer, team.id)
    page = "debriefs.show_debrief" if is_kept else "debriefs.my_debrief"
    return {
        "debrief_url": url_for(page, debrief_id=debrief.id) if debrief is not None else "",
        "plan_url": url_for("debriefs.new_debrief", team=team.id) if is_kept else "",
        "debriefs_url": url_for("debriefs.list_debriefs" if is_kept else "debriefs.my_debriefs"),
        "lessons_url": url_for("lessons.list_lessons", team=team.id) if is_kept else "",
    }


def _strips(team: Team) -> list[presenters.StripView]:
    """Nothing of a team of one agent: its regularity would be theirs."""
    return presenters.strip_views(effort.strips_of(team)) if pages.has_agents(team) else []


def _next_debrief(viewer: Viewer, team: Team) -> Debrief | None:
    if can_keep(viewer, team.id):
        return next_planned(viewer, team.id)
    found = next_attended(viewer)
    is_theirs = found is not None and not found.is_one_to_one and team.id in found.team_ids
    return found if is_theirs else None


def _seen(viewer: Viewer, team: Team) -> None:
    """What the team aims at has been read, and the moments may be heard soon; the reading
    transaction ends first (see `calls.views.log_read`).
    """
    subjects = [subject_of(item) for item in pages.objectives_of(team)]
    team_id = team.id
    db.session.rollback()
    with write_transaction():
        for subject in subjects:
            mark_subject_seen(viewer, subject)
        db.session.commit()
    _have_sounds_written(viewer, team_id)


def _have_sounds_written(viewer: Viewer, team_id: int) -> None:
    team = pages.get_team(viewer, team_id)
    is_asked = bool(presenters.sounds_to_write(team, viewer))
    db.session.rollback()
    if not is_asked:
        return
    with write_transaction():
        for note in presenters.sounds_to_write(pages.get_team(viewer, team_id), viewer):
            excerpt_of(viewer, note.call, note)
        db.session.commit()
