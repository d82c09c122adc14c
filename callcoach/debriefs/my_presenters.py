"""What an agent's pages print of debriefs. Plain values for templates.

Whether words, sound and names may be shown is asked here each time, never remembered.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.calls.presenters import spoken_duration
from callcoach.calls.queries import find_excerpt
from callcoach.debriefs import catch_up, sharing
from callcoach.debriefs.models import (
    AgendaItem,
    Debrief,
    DebriefState,
    ItemAnswer,
    ItemKind,
    LiveState,
    Phase,
    Presence,
)
from callcoach.debriefs.operations import moments
from callcoach.debriefs.operations.live import is_revealed
from callcoach.debriefs.present_items import ShownItem, shown_item
from callcoach.debriefs.titles import KIND_WORDS
from callcoach.extensions import db


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a moment, pseudonymised, and which side said them."""

    is_agent: bool
    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What somebody would say there; `name` is "" where they did not sign."""

    text: str
    name: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class SoundView:
    """A part of a moment that may be heard on this phone; `is_ready` as soon as it is written."""

    url: str
    status_url: str
    length: str
    is_ready: bool


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as an agent sees it, up to where it stops, or with all that came of it.

    Args:
        before: the words up to where it stops and asks; `after` is empty until it is revealed.
        is_gone: its call was put aside: neither words nor sound are left.
        whose: the agent's name, once revealed and where colleagues are told; else "".
        own: what the viewer answered; None as long as they have not.
        client_id: of the viewer's answer, or of the one they may write.
        answers: of everybody, once revealed.
        count: how many answers there are.
        reread_url: the moment read aloud by whoever leads, where there is such a take.
        told: what the shared screen says of a drill, a version of the script, an objective.
    """

    item_id: int
    kind: str
    title: str
    language: str
    whose: str
    is_gone: bool
    is_moment: bool
    is_revealed: bool
    asks: bool
    phase: str
    question: str
    words: str
    line: str
    before: list[Said]
    after: list[Said]
    reformulation: str
    own: ItemAnswer | None
    client_id: str
    answers: list[AnswerView]
    count: int
    sound: SoundView | None
    reread_url: str
    told: ShownItem


@dataclass(frozen=True, slots=True)
class DebriefCard:
    """A debrief in the list of an agent.

    `state`: ``running``, ``coming``, ``skipped``, ``missed``, ``held``. `ends_at` is as planned.
    """

    debrief_id: int
    url: str
    title: str
    state: str
    starts_at: datetime
    begun_at: datetime | None
    ends_at: datetime
    minutes: int
    place: str
    place_url: str
    host: str
    is_one_to_one: bool
    has_minutes: bool
    done: int
    total: int
    presence: str


@dataclass(frozen=True, slots=True)
class Step:
    """An item of a past debrief in the order of the agenda, and whether it is open."""

    item_id: int
    url: str
    title: str
    is_open: bool
    is_current: bool


def debrief_card(viewer: Viewer, debrief: Debrief) -> DebriefCard:
    """A debrief, as far as the viewer may know of it before it is opened: no agenda."""
    row = catch_up.attendance_of(debrief, viewer.user_id)
    is_due = catch_up.is_due(debrief, viewer.user_id)
    state = {
        DebriefState.RUNNING: "running",
        DebriefState.PLANNED: "coming",
        DebriefState.SKIPPED: "skipped",
        DebriefState.DONE: "missed" if is_due else "held",
    }[DebriefState(debrief.state)]
    items = catch_up.items_of(debrief) if is_due else []
    opened = set(row.opened_items) if row is not None else set()
    is_address = debrief.place.startswith(("https://", "http://"))
    return DebriefCard(
        debrief_id=debrief.id,
        url=url_for("debriefs.my_debrief", debrief_id=debrief.id),
        title=debrief.title,
        state=state,
        starts_at=debrief.starts_at,
        begun_at=debrief.started_at,
        ends_at=debrief.starts_at + timedelta(minutes=debrief.minutes),
        minutes=debrief.minutes,
        place="" if is_address else debrief.place,
        place_url=debrief.place if is_address else "",
        host=debrief.host.name if debrief.host else "",
        is_one_to_one=debrief.is_one_to_one,
        has_minutes=debrief.minutes_sent_at is not None,
        done=sum(item.id in opened for item in items),
        total=len(items),
        presence=row.presence if row is not None and row.presence != Presence.ABSENT else "",
    )


def live_item(viewer: Viewer, debrief: Debrief) -> ItemView | None:
    """What is before everybody now; None between two items."""
    state = db.session.get(LiveState, debrief.id)
    item = state.item if state is not None else None
    if state is None or item is None or item.debrief_id != debrief.id:
        return None
    # In the room the sound comes from the shared screen: two would answer each other
    return _item_view(viewer, debrief, item, state, part="")


