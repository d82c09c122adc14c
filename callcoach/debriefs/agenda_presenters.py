"""The agenda as the page of whoever prepares prints it: its items, and how the time adds up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.text import fold
from callcoach.calls.presenters import spoken_duration
from callcoach.coaching.home_presenters import desk_url
from callcoach.coaching.note_presenters import cause_label
from callcoach.debriefs import sharing
from callcoach.debriefs.models import AgendaItem, Debrief, ItemKind
from callcoach.debriefs.operations.asking import Standing, consent_of
from callcoach.debriefs.said import secrets_of
from callcoach.errors import N_

KIND_WORDS: Mapping[str, str] = {
    ItemKind.MOMENT: N_("Moment of a call"),
    ItemKind.THEME: N_("Theme"),
    ItemKind.PROGRESS: N_("Something to celebrate"),
    ItemKind.OBJECTIVE: N_("Objective"),
    ItemKind.SCRIPT: N_("Script"),
    ItemKind.DRILL: N_("Drill together"),
}
#: How a moment comes before the audience: the word on its chip, and the chip's kind.
_HOW: Mapping[Standing, tuple[str, str]] = {
    Standing.OWN: (N_("▶ Played"), "good"),
    Standing.YES: (N_("▶ Played"), "good"),
    Standing.PARTLY: (N_("Read: the yes does not cover all of it"), "break"),
    Standing.WAITING: (N_("Read until the agent says yes"), "busy"),
    Standing.NO: (N_("Read: the agent said no"), ""),
    Standing.NOT_ASKED: (N_("Read: the agent was not asked"), ""),
    Standing.NOBODY: (N_("Read"), ""),
    Standing.NO_SOUND: (N_("Read: there is no sound"), ""),
}


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item in the list. `how` is how a moment is brought, with the kind of its chip."""

    item_id: int
    kind: str
    kind_label: str
    title: str
    minutes: int
    row_version: int
    url: str
    about: str
    how: str
    how_kind: str
    is_good: bool
    asks: bool
    is_opened: bool
    is_set_aside: bool
    remark: str


@dataclass(frozen=True, slots=True)
class Slice:
    """An item in the bar of time: where it lies, in percent of the bar."""

    left: float
    width: float
    is_over: bool
    title: str


@dataclass(frozen=True, slots=True)
class Budget:
    """How the time adds up, in minutes."""

    planned: int
    spent: int
    slices: tuple[Slice, ...]
    limit: float

    @property
    def left(self) -> int:
        """Below zero: so many too many."""
        return self.planned - self.spent


def budget_of(debrief: Debrief) -> Budget:
    """The items' minutes beside the planned length."""
    return add_up(debrief.minutes, [(item.title, item.minutes) for item in debrief.items])


def add_up(planned: int, items: Sequence[tuple[str, int]]) -> Budget:
    """The bar of time of items with their minutes; as long as the longer of plan and sum.

    >>> add_up(30, [("a", 20), ("b", 20)]).left
    -10
    """
    spent = sum(minutes for _title, minutes in items)
    whole = max(planned, spent, 1)
    slices: list[Slice] = []
    at = 0
    for title, minutes in items:
        slices.append(Slice(100 * at / whole, 100 * minutes / whole, at + minutes > planned, title))
        at += minutes
    return Budget(planned, spent, tuple(slices), 100 * planned / whole)


def item_view(item: AgendaItem) -> ItemView:
    """An item in the list of its agenda."""
    how, how_kind = "", ""
    if item.kind == ItemKind.MOMENT:
        standing = consent_of(item).standing
        how, how_kind = _HOW[standing]
        how = _(how)
        if item.reread_file_id is not None and how_kind != "good":
            how, how_kind = _("Read aloud, recorded"), "good"
    is_gone = sharing.is_set_aside(item)
    return ItemView(
        item_id=item.id,
        kind=item.kind,
        kind_label=_(KIND_WORDS[item.kind]),
        title=item.title,
        minutes=item.minutes,
        row_version=item.row_version,
        url=url_for("debriefs.show_item", item_id=item.id),
        about=about(item),
        how="" if is_gone else how,
        how_kind=how_kind,
        is_good=item.is_good,
        asks=item.ask_ms is not None or bool(item.question),
        is_opened=item.opened_at is not None,
        is_set_aside=is_gone,
        remark=item.remark,
    )


def about(item: AgendaItem) -> str:
    """What an item is about, in one line."""
    if item.kind == ItemKind.MOMENT:
        parts = [cause_label(item.cause)]
        if item.start_ms is not None and item.end_ms is not None:
            parts.append(spoken_duration(item.end_ms - item.start_ms))
        return " · ".join(part for part in parts if part)
    if item.script_line is not None:
        return f"« {item.script_line.text} »"
    if item.objective is not None:
        return str(item.objective.text)
    if item.drill is not None:
        return str(item.drill.title)
    return " · ".join(part for part in (cause_label(item.cause), item.words) if part)


def desk_of(item: AgendaItem) -> str:
    """The call of a moment, where it begins; "" without a call."""
    if item.call_id is None or sharing.is_set_aside(item):
        return ""
    return desk_url(item.call_id, item.start_ms)


def may_trim(viewer: Viewer, item: AgendaItem) -> bool:
    """Whether the bounds can be set: whoever hears the call, as long as its sound is there."""
    return sharing.may_prehear(viewer, item)


def told_names(item: AgendaItem) -> list[str]:
    """Names of the agent, the prospect or the company in what everybody will read of a moment that
    is nobody's to know.
    """
    call = item.call
    if call is None or sharing.names_agent(item):
        return []
    secrets = secrets_of(call)
    text = f"{item.title} {item.question} {item.reformulation} {item.words}"
    wanted = {fold(part) for part in secrets.parts}
    return sorted({word for word in re.findall(r"\w+", text) if fold(word) in wanted})
