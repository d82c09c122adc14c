"""Words and drawings of trials: what the templates print, already chosen and worded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.trials.figures import ArmFigures, Difference, Results
from callcoach.trials.models import Assigning, Measure, Trial, TrialState
from callcoach.trials.operations.leading import WORDS_CHANGED
from callcoach.trials.planning import Advice, Plan
from callcoach.web.filters import NOTHING, local_date, number, percent

#: Size of the drawing of an interval over time, in its own units, and the room its scale takes.
WIDTH, HEIGHT, _LEFT, _BOTTOM, _TOP = 640.0, 220.0, 56.0, 26.0, 10.0
_MARKS = "ABCDEFGH"


def mark_of(place: int) -> str:
    """What a wording is called: A, the words in force, then B, C, D."""
    return _MARKS[place]


def measures() -> list[tuple[str, str, str]]:
    """Value, label and definition of each measure."""
    return [(measure.value, measure_label(measure), defined(measure)) for measure in Measure]


def measure_label(measure: Measure) -> str:
    return {
        Measure.MEETING: _("a meeting is agreed"),
        Measure.NEXT_STEP: _("a next step is agreed"),
        Measure.STAYS: _("the prospect stays on the line"),
    }[measure]


def defined(measure: Measure) -> str:
    """What counts as a success, in full."""
    return {
        Measure.MEETING: _(
            "Conversations with the person looked for whose outcome is a meeting, of all of them."
        ),
        Measure.NEXT_STEP: _(
            "Conversations with the person looked for whose outcome is a meeting, a call back or "
            "documents to send, of all of them."
        ),
        Measure.STAYS: _(
            "Conversations with the person looked for in which they still speak a minute after "
            "their first words, of all of them."
        ),
    }[measure]


def assigning_label(assigning: Assigning) -> str:
    return {
        Assigning.ROTATION: _("in turn: each agent says each wording equally often"),
        Assigning.DRAWN: _("drawn anew for each agent and day"),
    }[assigning]


def state_label(state: TrialState) -> str:
    return {
        TrialState.PLANNED: _("planned"),
        TrialState.RUNNING: _("running"),
        TrialState.STOPPED: _("ended, to be concluded"),
        TrialState.CONCLUDED: _("concluded"),
    }[state]


def points(difference: float | None) -> str:
    """A difference of shares in points: « +3,2 »."""
    if difference is None:
        return NOTHING
    text = number(abs(difference) * 100, 1)
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return f"{sign}{text}"


@dataclass(frozen=True, slots=True)
class Size:
    """How long a trial takes, in words' numbers."""

    days: int
    total: int
    weeks: int | None
    at_once: int
    agents: int


def size_of(plan: Plan, agents: int) -> Size:
    return Size(
        plan.needed_days,
        plan.needed_days * plan.arms,
        plan.weeks(agents),
        plan.needed_at_once,
        agents,
    )


@dataclass(frozen=True, slots=True)
class Saying:
    """The rule's word: what to do, and why."""

    title: str
    text: str
    stops: bool
    shape: str


def saying_of(trial: Trial, plan: Plan, results: Results) -> Saying:
    """What the rule advises at this look."""
    verdict, least = results.verdict, points(plan.least_difference).lstrip("+")
    sure = percent(1 - plan.alpha)
    if verdict.advice is Advice.BETTER and verdict.variant is not None:
        return Saying(
            _("Enough: wording %(mark)s does better", mark=mark_of(verdict.variant)),
            _(
                "Its interval lies above nothing since %(day)s. You may stop: at whatever moment "
                "you look, this is said wrongly in at most %(alpha)s of trials.",
                day=_day(results, verdict.turn),
                alpha=percent(plan.alpha),
            ),
            True,
            "▲",
        )
    if verdict.advice is Advice.WORSE:
        return Saying(
            _("Enough: the words in force do better"),
            _("Every other wording brings less; keep what is said now."),
            True,
            "▼",
        )
    if verdict.advice is Advice.NO_GAIN:
        return Saying(
            _("Enough: no gain worth having"),
            _(
                "No wording brings %(least)s points more, with %(sure)s confidence at all looks "
                "together. Keep what is easier to say.",
                least=least,
                sure=sure,
            ),
            True,
            "=",
        )
    if verdict.advice is Advice.FUTILE:
        return Saying(
            _("Stop: it will hardly be decided"),
            _(
                "The planned agent-days are nearly used up without an answer, or an answer has "
                "become unlikely. What is left open is the interval below."
            ),
            True,
            "…",
        )
    if why := trial.result.get("ended_because"):
        return Saying(
            _("Ended by itself"),
            _("The words in force have changed: what follows would compare something else.")
            if why == WORDS_CHANGED
            else _("A wording has to be approved by the sponsor by now."),
            False,
            "…",
        )
    if trial.state != TrialState.RUNNING:
        return Saying(
            _("Ended before it was decided"),
            _(
                "A difference within the interval below is neither shown nor excluded: say in the "
                "conclusion that it is open."
            ),
            False,
            "…",
        )
    left = max(plan.needed_days - results.days_per_arm, 0) if results.turns else plan.needed_days
    text = ngettext(
        "Nothing is decided. About %(num)s agent-day of each wording is still needed at most.",
        "Nothing is decided. About %(num)s agent-days of each wording are still needed at most.",
        left,
    )
    if verdict.chance is not None:
        text += " " + _(
            "If a wording brings %(least)s points more, it will be found by then with a chance of "
            "%(chance)s.",
            least=least,
            chance=percent(verdict.chance),
        )
    return Saying(_("Go on"), text, False, "→")


