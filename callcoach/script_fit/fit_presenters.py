"""What calls made of a script, in words and marks as pages print them.

Plain words and no score: a skipped line is a fact, own words are welcome, and nobody is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Valence
from callcoach.calls.access import sees_unconfirmed_flags
from callcoach.calls.models import Call, Verdict
from callcoach.calls.presenters import clock, heading
from callcoach.coaching.home_presenters import desk_url
from callcoach.coaching.note_presenters import cause_label
from callcoach.errors import N_
from callcoach.progress.counting import Share
from callcoach.script_fit.fit_queries import Heat, LineHeat
from callcoach.script_fit.line_access import works_on
from callcoach.script_fit.models import CallFit, LineUse, Said
from callcoach.script_fit.observed import Wording
from callcoach.script_library.document import Document, Line
from callcoach.script_library.labels import section_title
from callcoach.script_library.models import ScriptVersion
from callcoach.web.filters import percent

#: Calls below which shares are not written: the counts tell.
LEAST_TELLING = 10
#: Moments shown of one wording.
SHOWN = 3
#: Width of a bar, in its own units.
BAR_WIDTH = 100

#: Mark and word; told apart by shape, not by colour alone.
_SAID = {
    Said.SAID: ("●", N_("Said")),
    Said.OTHERWISE: ("◐", N_("Said otherwise")),
    Said.SKIPPED: ("○", N_("Left out")),
    Said.NOT_DUE: ("–", N_("Nothing called for it")),
}
_REASONS = {
    "no_words": N_(
        "Nobody was heard on this call, so there is nothing to compare with the script."
    ),
    "speakers_unknown": N_(
        "Both voices are on one channel and could not be told apart: who said which words is not "
        "known, so they are not compared with the script."
    ),
}


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as a call had it.

    Args:
        quote: what was said, when that is not the line's words.
        note: a strength or a weakness in how it was said, with its mark; ("", "") for none.
        start_ms: where it is played from; None when it was not said.
        url: the line's own page, "" for who may not open it.
    """

    text: str
    said: str
    mark: str
    word: str
    quote: str
    note: tuple[str, str]
    start_ms: int | None
    clock: str
    url: str


@dataclass(frozen=True, slots=True)
class SectionView:
    """Lines of a section that were due, and those that nothing called for."""

    title: str
    lines: Sequence[LineView]
    not_due: Sequence[LineView]


