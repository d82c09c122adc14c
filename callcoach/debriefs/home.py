"""What this room adds to the home page and to the navigation: the next debrief."""

from __future__ import annotations

from typing import cast

from flask import Flask, render_template
from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.coaching.home_parts import add_part
from callcoach.debriefs import plan_presenters as presenters
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState
from callcoach.debriefs.queries import effects
from callcoach.debriefs.queries import planning as queries
from callcoach.debriefs.queries.debriefs import attended_by
from callcoach.debriefs.queries.planned import next_attended, next_led
from callcoach.extensions import db
from callcoach.web import nav


@add_part(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD)
def home_of_leader(viewer: Viewer) -> str:
    """The next debrief, with what to do about it."""
    debrief = next_led(viewer)
    if debrief is None:
        return ""
    agenda = queries.agendas([debrief.id]).get(debrief.id, (0, 0))
    waiting = 0
    if not agenda[0] and not debrief.is_one_to_one:
        waiting = (
            db.session.scalar(
                select(func.count(AgendaItem.id)).where(
                    AgendaItem.debrief_id.is_(None),
                    AgendaItem.team_id.in_(sorted(debrief.team_ids)),
                )
            )
            or 0
        )
    card = presenters.card(viewer, debrief, agenda)
    return render_template("debriefs/_home_next.html", card=card, waiting=waiting)


@add_part(Role.ADMIN, Role.SUPERVISOR)
def home_of_listener(viewer: Viewer) -> str:
    """Drawn calls in which something decided or learnt is listened for."""
    waiting = effects.count_to_hear(viewer)
    return render_template("debriefs/_home_effects.html", waiting=waiting) if waiting else ""


@add_part(Role.AGENT)
def home_of_agent(viewer: Viewer) -> str:
    """When the next one is, or that it has begun."""
    debrief = next_attended(viewer)
    if debrief is None:
        return ""
    is_running = debrief.state == DebriefState.RUNNING
    return render_template("debriefs/_home_agent.html", debrief=debrief, is_running=is_running)


def count_to_do() -> int:
    """Badge of leaders: debriefs that ask for something."""
    return queries.count_to_do(current_viewer())


def count_running() -> int:
    """Badge of agents: debriefs to join now."""
    viewer = current_viewer()
    return (
        db.session.scalar(
            select(func.count(Debrief.id)).where(
                attended_by(viewer), Debrief.state == DebriefState.RUNNING
            )
        )
        or 0
    )


bp.record_once(
    lambda state: nav.add_badge(cast("Flask", state.app), "debriefs.list_debriefs", count_to_do)
)
bp.record_once(
    lambda state: nav.add_badge(cast("Flask", state.app), "debriefs.my_debriefs", count_running)
)
