"""The agent's page: what the team says now, in large letters, on a cheap telephone.

The floor's leads and supervisors open it too, to see what agents see. For whom a line is said is
chosen once; the browser keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign, CampaignTeam
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.script_library import panels
from callcoach.script_library.blueprint import bp
from callcoach.script_library.document import Document
from callcoach.script_library.in_force import release_in_force
from callcoach.script_library.labels import section_title
from callcoach.script_library.models import ScriptRelease
from callcoach.script_library.presenters import pieces, register_view

_READERS = (Role.AGENT, Role.TEAM_LEAD, Role.SUPERVISOR)
#: How long the browser keeps for whom lines are read, in seconds: half a year.
_KEEP_S = 182 * 86_400


@dataclass(frozen=True, slots=True)
class Choice:
    """A script that the viewer's teams say."""

    campaign: Campaign
    team: Team
    release: ScriptRelease


@bp.get("/my/script")
def my_script() -> ResponseReturnValue:
    """The version in force for the viewer's team."""
    viewer = current_viewer()
    if viewer.role not in _READERS:
        raise NotFound("There is no such page.")
    choices = scripts_of(viewer)
    chosen = _chosen(choices)
    if chosen is None:
        return render_template("script_library/agent_script.html", chosen=None, choices=[])
    document = chosen.release.version.document
    personas = list(dict.fromkeys(v.persona for line in document.lines() for v in line.variants))
    name = f"persona-{viewer.user_id}-{chosen.campaign.id}"
    asked = request.args.get("persona", unquote(request.cookies.get(name, "")))
    persona = asked if asked in personas else ""
    page = render_template(
        "script_library/agent_script.html",
        chosen=chosen,
        choices=choices,
        several_teams=len({choice.campaign.id for choice in choices}) < len(choices),
        personas=personas,
        persona=persona,
        sections=_read(document, persona),
        line_panels=panels.line_panels(
            viewer, chosen.release.version, [line.key for line in document.lines()]
        ),
    )
    response = make_response(page)
    if "persona" in request.args:
        response.set_cookie(
            name,
            quote(persona),
            max_age=_KEEP_S,
            path="/my/script",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def scripts_of(viewer: Viewer) -> list[Choice]:
    """What is in force for each team of the viewer's and each living campaign, by their names."""
    rows = db.session.execute(
        select(Campaign, Team)
        .join(CampaignTeam, CampaignTeam.campaign_id == Campaign.id)
        .join(Team, Team.id == CampaignTeam.team_id)
        .where(Team.id.in_(viewer.team_ids), Campaign.is_archived.is_(False))
        .order_by(Campaign.name, Team.name)
    ).all()
    now = utc_now()
    found = []
    for campaign, team in rows:
        release = release_in_force(campaign.id, team.id, now)
        if release is not None:
            found.append(Choice(campaign, team, release))
    return found


def _chosen(choices: list[Choice]) -> Choice | None:
    """The one asked for; the first where nothing, or nothing of theirs, is asked for."""
    campaign_id = request.args.get("campaign", type=int)
    team_id = request.args.get("team", type=int)
    wanted = [choice for choice in choices if campaign_id in (None, choice.campaign.id)]
    wanted = [choice for choice in wanted if team_id in (None, choice.team.id)]
    return next(iter(wanted or choices), None)


def _read(document: Document, persona: str) -> list[dict[str, Any]]:
    """Sections with their lines as they are said to one kind of person."""
    found: list[dict[str, Any]] = []
    for section in document.sections:
        lines = []
        for line in section.lines:
            own = next((each for each in line.variants if each.persona == persona), None)
            lines.append(
                {
                    "key": line.key,
                    "pieces": pieces(own.text if own else line.text),
                    "register": register_view(own.register if own else line.register),
                    "answers": line.answers,
                    "is_disclosure": line.is_disclosure,
                    "is_required": line.is_required,
                }
            )
        if lines:
            found.append({"key": section.key, "title": section_title(section), "lines": lines})
    return found
