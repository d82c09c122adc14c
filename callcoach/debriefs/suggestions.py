"""Suggestions for the agenda of a planned debrief, each with why it is made, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup

from callcoach.accounts.access import Viewer
from callcoach.debriefs.candidates import MINUTES
from callcoach.debriefs.models import Debrief, DebriefState, ItemKind
from callcoach.debriefs.queries import suggestions as queries
from callcoach.debriefs.ranking import ORDER, Fact, in_time, rank
from callcoach.errors import N_, NotFound
from callcoach.web.filters import local_date, number, percent

#: Why something is suggested, in the order of `ranking.ORDER`; days, counts and shares are filled in.
REASONS: Mapping[str, str] = {
    "offered": N_("Its agent offered it to the debrief on %(day)s."),
    "keep": N_("A note that says what to keep, sent on %(day)s."),
    "good_flag": N_("Heard and confirmed as a good moment on %(day)s."),
    "success": N_("A success after a note, confirmed on %(day)s."),
    "held": N_("It did not come back in the %(total)s later calls that were heard."),
    "rises": N_(
        "Confirmed in %(now)s of %(calls)s conversations judged since the last debrief"
        " (%(low)s to %(high)s); in the weeks before in %(before)s of %(earlier)s."
    ),
    "came_back": N_("Heard again in %(count)s of %(total)s later calls."),
    "shared": N_("Confirmed on %(day)s; its agent lets colleagues hear it."),
    "unheard": N_("Sent on %(day)s; the agent has not heard the moment yet."),
    "asked": N_("The agent asked on %(day)s to be listened to."),
    "coming": N_("Comes into force on %(day)s."),
    "version": N_(
        "In force since %(day)s; %(waiting)s of %(agents)s agents have not confirmed its briefing."
    ),
    "unread": N_("%(waiting)s of %(agents)s agents have not confirmed its briefing."),
    "trial": N_("The trial ended on %(day)s and was concluded."),
    "finding": N_(
        "Kept for the debrief: said in %(now)s of %(of)s calls of the week of %(day)s;"
        " in the four weeks before in %(before)s of %(of_before)s."
    ),
    "unagreed": N_("You have not agreed on it yet."),
    "objective": N_("It ends on %(day)s."),
    "drilled": N_("%(agents)s agents did it since %(day)s."),
}
#: Values that are shares, 0 to 1.
_SHARES = frozenset({"low", "high"})
_KINDS: Mapping[str, ItemKind] = {
    "note": ItemKind.MOMENT,
    "flag": ItemKind.MOMENT,
    "request": ItemKind.MOMENT,
    "pair": ItemKind.PROGRESS,
    "objective": ItemKind.OBJECTIVE,
    "version": ItemKind.SCRIPT,
    "drill": ItemKind.DRILL,
}

assert (
    tuple(REASONS) == ORDER
)  # the order in which they are shown is the one in which they are said


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggestion, ready to print.

    Args:
        call_id, start_ms: where its moment can be heard beforehand; none without a moment.
        fits: within the time that the agenda leaves.
    """

    source: str
    kind: ItemKind
    title: str
    who: str
    why: str
    minutes: int
    is_good: bool
    call_id: int | None
    start_ms: int | None
    fits: bool


def say(reason: str, values: Mapping[str, Any]) -> str:
    """Why an item was suggested, in the reader's language; "" when a person chose it."""
    if reason not in REASONS:
        return ""
    shown = {name: _shown(name, value) for name, value in values.items()}
    try:
        return str(_(REASONS[reason])) % shown
    except KeyError:  # kept by an earlier version, which gave other values
        return ""


def suggested(viewer: Viewer, debrief: Debrief) -> list[Fact]:
    """What is suggested for a debrief, the first to be taken first."""
    if debrief.state != DebriefState.PLANNED:
        return []
    scope = queries.scope_of(viewer, debrief)
    taken = queries.taken_by(scope)
    return _ranked(scope, taken)


def find_suggested(viewer: Viewer, debrief: Debrief, source: str) -> Fact:
    """One of what could be suggested for a debrief, also one further down or put aside.

    Raises:
        NotFound: there is no such thing to suggest.
    """
    scope = queries.scope_of(viewer, debrief)
    for fact in queries.facts(scope):
        if fact.source == source:
            return fact
    raise NotFound("This is not suggested any more.")


def panel(viewer: Viewer, debrief: Debrief) -> Markup:
    """The suggestions on the page of an agenda: HTML of a template, "" once the debrief has begun."""
    if debrief.state != DebriefState.PLANNED:
        return Markup()
    scope = queries.scope_of(viewer, debrief)
    taken = queries.taken_by(scope)
    found = _ranked(scope, taken)
    html = render_template(
        "debriefs/_suggestions.html",
        debrief=debrief,
        since=scope.since,
        suggestions=_views(found, debrief.minutes - taken.minutes),
    )
    return Markup(html)  # noqa: S704 - our own template escapes


def _ranked(scope: queries.Scope, taken: queries.Taken) -> list[Fact]:
    return rank(
        queries.facts(scope),
        taken=taken.sources,
        places=taken.places,
        is_one_to_one=scope.agent_id is not None,
    )


def _views(facts: Sequence[Fact], left: int) -> list[Suggestion]:
    minutes = {fact.source: MINUTES[_kind_of(fact)] for fact in facts}
    fitting = {fact.source for fact in in_time(facts, minutes, left)}
    return [
        Suggestion(
            source=fact.source,
            kind=_kind_of(fact),
            title=fact.title,
            who=fact.who,
            why=say(fact.reason, fact.values),
            minutes=minutes[fact.source],
            is_good=fact.is_good,
            call_id=fact.place.call_id if fact.place is not None else None,
            start_ms=fact.place.start_ms if fact.place is not None else None,
            fits=fact.source in fitting,
        )
        for fact in facts
    ]


def _kind_of(fact: Fact) -> ItemKind:
    if fact.reason == "held":
        return ItemKind.PROGRESS
    if fact.reason == "asked" and fact.place is None:
        return ItemKind.THEME
    return _KINDS.get(fact.source.partition(":")[0], ItemKind.THEME)


def _shown(name: str, value: Any) -> str:
    if name == "day":
        text = str(value)
        return local_date(datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text))
    if isinstance(value, str):
        return value
    return percent(value) if name in _SHARES else number(value)
