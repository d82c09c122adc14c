"""The prospect's participation around one moment, small enough for a card. Pure: numbers in, the
points of a drawing out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callcoach.analysis.effect import visible_change
from callcoach.analysis.endings import END_WITHIN_S
from callcoach.analysis.engagement import BAND_Z

#: How much is drawn before the moment's start and after it, seconds: about three answers of the
#: prospect on each side, on the telephone (TIPPING.md §4.2).
REACH_S = 45.0
#: The drawing's own units; the page scales it.
WIDTH, HEIGHT = 180.0, 48.0
_MARGIN = 3.0
#: The scale follows the call, as under the sound, and is never narrower than this.
LEAST_SCALE = 0.5


@dataclass(frozen=True, slots=True)
class EffectCurve:
    """A drawing of `WIDTH` by `HEIGHT`.

    Args:
        line: the value, as points of an SVG polyline; points outside the drawing are cut off.
        band: four values in five lie in it, as points of a polygon.
        zero_y: where the middle of the scale is.
        from_x, to_x: where the moment lies.
        before, after: mean value before and after the moment's start, in [-1, 1].
        direction: ``falls``, ``rises``, or ``steady`` where the change is not visible (`analysis.effect`).
    """

    line: str
    band: str
    zero_y: float
    from_x: float
    to_x: float
    before: float
    after: float
    direction: str


def effect_curve(
    engagement: Sequence[Mapping[str, float]], start_s: float, end_s: float
) -> EffectCurve | None:
    """The curve from `REACH_S` before a moment to as much after its start; None where either side
    has no answer of the prospect.

    Args:
        engagement: ``start_s, end_s, value, low, high`` of each point, by start.
        start_s, end_s: the moment, seconds from the start of the recording.
    """
    middles = [(item["start_s"] + item["end_s"]) / 2 for item in engagement]
    first, last = start_s - REACH_S, start_s + REACH_S
    shown = [place for place, at in enumerate(middles) if first <= at <= last]
    before = [engagement[place] for place in shown if middles[place] < start_s]
    after = [
        engagement[place]
        for place in shown
        if middles[place] >= start_s and not _is_late_end(engagement[place], end_s)
    ]
    if not before or not after:
        return None
    # with a neighbour on each side, so that the line enters and leaves the drawing
    drawn = range(max(0, shown[0] - 1), min(len(middles), shown[-1] + 2))
    bounds = [abs(item[name]) for item in engagement for name in ("low", "high")]
    scale = max(LEAST_SCALE, *bounds)

    def x(at_s: float) -> float:
        return round((at_s - first) / (2 * REACH_S) * WIDTH, 1)

    def y(value: float) -> float:
        return round((1 - value / scale) / 2 * (HEIGHT - 2 * _MARGIN) + _MARGIN, 1)

    def points(name: str, places: Sequence[int]) -> list[str]:
        return [f"{x(middles[place])},{y(engagement[place][name])}" for place in places]

    means = [sum(item["value"] for item in side) / len(side) for side in (before, after)]
    visible = visible_change(
        (item["high"] - item["low"]) / (2 * BAND_Z) for item in (*before, *after)
    )
    change = means[1] - means[0]
    return EffectCurve(
        line=" ".join(points("value", drawn)),
        band=" ".join([*points("high", drawn), *points("low", drawn[::-1])]),
        zero_y=y(0),
        from_x=x(start_s),
        to_x=min(WIDTH, x(end_s)),
        before=round(means[0], 2),
        after=round(means[1], 2),
        direction="steady" if abs(change) < visible else ("rises" if change > 0 else "falls"),
    )


def _is_late_end(point: Mapping[str, float], end_s: float) -> bool:
    """Whether the point says how the call ended, too long after the moment to speak of it."""
    return point["start_s"] == point["end_s"] > end_s + END_WITHIN_S