@dataclass(frozen=True, slots=True)
class ArmRow:
    """A wording with its figures."""

    mark: str
    text: str
    is_control: bool
    days: int
    calls: int
    successes: int
    share: str
    bounds: str


def arm_rows(trial: Trial, figures: tuple[ArmFigures, ...]) -> list[ArmRow]:
    return [
        ArmRow(
            mark_of(each.place),
            trial.arms[each.place].text,
            each.place == 0,
            each.days,
            each.calls,
            each.successes,
            percent(each.share, 1),
            _("%(low)s to %(high)s", low=percent(each.low), high=percent(each.high))
            if each.calls
            else NOTHING,
        )
        for each in figures
    ]


def kept_figures(trial: Trial) -> str:
    """The figures that were kept with a conclusion, in one line."""
    figures = trial.result.get("figures", {})
    parts = []
    for arm in figures.get("arms", []):
        share = arm["successes"] / arm["calls"] if arm["calls"] else None
        parts.append(
            _(
                "%(mark)s “%(text)s”: %(share)s of %(calls)s conversations on %(days)s agent-days",
                mark=mark_of(arm["place"]),
                text=trial.arms[arm["place"]].text,
                share=percent(share, 1),
                calls=number(arm["calls"]),
                days=number(arm["days"]),
            )
        )
    parts += [
        _(
            "%(mark)s less A: %(middle)s points, between %(low)s and %(high)s",
            mark=mark_of(each["place"]),
            middle=points(each["estimate"]),
            low=points(each["low"]),
            high=points(each["high"]),
        )
        for each in figures.get("differences", [])
        if each["estimate"] is not None
    ]
    return "; ".join(parts) or _("nothing was counted")


@dataclass(frozen=True, slots=True)
class Chart:
    """The interval of a difference over time: SVG coordinates, and the same as words and rows.

    Args:
        band, line: points of the interval's outline and of the estimate.
        zero, least: heights of "no difference" and of the least difference worth having.
        scale: heights with their labels; days: places along the time with theirs.
        rows: day, low, estimate, high as words, the newest first.
    """

    mark: str
    band: str
    line: str
    zero: float
    least: float
    scale: list[tuple[float, str]]
    days: list[tuple[float, date, str]]
    rows: list[tuple[date, str, str, str]]
    label: str
    e_value: str


def chart_of(plan: Plan, results: Results, difference: Difference) -> Chart | None:
    """The drawing of one variant; None before the first finished turn."""
    if not results.turns:
        return None
    mark = mark_of(difference.place)
    # The first weeks span everything; the scale follows what is known by now
    now = max(abs(difference.low[-1]), abs(difference.high[-1]), 2 * plan.least_difference)
    top = min(1.0, 1.6 * now)

    def y(value: float) -> float:
        shown = min(max(value, -top), top)
        return round(_TOP + (HEIGHT - _BOTTOM - _TOP) * (1 - (shown + top) / (2 * top)), 1)

    count = len(results.turns)

    def x(index: int) -> float:
        return round(_LEFT + (WIDTH - _LEFT - 8) * (index / max(count - 1, 1)), 1)

    places = range(count)
    high = [f"{x(i)},{y(difference.high[i])}" for i in places]
    low = [f"{x(i)},{y(difference.low[i])}" for i in reversed(places)]
    known = [(i, value) for i in places if (value := difference.estimate[i]) is not None]
    steps = [top / 1.6, 0.0, -top / 1.6]
    shown = [
        (
            results.turns[i],
            points(difference.low[i]),
            points(difference.estimate[i]),
            points(difference.high[i]),
        )
        for i in reversed(places)
    ]
    _d, last_low, last_middle, last_high = shown[0]
    ends = [(x(0), results.turns[0], "start")]
    if count > 1:
        ends.append((x(count - 1), results.turns[-1], "end"))
    return Chart(
        mark=mark,
        band=" ".join([*high, *low]),
        line=" ".join(f"{x(i)},{y(value)}" for i, value in known),
        zero=y(0.0),
        least=y(plan.least_difference),
        scale=[(y(value), points(value) if value else "0") for value in steps],
        days=ends,
        rows=shown,
        label=_(
            "Wording %(mark)s less wording A, in points: %(middle)s, between %(low)s and %(high)s.",
            mark=mark,
            middle=last_middle,
            low=last_low,
            high=last_high,
        ),
        e_value=number(min(difference.e_value, 1e6), 1),
    )


def _day(results: Results, turn: int | None) -> str:
    return local_date(results.turns[turn]) if turn is not None else NOTHING
