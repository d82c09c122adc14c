"""An item as everybody sees it on the shared screen: no word, and no sound, of what is still hidden,
and nothing that is for the host alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.calls.presenters import clock
from callcoach.coaching.note_presenters import cause_label
from callcoach.debriefs import sharing
from callcoach.debriefs.catch_up import asks
from callcoach.debriefs.live_json import is_after_stop
from callcoach.debriefs.models import AgendaItem, Debrief, ItemKind, LiveState
from callcoach.debriefs.operations.live import is_revealed
from callcoach.debriefs.said import said_in
from callcoach.debriefs.titles import KIND_WORDS, shown_title
from callcoach.progress.operations.pairs import bounds_of
from callcoach.progress.own_presenters import ObjectiveView, objective_view
from callcoach.progress.queries import pairs
from callcoach.script_fit.briefing_presenters import ChangedLine, changed_lines
from callcoach.script_fit.briefing_queries import Briefing
from callcoach.script_library.changes import compare
from callcoach.script_library.document import Document


@dataclass(frozen=True, slots=True)
class Line:
    """Something said, and when, counted from the beginning of the stretch."""

    is_agent: bool
    text: str
    clock: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Player:
    """A sound that is played before everybody.

    `starts_ms` and `ends_ms` are places in the call; `from_ms` where it goes on.
    """

    url: str
    status_url: str
    starts_ms: int
    ends_ms: int
    from_ms: int


@dataclass(frozen=True, slots=True)
class Practice:
    """A line of a drill: what the prospect says, and once revealed what one could say."""

    prospect: str
    example: str
    approved: str


@dataclass(frozen=True, slots=True)
class Half:
    """The words of a before and after: what was said then, or since."""

    heading: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class ShownItem:
    """The item.

    Args:
        is_good, whose: once revealed, for they say what comes: something to keep, and the agent's
            name where everybody is told; else "".
        before, after: the words up to the stop, and the others once revealed.
        player: None where it is only read.
        reread_url: the supervisor's reading of the moment, once revealed; "" for none.
    """

    item_id: int
    kind: str
    kind_word: str
    title: str
    language: str
    is_good: bool
    whose: str
    is_gone: bool
    asks: bool
    is_revealed: bool
    question: str
    cause: str
    words: str
    line: str
    before: Sequence[Line]
    after: Sequence[Line]
    player: Player | None
    reread_url: str
    reformulation: str
    halves: Sequence[Half]
    objective: ObjectiveView | None
    version: int | None
    version_reason: str
    changes: Sequence[ChangedLine]
    instructions: str
    practice: Sequence[Practice]


def shown_item(
    viewer: Viewer, debrief: Debrief, item: AgendaItem, state: LiveState | None
) -> ShownItem:
    """Prepare an item, as far as it is revealed."""
    is_open = is_revealed(state, item) or not asks(item)
    is_gone = sharing.is_set_aside(item)
    tells_end = is_open and not is_gone
    said = [] if is_gone else item.said
    version = item.version
    return ShownItem(
        item_id=item.id,
        kind=str(item.kind),
        kind_word=_(KIND_WORDS[ItemKind(item.kind)]),
        title=shown_title(item, is_open=is_open),
        language=item.call.language if item.call is not None else "fr",
        is_good=is_open and item.is_good,
        whose=item.agent.name
        if is_open and item.agent is not None and sharing.names_agent(item)
        else "",
        is_gone=is_gone,
        asks=asks(item),
        is_revealed=is_open,
        question=item.question or _("What would you say here?"),
        cause=cause_label(item.cause) if is_open else "",
        words="" if is_gone else item.words,
        line=item.script_line.text if is_open and item.script_line is not None else "",
        before=[_line(item, row) for row in said if not is_after_stop(item, row["end_ms"])],
        after=[
            _line(item, row) for row in said if tells_end and is_after_stop(item, row["end_ms"])
        ],
        player=_player(viewer, debrief, item, is_open=is_open),
        reread_url=_reread_url(debrief, item) if tells_end else "",
        reformulation=item.reformulation if tells_end else "",
        halves=_halves(debrief, item),
        objective=_objective(debrief, item),
        version=version.number if version is not None else None,
        version_reason=version.reason if version is not None else "",
        changes=_changes(viewer, item),
        instructions=item.drill.instructions if item.drill is not None else "",
        practice=_practice(item, is_open=is_open),
    )


def _line(item: AgendaItem, row: dict[str, object], from_ms: int | None = None) -> Line:
    first_ms = (item.start_ms or 0) if from_ms is None else from_ms
    start_ms, end_ms = int(str(row["start_ms"])), int(str(row["end_ms"]))
    return Line(
        is_agent=row["speaker"] == "agent",
        text=str(row["text"]),
        clock=clock(max(0, start_ms - first_ms)),
        start_ms=start_ms,
        end_ms=end_ms,
    )


def _player(viewer: Viewer, debrief: Debrief, item: AgendaItem, *, is_open: bool) -> Player | None:
    """What is played: up to the stop, or once revealed all of it, going on from the stop."""
    if not sharing.may_play_live(viewer, debrief, item):
        return None
    if item.start_ms is None or item.end_ms is None:
        return None
    stops = item.ask_ms is not None and not is_open
    part = "ask" if stops else "whole"
    values: dict[str, Any] = {"debrief_id": debrief.id, "item_id": item.id, "part": part}
    return Player(
        url=url_for("debriefs.item_sound", **values),
        status_url=url_for("debriefs.item_sound_status", **values),
        starts_ms=item.start_ms,
        ends_ms=item.ask_ms if stops and item.ask_ms is not None else item.end_ms,
        from_ms=item.ask_ms if is_open and item.ask_ms is not None else item.start_ms,
    )


def _reread_url(debrief: Debrief, item: AgendaItem) -> str:
    """Where the moment itself is not played: read aloud, it is nobody's voice but the reader's."""
    if item.reread_file_id is None or sharing.plays_before(debrief, item):
        return ""
    return url_for("debriefs.item_reread", item_id=item.id)


def _halves(debrief: Debrief, item: AgendaItem) -> list[Half]:
    """A before and after as its agent offers it, pseudonymised; between the two of a one-to-one also
    before it is offered. Words alone: nobody has said yes to the sound.
    """
    pair = item.pair
    if pair is None:
        return []
    is_between_them = debrief.agent_id is not None and debrief.agent_id == pair.recheck.agent_id
    if pair.offered_at is None and not is_between_them:
        return []
    halves = []
    for part, heading in (("before", _("Before")), ("after", _("Since"))):
        call = pairs.call_of(pair, part)
        start_ms, end_ms = bounds_of(pair, part)
        if call.deleted_at is not None or pair.recheck.note.deleted_at is not None:
            return []
        rows = said_in(call, start_ms, end_ms) or []
        halves.append(Half(heading, [_line(item, row, start_ms) for row in rows]))
    return halves


def _objective(debrief: Debrief, item: AgendaItem) -> ObjectiveView | None:
    """With its figures between the two of a one-to-one alone: before a team nobody's figures are
    shown.
    """
    if item.objective is None or debrief.agent_id != item.objective.agent_id:
        return None
    return objective_view(item.objective)


def _changes(viewer: Viewer, item: AgendaItem) -> Sequence[ChangedLine]:
    version = item.version
    if version is None:
        return ()
    base = version.based_on
    difference = compare(base.document if base is not None else Document(), version.document)
    briefing = Briefing(
        version=version, base=base, difference=difference, reading=None, is_in_force=False
    )
    return changed_lines(viewer, briefing)


def _practice(item: AgendaItem, *, is_open: bool) -> list[Practice]:
    if item.drill is None:
        return []
    return [
        Practice(
            prospect=step.prospect_text,
            example=step.example_text if is_open else "",
            approved=step.approved_text if is_open else "",
        )
        for step in item.drill.steps
    ]
