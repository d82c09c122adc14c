"""Words and drawings of the ledger: what its templates print, already chosen and worded.

Knows rows and the language, not the request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.analysis import wording
from callcoach.analysis.model import Valence
from callcoach.calls.models import DismissalReason
from callcoach.calls.presenters import language
from callcoach.learning.floors import Floor
from callcoach.learning.ledger_queries import FloorPreview, LedgerRow, TrendPoint
from callcoach.learning.precision import SET_ASIDE, Reliability
from callcoach.tuning.models import Standing, TuningChange
from callcoach.web.filters import number, percent

#: Size of a sparkline, in its own units; the line keeps clear of the edges.
SPARK_WIDTH, SPARK_HEIGHT, _EDGE = 88, 24, 3

MARKS = {Valence.NEGATIVE: "▼", Valence.POSITIVE: "▲"}

#: What each column is sorted by.
SORTS: Mapping[str, Callable[[LedgerRow], tuple[object, ...]]] = {
    "kind": lambda row: (wording.cause_label(row.cause, language()), row.detector),
    "verdicts": lambda row: (row.reliability.n, row.flags),
    "precision": lambda row: (row.reliability.n > 0, row.reliability.precision),
    "standing": lambda row: (list(Standing).index(row.standing), -row.reliability.n),
}


@dataclass(frozen=True, slots=True)
class Band:
    """A precision with its interval, drawn: positions on a scale of 0 to 100."""

    at: float
    low: float
    width: float


@dataclass(frozen=True, slots=True)
class Trend:
    """Precision over weeks: `points` as SVG writes them, `text` beside it."""

    points: str
    last: tuple[float, float]
    text: str


@dataclass(frozen=True, slots=True)
class StandingView:
    """How a kind stands, since when and why; `mark` goes with the word."""

    value: str
    mark: str
    label: str
    since: datetime | None
    why: str

    @property
    def is_held_back(self) -> bool:
        return self.value in (Standing.HIDDEN, Standing.RETIRED)


@dataclass(frozen=True, slots=True)
class RowView:
    """One kind of flag, ready to print; "" where there is nothing to say."""

    detector: str
    cause: str
    mark: str
    valence: str
    word: str
    label: str
    cue: str
    flags: str
    verdicts: str
    aside: str
    share: str
    interval: str
    band: Band | None
    trend: Trend | None
    standing: StandingView
    floor: str
    floor_value: float
    reasons: Sequence[str]
    packaged: str
    is_disabled: bool


def row_view(row: LedgerRow) -> RowView:
    """A kind of flag in words."""
    found = row.reliability
    lang = language()
    return RowView(
        detector=row.detector,
        cause=row.cause.value,
        mark=MARKS[row.valence],
        valence=row.valence.value,
        word=wording.valence_label(row.valence, lang),
        label=wording.cause_label(row.cause, lang),
        cue=wording.cue_text(row.detector, row.cause, lang),
        flags=str(ngettext("%(num)d flag", "%(num)d flags", row.flags)) if row.flags else "",
        verdicts=_verdicts(found),
        aside=_aside(found),
        share=percent(found.precision) if found.n else "",
        interval=str(
            _("between %(low)s and %(high)s", low=percent(found.low), high=percent(found.high))
        )
        if found.n
        else "",
        band=Band(
            round(100 * found.precision, 1),
            round(100 * found.low, 1),
            round(100 * (found.high - found.low), 1),
        )
        if found.n
        else None,
        trend=_trend(row.trend),
        standing=_standing(row),
        floor=number(row.floor, 2) if row.floor else "",
        floor_value=row.floor,
        reasons=_reasons(found),
        packaged=_packaged(row),
        is_disabled=row.packaged is not None and not row.packaged.enabled,
    )


def _verdicts(found: Reliability) -> str:
    if not found.n:
        return str(_("no verdict yet"))
    return str(
        ngettext(
            "%(confirmed)s of %(num)d confirmed",
            "%(confirmed)s of %(num)d confirmed",
            found.n,
            confirmed=found.confirmed,
        )
    )


def _aside(found: Reliability) -> str:
    """Verdicts that do not count, and why."""
    said = []
    if found.set_aside:
        said.append(
            ngettext(
                "%(num)d not counted: misheard or of no importance",
                "%(num)d not counted: misheard or of no importance",
                found.set_aside,
            )
        )
    if found.foreign:
        said.append(
            ngettext(
                "%(num)d not counted: its author has not said in the settings to be native to the market called",
                "%(num)d not counted: their authors have not said in the settings to be native to the market called",
                found.foreign,
            )
        )
    return " · ".join(str(one) for one in said)


def reason_label(reason: str) -> str:
    """Why a flag was rejected."""
    return str(
        {
            "": _("no reason given"),
            DismissalReason.ABSENT: _("not there"),
            DismissalReason.MISHEARD: _("misheard"),
            DismissalReason.JUSTIFIED: _("right in this situation"),
            DismissalReason.UNIMPORTANT: _("true, of no importance"),
        }[reason]
    )


def _reasons(found: Reliability) -> list[str]:
    """Shares of the reasons among all dismissals, the most frequent first."""
    total = sum(found.reasons.values())
    ordered = sorted(found.reasons.items(), key=lambda item: (-item[1], item[0]))
    return [
        str(
            _(
                "%(reason)s: %(count)s of %(total)s%(aside)s",
                reason=reason_label(reason),
                count=count,
                total=total,
                aside=f" ({_('not counted against it')})" if reason in SET_ASIDE else "",
            )
        )
        for reason, count in ordered
    ]


def _trend(points: Sequence[TrendPoint]) -> Trend | None:
    if len(points) < 2:
        return None
    width, height = SPARK_WIDTH - 2 * _EDGE, SPARK_HEIGHT - 2 * _EDGE
    places = [
        (
            round(_EDGE + width * index / (len(points) - 1), 1),
            round(_EDGE + height * (1 - point.precision), 1),
        )
        for index, point in enumerate(points)
    ]
    text = ngettext(
        "%(before)s → %(now)s in %(num)d week",
        "%(before)s → %(now)s in %(num)d weeks",
        len(points) - 1,
        before=percent(points[0].precision),
        now=percent(points[-1].precision),
    )
    return Trend(" ".join(f"{x},{y}" for x, y in places), places[-1], str(text))


def standing_label(standing: Standing | str) -> str:
    """How a kind stands, in a word or two."""
    return str(
        {
            Standing.ACTIVE: _("shown"),
            Standing.HIDDEN: _("held back by the figures"),
            Standing.RETIRED: _("retired"),
            Standing.KEPT: _("kept"),
        }[Standing(standing)]
    )


_STANDING_MARKS = {
    Standing.ACTIVE: "●",
    Standing.HIDDEN: "○",
    Standing.RETIRED: "✕",
    Standing.KEPT: "✓",
}


def _standing(row: LedgerRow) -> StandingView:
    return StandingView(
        value=row.standing.value,
        mark=_STANDING_MARKS[row.standing],
        label=standing_label(row.standing),
        since=row.since if row.change else None,
        why=change_why(row.change) if row.change else "",
    )


def change_why(change: TuningChange) -> str:
    """Who, or which figures, made a change."""
    if not change.is_automatic:
        name = change.author.name if change.author else ""
        return str(_("by %(name)s", name=name)) if name else str(_("by somebody who has left"))
    facts = change.reason
    if "precision" not in facts:
        return str(_("by the figures"))
    return str(
        ngettext(
            "by the figures: %(share)s right, %(low)s to %(high)s, %(num)d verdict",
            "by the figures: %(share)s right, %(low)s to %(high)s, %(num)d verdicts",
            int(facts.get("n", 0)),
            share=percent(facts["precision"]),
            low=percent(facts.get("low")),
            high=percent(facts.get("high")),
        )
    )


def _packaged(row: LedgerRow) -> str:
    entry = row.packaged
    if entry is None:
        return ""
    if entry.precision is None:
        return str(_("never raised on the labelled calls"))
    return str(
        _(
            "%(right)s of %(cues)s right on labelled calls, between %(low)s and %(high)s",
            right=entry.right,
            cues=entry.cues,
            low=percent(entry.low),
            high=percent(entry.high),
        )
    )


@dataclass(frozen=True, slots=True)
class PreviewView:
    """What a floor would have changed, sentence by sentence."""

    headline: str
    facts: Sequence[str]


def preview_view(found: FloorPreview) -> PreviewView:
    """Words for a floor that was tried on past calls."""
    if not found.calls:
        return PreviewView(str(_("No analysed call to try it on yet.")), [])
    then = ngettext("%(num)d flag shown", "%(num)d flags shown", found.shown_then)
    if found.shown_then != found.shown_now:
        headline = ngettext(
            "Of the last %(num)d call: %(then)s instead of %(now)s.",
            "Of the last %(num)d calls: %(then)s instead of %(now)s.",
            found.calls,
            then=then,
            now=number(found.shown_now),
        )
    else:
        headline = ngettext(
            "Of the last %(num)d call: nothing changes, %(then)s.",
            "Of the last %(num)d calls: nothing changes, %(then)s.",
            found.calls,
            then=then,
        )
    facts = []
    if found.kept_judged:
        facts.append(
            ngettext(
                "Of the %(num)d judged among these, %(confirmed)s confirmed.",
                "Of the %(num)d judged among these, %(confirmed)s confirmed.",
                found.kept_judged,
                confirmed=found.kept_confirmed,
            )
        )
    judged = found.changed_confirmed + found.changed_dismissed
    if judged and found.changed < 0:
        facts.append(
            _(
                "You would lose %(confirmed)s confirmed and %(dismissed)s dismissed.",
                confirmed=found.changed_confirmed,
                dismissed=found.changed_dismissed,
            )
        )
    elif judged and found.changed > 0:
        facts.append(
            _(
                "You would gain %(confirmed)s confirmed and %(dismissed)s dismissed.",
                confirmed=found.changed_confirmed,
                dismissed=found.changed_dismissed,
            )
        )
    elif found.changed and not judged:
        facts.append(_("Nobody has judged any of those that would change."))
    return PreviewView(str(headline), [str(fact) for fact in facts])


def proposal_text(proposal: Floor | None) -> str:
    """What the figures propose for a kind that a person keeps; "" when they propose nothing."""
    if proposal is None:
        return ""
    if not proposal.value:
        return str(
            ngettext(
                "The figures propose no floor (%(num)d verdict).",
                "The figures propose no floor (%(num)d verdicts).",
                proposal.n,
            )
        )
    return str(
        ngettext(
            "The figures propose a floor of %(floor)s: above it, a flag here is right more often than wrong (%(num)d verdict).",
            "The figures propose a floor of %(floor)s: above it, a flag here is right more often than wrong (%(num)d verdicts).",
            proposal.n,
            floor=number(proposal.value, 2),
        )
    )
