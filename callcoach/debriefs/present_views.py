"""The presenter's page: what everybody looks at, on a shared screen or in a video call."""

from __future__ import annotations

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.session import current_viewer
from callcoach.debriefs import live_json, present_items
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.decision_presenters import open_panel
from callcoach.debriefs.models import Debrief, DebriefState
from callcoach.debriefs.queries import live as queries
from callcoach.debriefs.queries.debriefs import get_led, participants
from callcoach.errors import NotFound


@bp.get("/debriefs/<int:debrief_id>/present")
def present(debrief_id: int) -> ResponseReturnValue:
    """Run a debrief; before it begins, one button that starts it."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    is_running = debrief.state == DebriefState.RUNNING
    return _unkept(
        render_template(
            "debriefs/present.html",
            debrief=debrief,
            state=str(debrief.state),
            teams=sorted(row.team.name for row in debrief.teams),
            is_running=is_running,
            open_decisions=open_panel(
                viewer, debrief, back=url_for("debriefs.present", debrief_id=debrief.id)
            )
            if debrief.state == DebriefState.PLANNED
            else "",
            minutes_planned=sum(item.minutes for item in debrief.items),
            owners=_owners(debrief),
            facts=live_json.screen_facts(viewer, debrief) if is_running else None,
            addresses=_addresses(debrief),
            user_id=viewer.user_id,
        )
    )


@bp.get("/debriefs/<int:debrief_id>/present/items/<int:item_id>")
def present_item(debrief_id: int, item_id: int) -> ResponseReturnValue:
    """An item as everybody sees it now; one to come as it will be before the stop."""
    viewer = current_viewer()
    debrief = get_led(viewer, debrief_id)
    item = next((item for item in debrief.items if item.id == item_id), None)
    if item is None:
        raise NotFound("There is no such item.")
    shown = present_items.shown_item(viewer, debrief, item, queries.load_state(debrief))
    return _unkept(render_template("debriefs/_present_item.html", item=shown))


def _owners(debrief: Debrief) -> list[tuple[int, str]]:
    """Who may be given something to do: who takes part, and the host."""
    people = {person.id: person.name for person in participants(debrief)}
    if debrief.host is not None:
        people[debrief.host.id] = debrief.host.name
    return sorted(people.items(), key=lambda person: person[1])


def _addresses(debrief: Debrief) -> dict[str, str]:
    """Where the page's script asks and sends; ids and client ids are put in by it."""
    live = url_for("debriefs.follow_live", debrief_id=debrief.id)
    return {
        "live": live,
        "item": f"{live}/item",
        "rest": f"{live}/rest",
        "sound": f"{live}/sound",
        "end": url_for("debriefs.end_debrief", debrief_id=debrief.id),
        "items": f"{request.path}/items/",
        "attendance": f"/debriefs/{debrief.id}/attendance/",
        "remarks": f"/debriefs/{debrief.id}/remarks/",
        "decisions": f"/debriefs/{debrief.id}/decisions/",
        "answers": "/debriefs/answers/",
    }


def _unkept(page: str) -> Response:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