@dataclass(frozen=True, slots=True)
class CoverageView:
    """A call beside its script.

    Args:
        reason: why nothing can be said, in words; "" otherwise.
        summary: how many lines were said and how; counts, no share.
        is_outdated: it has the words of the version before; for supervisors.
    """

    version: str
    version_url: str
    reason: str
    summary: str
    sections: Sequence[SectionView]
    is_waiting: bool
    is_outdated: bool


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A line over many calls.

    Args:
        bar: said, otherwise, skipped as ``(kind, x, width)`` of a bar `BAR_WIDTH` wide.
        said, otherwise, skipped: share with its interval, or counts while there are few.
        negative, positive: turns around it, "" for none.
    """

    text: str
    url: str
    said_url: str
    due: int
    bar: Sequence[tuple[str, float, float]]
    said: str
    otherwise: str
    skipped: str
    negative: str
    positive: str


@dataclass(frozen=True, slots=True)
class HeatSection:
    title: str
    rows: Sequence[HeatRow]


@dataclass(frozen=True, slots=True)
class ExampleView:
    """A moment of a call that shows how a line is said, or where a call turned."""

    url: str
    heading: str
    clock: str
    quote: str
    mark: str
    label: str


@dataclass(frozen=True, slots=True)
class WordingView:
    """One observed way of saying a line.

    Args:
        is_own: in other words than the script's.
        breaks, openings: of its calls, those with a confirmed moment while it was said.
    """

    text: str
    count: int
    is_own: bool
    breaks: int
    openings: int
    examples: Sequence[ExampleView]


def coverage_view(
    viewer: Viewer, call: Call, version: ScriptVersion, fit: CallFit | None
) -> CoverageView:
    """The call beside the version that was in force when it took place.

    An agent is told what was said and what was well put; that something was read out is a flag that
    nobody confirmed, and stays with who judges calls.

    Args:
        fit: None before the call was compared with it.
    """
    judges = sees_unconfirmed_flags(viewer)
    uses = {use.line.key: use for use in fit.uses} if fit is not None else {}
    document = version.document
    may_open = works_on(viewer, call.campaign)
    sections = []
    for section in document.sections:
        rows = [
            (uses[line.key], _line_view(line, uses[line.key], call.persona, judges, may_open))
            for line in section.lines
            if line.key in uses
        ]
        if rows:
            sections.append(
                SectionView(
                    section_title(section),
                    [view for use, view in rows if use.said != Said.NOT_DUE],
                    [view for use, view in rows if use.said == Said.NOT_DUE],
                )
            )
    return CoverageView(
        version=_("version %(number)s", number=version.number),
        version_url=url_for("script_library.show_version", version_id=version.id),
        reason=_(_REASONS[fit.reason]) if fit is not None and fit.reason in _REASONS else "",
        summary=_summary(uses.values()),
        sections=sections,
        is_waiting=fit is None,
        is_outdated=fit is not None and fit.is_outdated and may_open,
    )


def _summary(uses: Iterable[LineUse]) -> str:
    counts = dict.fromkeys(Said, 0)
    for use in uses:
        counts[Said(use.said)] += 1
    parts = [
        (counts[Said.SAID], _("%(count)s said", count=counts[Said.SAID])),
        (counts[Said.OTHERWISE], _("%(count)s in own words", count=counts[Said.OTHERWISE])),
        (counts[Said.SKIPPED], _("%(count)s left out", count=counts[Said.SKIPPED])),
    ]
    return ", ".join(text for count, text in parts if count)


def _line_view(line: Line, use: LineUse, persona: str, judges: bool, may_open: bool) -> LineView:
    mark, word = _SAID[Said(use.said)]
    note = ("", "")
    if use.is_apt:
        note = ("▲", _("Takes up what the prospect had just said"))
    elif use.is_recited and judges:
        note = ("▼", _("Read out past what the prospect had just said"))
    return LineView(
        text=line.said_to(persona),
        said=str(use.said),
        mark=mark,
        word=_(word),
        quote=use.words if use.said == Said.OTHERWISE else "",
        note=note,
        start_ms=use.start_ms,
        clock=clock(use.start_ms) if use.start_ms is not None else "",
        url=url_for("script_fit.show_line", line_id=use.line_id) if may_open else "",
    )


def heat_sections(document: Document, persona: str, heat: Heat) -> list[HeatSection]:
    """The lines of a version in their order, each with what calls made of it."""
    return [
        HeatSection(
            section_title(section),
            [
                _heat_row(line, persona, heat.lines[line.key])
                for line in section.lines
                if line.key in heat.lines
            ],
        )
        for section in document.sections
        if any(line.key in heat.lines for line in section.lines)
    ]


def _heat_row(line: Line, persona: str, found: LineHeat) -> HeatRow:
    return HeatRow(
        text=line.said_to(persona),
        url=url_for("script_fit.show_line", line_id=found.line_id),
        said_url=url_for("script_fit.line_said", line_id=found.line_id),
        due=found.due,
        bar=_bar(found),
        said=share_text(found.said),
        otherwise=share_text(found.otherwise),
        skipped=share_text(found.skipped),
        negative=share_text(found.negative) if found.negative.count else "",
        positive=share_text(found.positive) if found.positive.count else "",
    )


def _bar(found: LineHeat) -> list[tuple[str, float, float]]:
    parts, at = [], 0.0
    for kind, share in (
        ("said", found.said),
        ("otherwise", found.otherwise),
        ("skipped", found.skipped),
    ):
        width = BAR_WIDTH * share.count / max(share.total, 1)
        if width:
            parts.append((kind, round(at, 2), round(width, 2)))
        at += width
    return parts


def share_text(share: Share) -> str:
    """A share with its interval; the counts alone while they tell little."""
    if share.total < LEAST_TELLING:
        return _("%(count)s of %(total)s", count=share.count, total=share.total)
    low, high = share.interval
    return _(
        "%(share)s (%(low)s to %(high)s)",
        share=percent(share.count / share.total),
        low=percent(low),
        high=percent(high),
    )


def wording_views(
    found: Sequence[tuple[Call, LineUse]],
    wordings: Sequence[Wording],
    moments: Mapping[int, set[Valence]],
) -> list[WordingView]:
    """Observed wordings with moments to hear, the most frequent first."""
    views = []
    for wording in wordings:
        members = [found[at] for at in wording.members]
        own = sum(use.said == Said.OTHERWISE for _call, use in members)
        views.append(
            WordingView(
                text=found[wording.medoid][1].words,
                count=len(members),
                is_own=2 * own > len(members),
                breaks=sum(Valence.NEGATIVE in moments.get(use.id, ()) for _call, use in members),
                openings=sum(Valence.POSITIVE in moments.get(use.id, ()) for _call, use in members),
                examples=[
                    ExampleView(
                        url=desk_url(call.id, use.start_ms or 0),
                        heading=heading(call),
                        clock=clock(use.start_ms or 0),
                        quote=use.words,
                        mark="",
                        label="",
                    )
                    for call, use in members[:SHOWN]
                ],
            )
        )
    return views


def turn_views(found: Sequence[tuple[Call, Verdict]]) -> list[ExampleView]:
    """Confirmed moments around a line."""
    return [
        ExampleView(
            url=desk_url(call.id, verdict.start_ms),
            heading=heading(call),
            clock=clock(verdict.start_ms),
            quote=verdict.quote,
            mark="▼" if verdict.valence == Valence.NEGATIVE else "▲",
            label=cause_label(verdict.cause),
        )
        for call, verdict in found
    ]