def past_item(viewer: Viewer, debrief: Debrief, item: AgendaItem) -> ItemView:
    """An item of a debrief that is over, as far as the viewer has come with it."""
    is_open = catch_up.is_opened(debrief, item, viewer.user_id)
    part = "ask" if item.ask_ms is not None and not is_open else "whole"
    state = LiveState(item_id=item.id, phase=Phase.REVEALED if is_open else Phase.ASKING)
    return _item_view(viewer, debrief, item, state, part=part)


def steps(viewer: Viewer, debrief: Debrief, current: AgendaItem | None) -> list[Step]:
    """All that was before everybody. Titles may say what happened: one that is not open has none."""
    found = []
    for item in catch_up.items_of(debrief):
        is_open = catch_up.is_opened(debrief, item, viewer.user_id)
        found.append(
            Step(
                item_id=item.id,
                url=url_for("debriefs.my_debrief", debrief_id=debrief.id, item=item.id),
                title=item.title if is_open else _(KIND_WORDS[ItemKind(item.kind)]),
                is_open=is_open,
                is_current=item is current,
            )
        )
    return found


def words_before(item: AgendaItem) -> list[Said]:
    """The words up to where an item stops. Somebody who speaks on past that point is not quoted at
    all: half of a sentence says what comes.
    """
    return [_line(row) for row in item.said if not _is_after(item, row)]


def words_after(item: AgendaItem) -> list[Said]:
    """The others."""
    return [_line(row) for row in item.said if _is_after(item, row)]


def _is_after(item: AgendaItem, row: Mapping[str, Any]) -> bool:
    return item.ask_ms is not None and row["end_ms"] > item.ask_ms


def _line(row: Mapping[str, Any]) -> Said:
    is_agent = row["speaker"] == "agent"
    return Said(is_agent, row["text"], row["start_ms"], row["end_ms"])


def _item_view(
    viewer: Viewer, debrief: Debrief, item: AgendaItem, state: LiveState, *, part: str
) -> ItemView:
    """`part` of the sound that may be heard, "" for none."""
    is_open = is_revealed(state, item)
    is_gone = sharing.is_set_aside(item)
    own = next((answer for answer in item.answers if answer.user_id == viewer.user_id), None)
    shows_outcome = is_open and not is_gone
    told = shown_item(viewer, debrief, item, state)
    return ItemView(
        item_id=item.id,
        kind=_(KIND_WORDS[ItemKind(item.kind)]),
        title=told.title,
        language=item.call.language if item.call is not None else "fr",
        whose=told.whose,
        is_gone=is_gone,
        is_moment=item.kind == ItemKind.MOMENT,
        is_revealed=is_open,
        asks=catch_up.asks(item),
        phase=str(state.phase),
        question=item.question or _("What would you say here?"),
        words="" if is_gone else item.words,
        line=told.line,
        before=[] if is_gone else words_before(item),
        after=words_after(item) if shows_outcome else [],
        reformulation=item.reformulation if shows_outcome else "",
        own=own,
        client_id=own.client_id if own is not None else str(uuid.uuid4()),
        answers=_answer_views(viewer, item) if is_open else [],
        count=len(item.answers),
        sound=_sound(viewer, item, part) if part and not is_gone else None,
        told=told,
        reread_url=(
            url_for("debriefs.item_reread", item_id=item.id)
            if part and shows_outcome and item.reread_file is not None
            else ""
        ),
    )


def _answer_views(viewer: Viewer, item: AgendaItem) -> list[AnswerView]:
    """Of everybody, one's own first; a name only where its writer signed. What the host took off
    the screens is shown to its writer alone.
    """
    mine = [answer for answer in item.answers if answer.user_id == viewer.user_id]
    others = [
        answer
        for answer in item.answers
        if answer.user_id != viewer.user_id and answer.hidden_at is None
    ]
    return [
        AnswerView(
            text=answer.text,
            name=answer.user.name if answer.is_named and answer.user else "",
            is_mine=answer.user_id == viewer.user_id,
        )
        for answer in (*mine, *others)
    ]


def _sound(viewer: Viewer, item: AgendaItem, part: str) -> SoundView | None:
    debrief = item.debrief
    if debrief is None or item.start_ms is None or item.end_ms is None:
        return None
    if not sharing.may_play_live(viewer, debrief, item):
        return None
    stretch = moments.stretch_of(item, part) or (item.start_ms, item.end_ms)
    excerpt = find_excerpt(item.call, *stretch) if item.call is not None else None
    url = url_for("debriefs.item_sound", debrief_id=debrief.id, item_id=item.id, part=part)
    return SoundView(
        url=url,
        status_url=f"{url}/status",
        length=spoken_duration(stretch[1] - stretch[0]),
        is_ready=excerpt is not None and excerpt.file is not None,
    )
