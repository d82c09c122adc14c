"""What is usual on this floor: the figures of its own calls of one campaign and one kind. Pure.

Published norms come from long sales meetings and are wrong for cold calls, so the only norm here
is the floor's own. It says what is usual, never what is good, and never anything of one person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from callcoach.calls.models import Outcome

#: Fewer calls show no norm: of seven, one more or less moves a quartile by a whole call.
LEAST_CALLS = 8
#: Outcomes that count as won and as lost; the others (a mail to send, none) are neither.
WON = frozenset({Outcome.MEETING, Outcome.CALLBACK})
LOST = frozenset({Outcome.REFUSAL, Outcome.HUNG_UP})


@dataclass(frozen=True, slots=True)
class Range:
    """The middle half of `count` values and their median, in the figure's unit; all three are None
    with fewer than `LEAST_CALLS`.
    """

    count: int
    low: float | None = None
    median: float | None = None
    high: float | None = None

    @property
    def is_known(self) -> bool:
        return self.median is not None


@dataclass(frozen=True, slots=True)
class Norm:
    """What is usual for one figure: on all calls, and on won beside lost ones (None unless each
    has `LEAST_CALLS`).
    """

    all_calls: Range
    won: Range | None = None
    lost: Range | None = None


def range_of(values: Iterable[float]) -> Range:
    """Quartiles of `values`, interpolated between the two nearest.

    >>> range_of([1.0, 2.0, 3.0])
    Range(count=3, low=None, median=None, high=None)
    >>> range_of([1, 2, 3, 4, 5, 6, 7, 8, 9])
    Range(count=9, low=3.0, median=5.0, high=7.0)
    """
    found = list(values)
    if len(found) < LEAST_CALLS:
        return Range(len(found))
    low, middle, high = quantiles(found, n=4, method="inclusive")
    return Range(len(found), low, middle, high)


def norms_of(
    calls: Iterable[tuple[str, Mapping[str, Any]]], names: Iterable[str]
) -> dict[str, Norm]:
    """The norm of each figure of `names`.

    Args:
        calls: outcome and figures (``{name: {value, unit, reason}}``) of each call; one whose
            figure could not be computed does not count for that figure.
    """
    found = list(calls)
    return {name: _norm(name, found) for name in names}


def _norm(name: str, calls: Iterable[tuple[str, Mapping[str, Any]]]) -> Norm:
    values = [
        (outcome, float(figures[name]["value"]))
        for outcome, figures in calls
        if figures.get(name, {}).get("value") is not None
    ]
    won = range_of(value for outcome, value in values if outcome in WON)
    lost = range_of(value for outcome, value in values if outcome in LOST)
    both = won.is_known and lost.is_known
    return Norm(
        range_of(value for _outcome, value in values),
        won if both else None,
        lost if both else None,
    )
