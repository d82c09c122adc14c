"""What the home page says of scripts: what waits for the sponsor, what came back, the agent's own."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.coaching.home_parts import add_part
from callcoach.coaching.home_presenters import Line, Part
from callcoach.script_library.approval_queries import last_sent_back, waiting_and_sent_back
from callcoach.script_library.models import ScriptVersion
from callcoach.script_library.my_script_views import scripts_of

#: Lines of one list; the rest is on the pages of the scripts.
_MOST = 5


@add_part(Role.ADMIN, Role.SUPERVISOR)
def scripts_of_writer(viewer: Viewer) -> str:
    """Versions that wait for the sponsor, since when, and those that came back."""
    waiting, back = waiting_and_sent_back(viewer)
    if not waiting and not back:
        return ""
    return render_template(
        "script_library/_release_home.html", waiting=_part(waiting), back=_part(back)
    )


@add_part(Role.AGENT)
def script_of_agent(viewer: Viewer) -> str:
    """The way to what the team says now."""
    choices = scripts_of(viewer)
    return render_template("script_library/_agent_home.html", choices=choices) if choices else ""


def _part(versions: list[ScriptVersion]) -> Part[Line]:
    lines = [_line(version) for version in versions[:_MOST]]
    return Part(lines, len(versions))


def _line(version: ScriptVersion) -> Line:
    decision = last_sent_back(version)
    return Line(
        url=url_for("script_library.show_publishing", version_id=version.id),
        title=version.script.campaign.name,
        about=_("version %(number)s", number=version.number),
        text=decision.comment if decision else version.reason,
        at=decision.at if decision else version.submitted_at,
    )
