"""What an agent's own page prints, for the agent and for who coaches them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.analysis import wording
from callcoach.analysis.figures import UNITS
from callcoach.analysis.model import Figure
from callcoach.calls.presenters import clock, heading, language, spoken_duration
from callcoach.calls.queries import find_excerpt
from callcoach.campaigns.models import AgentAudio
from callcoach.drills.labels import kind_label
from callcoach.drills.models import Assignment
from callcoach.drills.titles import title_for
from callcoach.progress.models import CoachingPeriod, Objective, SharingConsent
from callcoach.progress.presenters import Became, my_became
from callcoach.progress.queries import pairs as pair_queries
from callcoach.progress.queries.people import Constancy, Measured, Own, Week, measured


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A kind of thing over the weeks: `words` say in words what the marks show."""

    label: str
    weeks: Sequence[Week]
    words: str


class Aimed(Protocol):
    """What is counted, as objectives have it."""

    @property
    def measure(self) -> str: ...

    @property
    def subject(self) -> str: ...

    @property
    def bound(self) -> float | None: ...

    @property
    def is_upper(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """An objective, how far it is, and what each of the two may do."""

    objective_id: int
    row_version: int
    text: str
    author: str
    starts_on: date
    ends_on: date
    state: str
    state_word: str
    measure: str
    measure_words: str
    progress: str
    counter_text: str
    closing_text: str
    bound: str
    subject: str
    is_upper: bool


@dataclass(frozen=True, slots=True)
class PeriodView:
    """An announced coaching period."""

    period_id: int
    agent: str
    campaign: str
    starts_on: date
    ends_on: date
    daily_quota: int
    reason: str
    told_at: datetime | None
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A moment that the agent was asked for."""

    consent_id: int
    asker: str
    title: str
    place: str
    length: str
    state: str
    sound: str


@dataclass(frozen=True, slots=True)
class OwnView:
    """The page."""

    agent_id: int
    name: str
    until: datetime
    held: list[Became]
    held_longer: int
    drills: list[tuple[str, datetime | None]]
    constancy: str
    weeks: list[WeekRow]
    pairs: list[pair_queries.Pair]
    objectives: list[ObjectiveView]
    periods: list[PeriodView]


def own_view(viewer: Viewer, own: Own) -> OwnView:
    """Prepare the page."""
    return OwnView(
        agent_id=own.agent.id,
        name=own.agent.name,
        until=own.until,
        held=[my_became(recheck) for recheck in own.held],
        held_longer=len(own.held_longer),
        drills=[
            (title_for(viewer, given.drill) or _untitled(given), given.done_at)
            for given in own.drills
        ],
        constancy=_constancy_words(own.constancy),
        weeks=_week_rows(own.constancy),
        pairs=[pair_queries.shown(viewer, pair) for pair in own.pairs],
        objectives=[objective_view(item) for item in own.objectives],
        periods=[period_view(item) for item in own.periods],
    )


def _untitled(given: Assignment) -> str:
    """What stands where there is no title, or none that the viewer may read."""
    return kind_label(given.drill.kind) if given.drill else str(_("A step of a path"))


def objective_view(item: Objective) -> ObjectiveView:
    """One objective."""
    state = "proposed"
    if item.closed_at is not None:
        state = item.closing
    elif item.agreed_at is not None:
        state = "agreed"
    elif item.counter_text:
        state = "countered"
    return ObjectiveView(
        objective_id=item.id,
        row_version=item.row_version,
        text=item.text,
        author=item.author.name if item.author else str(_("Supervisor")),
        starts_on=item.starts_on,
        ends_on=item.ends_on,
        state=state,
        state_word=state_word(state),
        measure=item.measure,
        measure_words=measure_words(item),
        progress=progress_words(item, measured(item)) if item.agreed_at or item.closed_at else "",
        counter_text=item.counter_text,
        closing_text=item.closing_text,
        bound=typed_bound(item),
        subject=item.subject,
        is_upper=item.is_upper,
    )


def period_view(item: CoachingPeriod) -> PeriodView:
    """One period."""
    return PeriodView(
        period_id=item.id,
        agent=item.agent.name,
        campaign=item.campaign.name,
        starts_on=item.starts_on,
        ends_on=item.ends_on,
        daily_quota=item.daily_quota,
        reason=item.reason,
        told_at=item.told_at,
        is_cancelled=item.cancelled_at is not None,
    )


def consent_view(item: SharingConsent, asker: str) -> ConsentView:
    """One question, with what colleagues would hear."""
    state = "asked"
    if item.withdrawn_at is not None:
        state = "withdrawn"
    elif item.given_at is not None:
        state = "given"
    elif item.refused_at is not None:
        state = "refused"
    return ConsentView(
        consent_id=item.id,
        asker=asker,
        title=heading(item.call),
        place=clock(item.start_ms),
        length=spoken_duration(item.end_ms - item.start_ms),
        state=state,
        sound=consent_sound(item),
    )


def consent_sound(item: SharingConsent) -> str:
    """``ready``, ``writing``, ``gone``, or ``silent`` where calls are only read on telephones."""
    call = item.call
    if call.campaign.agent_audio != AgentAudio.YES:
        return "silent"
    if call.recording is None or call.recording.playback_id is None:
        return "gone"
    excerpt = find_excerpt(call, item.start_ms, item.end_ms)
    return "ready" if excerpt is not None and excerpt.file_id is not None else "writing"


def measure_choices() -> list[tuple[str, str]]:
    """What an objective may count."""
    return [
        ("", str(_("Words alone, nothing counted"))),
        ("drills", str(_("Drills done"))),
        ("calls", str(_("Conversations held"))),
        ("cause", str(_("Calls in which a cause was confirmed"))),
        ("figure", str(_("A figure of the calls (median)"))),
    ]


def state_word(state: str) -> str:
    """How far an objective is, in a word."""
    return str(
        {
            "proposed": _("Proposed"),
            "countered": _("The agent would rather have something else"),
            "agreed": _("Agreed"),
            "reached": _("Reached"),
            "adjusted": _("Adjusted"),
            "dropped": _("Dropped"),
        }[state]
    )


def measure_words(item: Aimed) -> str:
    """« Drills done: at least 4 »."""
    if not item.measure or item.bound is None:
        return ""
    label = {
        "drills": str(_("Drills done")),
        "calls": str(_("Conversations held")),
    }.get(item.measure, "")
    if item.measure == "cause":
        cause = wording.cause_label(item.subject, language())
        label = str(_("Calls in which “%(cause)s” was confirmed", cause=cause))
    elif item.measure == "figure":
        label = wording.figure_label(item.subject, language())
    bound = _shown(item, item.bound)
    if item.is_upper:
        return str(_("%(what)s: at most %(bound)s", what=label, bound=bound))
    return str(_("%(what)s: at least %(bound)s", what=label, bound=bound))


def progress_words(item: Aimed, found: Measured) -> str:
    """« 3 so far »."""
    if not item.measure:
        return ""
    if found.value is None:
        return str(_("Nothing to count yet."))
    value = _shown(item, found.value)
    if item.measure == "figure":
        return ngettext(
            "%(value)s so far (median of %(num)s call)",
            "%(value)s so far (median of %(num)s calls)",
            found.total,
            value=value,
        )
    if item.measure == "cause":
        return ngettext(
            "%(value)s so far, out of %(num)s call",
            "%(value)s so far, out of %(num)s calls",
            found.total,
            value=value,
        )
    return str(_("%(value)s so far", value=value))


def _shown(item: Aimed, value: float) -> str:
    unit = UNITS[item.subject] if item.measure == "figure" else "count"
    return wording.figure_text(Figure(value, unit), language())


def typed_bound(item: Aimed) -> str:
    """A bound as it is typed: ratios in percent."""
    if item.bound is None:
        return ""
    is_ratio = item.measure == "figure" and UNITS[item.subject] == "ratio"
    return f"{item.bound * 100 if is_ratio else item.bound:g}"


def _week_rows(constancy: Constancy) -> list[WeekRow]:
    rows = (
        (_("Calls"), constancy.calls),
        (_("Notes read"), constancy.notes),
        (_("Drills"), constancy.drills),
    )
    return [
        WeekRow(
            str(label),
            weeks,
            str(
                ngettext(
                    "%(num)s week of %(total)s",
                    "%(num)s weeks of %(total)s",
                    sum(week.is_on for week in weeks),
                    total=len(weeks),
                )
            ),
        )
        for label, weeks in rows
    ]


def _constancy_words(constancy: Constancy) -> str:
    return str(
        _(
            "In %(count)s of the last %(total)s weeks there was a call, a note read or a drill.",
            count=constancy.weeks_with_something,
            total=len(constancy.calls),
        )
    )
