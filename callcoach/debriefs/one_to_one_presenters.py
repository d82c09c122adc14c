"""What the two screens of a one-to-one print beside the agenda. Plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.debriefs import sharing
from callcoach.debriefs.catch_up import asks
from callcoach.debriefs.models import AgendaItem, Debrief, LiveState, Presence
from callcoach.debriefs.operations.live import is_revealed
from callcoach.debriefs.queries.one_to_one import (
    GivenDrill,
    assignment_of,
    given_in,
    objectives_in,
)
from callcoach.drills.titles import title_for
from callcoach.extensions import db
from callcoach.progress.own_presenters import ObjectiveView, objective_view


@dataclass(frozen=True, slots=True)
class DrillView:
    """A drill given on the spot.

    Args:
        url: for the agent where it is done, for the host the try that was sent; "" before.
    """

    item_id: int
    title: str
    is_sent: bool
    url: str


@dataclass(frozen=True, slots=True)
class InStep:
    """A moment that goes on in step on both screens; places are milliseconds of the call.

    Args:
        sound_url: where this screen may play it; "" where it only shows the words.
        is_quiet: the two are in one room, where a second sound would only echo.
    """

    key: str
    starts_ms: int
    ends_ms: int
    live_url: str
    move_url: str
    sound_url: str
    status_url: str
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class HostSide:
    """What the host has done on the spot, and may do on the item in hand."""

    agent: str
    item_id: int | None
    can_practise: bool
    drills: Sequence[DrillView]
    objectives: Sequence[ObjectiveView]


@dataclass(frozen=True, slots=True)
class AgentSide:
    """What waits for the agent."""

    step: InStep | None
    drills: Sequence[DrillView]
    objectives: Sequence[ObjectiveView]


def host_side(viewer: Viewer, debrief: Debrief) -> HostSide:
    """The host's part."""
    item = _item_in_hand(debrief)
    given_here = assignment_of(debrief, item) if item is not None else None
    is_busy = given_here is not None and given_here.done_at is None
    return HostSide(
        agent=debrief.agent.name if debrief.agent is not None else "",
        item_id=item.id if item is not None else None,
        can_practise=item is not None and not is_busy and _can_be_practised(debrief, item),
        drills=[_drill_view(viewer, given, is_host=True) for given in given_in(debrief)],
        objectives=[objective_view(one) for one in objectives_in(debrief)],
    )


def agent_side(viewer: Viewer, debrief: Debrief) -> AgentSide | None:
    """The agent's part; None where a debrief is no one-to-one."""
    if not debrief.is_one_to_one:
        return None
    return AgentSide(
        step=_in_step(viewer, debrief),
        drills=[_drill_view(viewer, given, is_host=False) for given in given_in(debrief)],
        objectives=[objective_view(one) for one in objectives_in(debrief)],
    )


def _in_step(viewer: Viewer, debrief: Debrief) -> InStep | None:
    state = db.session.get(LiveState, debrief.id)
    item = _item_in_hand(debrief)
    if item is None or item.start_ms is None or item.end_ms is None:
        return None
    if sharing.is_set_aside(item) or not sharing.plays_before(debrief, item):
        return None
    stops = item.ask_ms is not None and asks(item) and not is_revealed(state, item)
    part = "ask" if stops else "whole"
    live = url_for("debriefs.follow_live", debrief_id=debrief.id)
    place: dict[str, Any] = {"debrief_id": debrief.id, "item_id": item.id, "part": part}
    is_heard = sharing.may_play_live(viewer, debrief, item)
    presence = {row.user_id: row.presence for row in debrief.attendances}
    return InStep(
        key=f"{item.id}:{part}",
        starts_ms=item.start_ms,
        ends_ms=item.ask_ms if stops and item.ask_ms is not None else item.end_ms,
        live_url=live,
        move_url=f"{live}/sound",
        sound_url=url_for("debriefs.item_sound", **place) if is_heard else "",
        status_url=url_for("debriefs.item_sound_status", **place) if is_heard else "",
        is_quiet=presence.get(viewer.user_id or 0) == Presence.PRESENT,
    )


def _item_in_hand(debrief: Debrief) -> AgendaItem | None:
    state = db.session.get(LiveState, debrief.id)
    item = state.item if state is not None else None
    return item if item is not None and item.debrief_id == debrief.id else None


def _can_be_practised(debrief: Debrief, item: AgendaItem) -> bool:
    if item.drill is not None:
        return item.drill.archived_at is None
    call = item.call
    return (
        call is not None
        and call.deleted_at is None
        and call.agent_id == debrief.agent_id
        and item.start_ms is not None
    )


def _drill_view(viewer: Viewer, given: GivenDrill, *, is_host: bool) -> DrillView:
    url = url_for("drills.my_drill", assignment_id=given.assignment.id)
    if is_host:
        sent = given.sent
        url = url_for("drills.show_try", attempt_id=sent.id) if sent is not None else ""
    title = title_for(viewer, given.assignment.drill) or str(_("Drill"))
    return DrillView(given.item.id, title, given.sent is not None, url)
