"""Breaks that no detector explains, and stretches in which nobody converses, as the desk shows
them. Neither is a moment: a break names no cause and blames nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Speaker
from callcoach.calls.access import sees_unconfirmed_flags
from callcoach.calls.call_presenters import LEAD_IN_MS, MomentView
from callcoach.calls.mapping import ShownTurn, to_ms
from callcoach.calls.models import AnalysisRun
from callcoach.calls.presenters import clock

#: A break this soon after a moment that a person confirmed is explained by it (TIPPING.md §4.1:
#: unexplained is a fall without any detector within 20 s).
EXPLAINED_WITHIN_MS = 20_000


@dataclass(frozen=True, slots=True)
class BreakView:
    """A place to listen to. `at_ms` lies in what the agent said last before it: that is what a
    listener would mark.
    """

    start_ms: int
    end_ms: int
    clock: str
    play_from_ms: int
    at_ms: int


def breaks_of(
    viewer: Viewer,
    analysis: AnalysisRun | None,
    turns: Sequence[ShownTurn],
    moments: Iterable[MomentView],
) -> tuple[BreakView, ...]:
    """The breaks that no confirmed moment explains, by start; none for those who do not see
    unconfirmed flags.
    """
    if analysis is None or not sees_unconfirmed_flags(viewer):
        return ()
    confirmed = [moment for moment in moments if moment.is_confirmed and moment.is_negative]
    views = []
    for item in analysis.breaks:
        start_ms, end_ms = to_ms(item["start_s"]), to_ms(item["end_s"])
        if any(
            moment.start_ms < end_ms and start_ms < moment.end_ms + EXPLAINED_WITHIN_MS
            for moment in confirmed
        ):
            continue
        views.append(
            BreakView(
                start_ms,
                end_ms,
                clock(start_ms),
                max(0, start_ms - LEAD_IN_MS),
                _said_before(turns, start_ms),
            )
        )
    return tuple(sorted(views, key=lambda view: view.start_ms))


def _said_before(turns: Iterable[ShownTurn], at_ms: int) -> int:
    """The end of what the agent said last before `at_ms`; `at_ms` where they had said nothing."""
    said = [turn for turn in turns if turn.speaker == Speaker.AGENT and turn.start_ms < at_ms]
    return min(at_ms, max(said, key=lambda turn: turn.start_ms).end_ms - 1) if said else at_ms


def hold_marks(analysis: AnalysisRun | None) -> list[dict[str, int]]:
    """Stretches that the player skips: ``{start, end}``, milliseconds, by start."""
    holds = analysis.holds if analysis is not None else []
    return [{"start": to_ms(item["start_s"]), "end": to_ms(item["end_s"])} for item in holds]


def after_holds(
    moments: Iterable[MomentView], holds: Iterable[Mapping[str, Any]]
) -> tuple[MomentView, ...]:
    """The moments, each played from after a hold that lies in what led to it."""
    stretches = list(holds)
    return tuple(_after_holds(moment, stretches) for moment in moments)


def _after_holds(moment: MomentView, holds: Iterable[Mapping[str, Any]]) -> MomentView:
    ends = [hold["end"] for hold in holds if moment.play_from_ms < hold["end"] <= moment.start_ms]
    return replace(moment, play_from_ms=max(ends)) if ends else moment
