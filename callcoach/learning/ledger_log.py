"""The log of what was changed in a campaign's engine, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.analysis import wording
from callcoach.calls.presenters import language
from callcoach.extensions import db
from callcoach.learning.ledger_presenters import change_why, standing_label
from callcoach.learning.phrase_changes import visible_sources
from callcoach.tuning.models import CampaignPhrase, ChangeKind, Standing, TuningChange
from callcoach.web.filters import number


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One line: what, from what to what, by whom, when; `cue` tells kinds of one cause apart."""

    change_id: int
    at: datetime
    what: str
    cue: str
    step: str
    why: str
    is_undo: bool
    is_undone: bool


def change_views(viewer: Viewer, changes: Sequence[TuningChange]) -> list[ChangeView]:
    """Lines of the log; phrases are looked up at once."""
    phrases = _phrases(viewer, changes)
    return [
        ChangeView(
            change_id=change.id,
            at=change.at,
            what=_what(change),
            cue=_cue(change),
            step=_step(change, phrases),
            why=change_why(change),
            is_undo=change.undoes_id is not None,
            is_undone=change.undone_at is not None,
        )
        for change in changes
    ]


def _cue(change: TuningChange) -> str:
    if change.kind not in (ChangeKind.STANDING, ChangeKind.FLOOR):
        return ""
    detector, _slash, cause = change.subject.partition("/")
    return wording.cue_text(detector, cause, language())


def _what(change: TuningChange) -> str:
    cause = change.subject.partition("/")[2]
    match ChangeKind(change.kind):
        case ChangeKind.STANDING:
            return wording.cause_label(cause, language())
        case ChangeKind.FLOOR:
            return str(_("%(kind)s, floor", kind=wording.cause_label(cause, language())))
        case ChangeKind.BOUND:
            return _named("threshold", change.subject)
        case ChangeKind.PHRASE:
            return _named("list", change.subject)


def _named(topic: str, name: str) -> str:
    """The engine's own words for a name; the name itself where it has none."""
    text = wording.catalogue().get(f"{topic}.{name}")
    return text[language()] if text else name.replace("_", " ").replace(".", " · ")


def _step(change: TuningChange, phrases: Mapping[int, str]) -> str:
    before, after = change.before, change.after
    if change.kind == ChangeKind.PHRASE:
        return _phrase_step(before, after, phrases)
    return f"{_state(change, before)} → {_state(change, after)}"


def _state(change: TuningChange, state: Mapping[str, Any]) -> str:
    match ChangeKind(change.kind):
        case ChangeKind.STANDING:
            return standing_label(state.get("standing", Standing.ACTIVE))
        case ChangeKind.FLOOR:
            return number(state["floor"], 2) if "floor" in state else str(_("none"))
        case _:
            return _bound(state["value"]) if "value" in state else str(_("the engine’s own"))


def _bound(value: float) -> str:
    """With as many decimals as it has, two at most."""
    digits = next(digits for digits in range(3) if digits == 2 or round(value, digits) == value)
    return number(value, digits)


def _phrase_step(
    before: Mapping[str, Any], after: Mapping[str, Any], phrases: Mapping[int, str]
) -> str:
    old, new = (
        phrases.get(state["phrase"], str(_("a phrase that has left with its call")))
        if "phrase" in state
        else ""
        for state in (before, after)
    )
    if not old:
        return str(_("“%(text)s” added", text=new))
    if not new:
        return str(_("“%(text)s” taken away", text=old))
    return str(_("“%(old)s” is now “%(new)s”", old=old, new=new))


def _phrases(viewer: Viewer, changes: Sequence[TuningChange]) -> dict[int, str]:
    """Their words by number; not those of calls that the viewer does not see."""
    ids = {
        state["phrase"]
        for change in changes
        for state in (change.before, change.after)
        if "phrase" in state
    }
    found = db.session.scalars(select(CampaignPhrase).where(CampaignPhrase.id.in_(ids))).all()
    readable = {None, *visible_sources(viewer, found)}
    unread = str(_("words of a call that you do not see"))
    return {
        phrase.id: phrase.text if phrase.source_call_id in readable else unread for phrase in found
    }
