"""What a screen that follows a debrief is sent. What is hidden from the audience is in no answer: not
even in that of who leads, whose screen everybody looks at.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import url_for

from callcoach.accounts.access import Viewer
from callcoach.debriefs import sharing
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.catch_up import asks
from callcoach.debriefs.models import AgendaItem, Debrief, LiveState
from callcoach.debriefs.operations.live import is_revealed
from callcoach.debriefs.queries import live as queries
from callcoach.debriefs.titles import shown_title
from callcoach.extensions import utc_now


def screen_facts(viewer: Viewer, debrief: Debrief) -> dict[str, Any]:
    """All that a screen of the viewer follows."""
    state = queries.load_state(debrief)
    item = state.item if state is not None else None
    if item is not None and item.debrief_id != debrief.id:
        item = None
    now = utc_now()
    leads = can_lead(viewer, debrief)
    facts: dict[str, Any] = {
        "revision": state.revision if state is not None else 0,
        "state": str(debrief.state),
        "now": _epoch_ms(now),
        "item": item_facts(debrief, item, state) if item is not None else None,
        "answer_count": 0,
        "answers": [],
        "sound": _sound(viewer, debrief, item, state),
    }
    if item is not None:
        facts |= _answers(viewer, item, state, leads=leads)
    if leads:
        facts["clock"] = _clock(debrief, state, now)
        facts["items"] = [
            _agenda_line(state, one, number) for number, one in enumerate(debrief.items, start=1)
        ]
        facts["presence"] = [
            {"user_id": one.user_id, "name": one.name, "presence": one.presence}
            for one in queries.expected_at(debrief)
        ]
        facts |= _written(debrief)
    return facts


def item_facts(debrief: Debrief, item: AgendaItem, state: LiveState | None) -> dict[str, Any]:
    """What is before everybody, as far as it is revealed."""
    is_open = is_revealed(state, item)
    is_gone = sharing.is_set_aside(item)
    is_told = is_open or not asks(item)
    is_current = state is not None and state.item_id == item.id
    return {
        "id": item.id,
        "number": debrief.items.index(item) + 1,
        "count": len(debrief.items),
        "kind": str(item.kind),
        "title": shown_title(item, is_open=is_told),
        "phase": str(state.phase) if state is not None and is_current else None,
        "asks": asks(item),
        "is_revealed": is_open,
        "is_gone": is_gone,
        "whose": item.agent.name
        if is_told and item.agent is not None and sharing.names_agent(item)
        else "",
        "question": item.question,
        "start_ms": item.start_ms,
        "ask_ms": item.ask_ms,
        "end_ms": item.end_ms,
        "minutes": item.minutes,
        "said": [] if is_gone else said_of(item, is_open=is_open),
        "reformulation": item.reformulation if is_open and not is_gone else "",
    }


def said_of(item: AgendaItem, *, is_open: bool) -> list[dict[str, Any]]:
    """The words of a moment, up to where it stops until it is revealed. Somebody who speaks on past
    that point is not quoted before: half of a sentence says what comes.
    """
    return [row for row in item.said if is_open or not is_after_stop(item, row["end_ms"])]


def is_after_stop(item: AgendaItem, end_ms: int) -> bool:
    """Whether what ends there is hidden until it is revealed."""
    return item.ask_ms is not None and end_ms > item.ask_ms


def _sound(
    viewer: Viewer, debrief: Debrief, item: AgendaItem | None, state: LiveState | None
) -> dict[str, Any]:
    parts: dict[str, str] = {}
    if item is not None and sharing.may_play_live(viewer, debrief, item):
        names = ["whole"]
        if item.ask_ms is not None:
            names = ["ask", "rest", "whole"] if is_revealed(state, item) else ["ask"]
        parts = {
            name: url_for("debriefs.item_sound", debrief_id=debrief.id, item_id=item.id, part=name)
            for name in names
        }
    return {
        "is_playing": state.is_playing if state is not None else False,
        "position_ms": state.position_ms if state is not None else 0,
        "at": _epoch_ms(state.moved_at) if state is not None else None,
        "parts": parts,
    }


def _answers(
    viewer: Viewer, item: AgendaItem, state: LiveState | None, *, leads: bool
) -> dict[str, Any]:
    """How many, and once revealed which: a name only where its writer signed. What the host hid is
    sent to its author alone; the host is told that it is there, without its words.
    """
    rows = queries.answers_of(item)
    is_open = is_revealed(state, item)
    answers: list[dict[str, Any]] = []
    for row in rows:
        is_mine = row.user_id == viewer.user_id
        if row.hidden_at is not None and leads and is_open:
            answers.append({"id": row.id, "is_hidden": True})
        elif is_mine or (is_open and row.hidden_at is None):
            answers.append(
                {
                    "id": row.id,
                    "text": row.text,
                    "name": row.user.name if row.is_named and row.user else "",
                    "is_mine": is_mine,
                    "is_hidden": row.hidden_at is not None,
                }
            )
    return {"answer_count": len(rows), "answers": answers}


def _clock(debrief: Debrief, state: LiveState | None, now: datetime) -> dict[str, Any]:
    """How long the item, and all of them, have been before everybody, milliseconds, and how long was
    planned.
    """
    total_ms = 1000 * sum(item.spent_s for item in debrief.items)
    item_ms = budget_ms = 0
    if state is not None and state.item is not None:
        running_ms = 0
        if state.item_since is not None:
            running_ms = max(0, _epoch_ms(now) - _epoch_ms(state.item_since))
        item_ms = 1000 * state.item.spent_s + running_ms
        budget_ms = 60_000 * state.item.minutes
        total_ms += running_ms
    return {
        "is_resting": state is None or state.item_since is None,
        "item_ms": item_ms,
        "item_budget_ms": budget_ms,
        "total_ms": total_ms,
        "total_budget_ms": 60_000 * debrief.minutes,
    }


def _written(debrief: Debrief) -> dict[str, Any]:
    """Notes and decisions so far, as they were taken."""
    return {
        "remarks": [
            {"client_id": row.client_id, "item_id": row.item_id, "text": row.text}
            for row in debrief.remarks
            if row.deleted_at is None
        ],
        "decisions": [
            {
                "client_id": row.client_id,
                "item_id": row.item_id,
                "text": row.text,
                "owner": row.owner.name if row.owner is not None else "",
                "due_on": row.due_on.isoformat() if row.due_on is not None else None,
            }
            for row in debrief.decisions
            if row.deleted_at is None
        ],
    }


def _agenda_line(state: LiveState | None, item: AgendaItem, number: int) -> dict[str, Any]:
    """A line of the agenda: of what nobody has seen yet its place and its kind."""
    return {
        "id": item.id,
        "number": number,
        "kind": str(item.kind),
        "title": shown_title(item, is_open=is_revealed(state, item)),
        "minutes": item.minutes,
        "spent_s": item.spent_s,
        "asks": asks(item),
        "is_opened": item.opened_at is not None,
        "is_closed": item.closed_at is not None,
        "is_revealed": is_revealed(state, item),
    }


def _epoch_ms(moment: datetime) -> int:
    return round(1000 * moment.timestamp())
