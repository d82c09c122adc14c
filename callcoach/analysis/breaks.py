"""U0, unexplained break: the prospect's participation drops and no detector says why.

Source: TIPPING.md §4.1, U0: a change of two standard deviations; §4.2: three turns of the prospect
before are compared with three after. A break is shown apart and never among the tipping points: it
names no cause and blames nobody. With 10 to 40 turns of a prospect a change is told from chance in
one call of three at most (TIPPING.md §0.7), so this is a hint to listen, no more.

The observations behind the engagement curve are compared, not the curve: its smoothing spreads a
drop over so many turns that none reaches two deviations. On 48 labelled calls this finds one
break; a kernel change-point search (ruptures) finds none that is not explained, for one package
more. How the call ends is no break: that is plain to hear.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import median

from callcoach.analysis.detectors import may_explain, run_detectors
from callcoach.analysis.engagement import MIN_TURNS, Observation, observe
from callcoach.analysis.model import Segment, TippingPoint, UnexplainedBreak, Valence
from callcoach.analysis.scene import Scene

#: Prospect turns compared on each side, and the fewest before (TIPPING.md §4.2).
SPAN, FEWEST = 3, 2
#: Least spread of a prospect's observations: a call in which nothing varies makes no break of a
#: trifle (on the curve's scale of [-1, 1]).
LEAST_SPREAD = 0.25
#: Median absolute step, over the root of two, to standard deviation.
_ROBUST = 1.4826


def find_breaks(scene: Scene, points: Sequence[TippingPoint]) -> tuple[UnexplainedBreak, ...]:
    """Unexplained breaks, sorted by start; empty where there is no engagement curve.

    A tipping point of `points`, or the cue of an enabled detector for a fault, within
    ``unexplained_break.apart_s`` explains a drop; so does a deeper break.
    """
    apart_s = scene.bound("unexplained_break.apart_s")
    known = [Segment(point.start_s, point.end_s) for point in points]
    known += [
        Segment(cue.start_s, cue.end_s)
        for cue in run_detectors(scene)
        if cue.cause.valence is Valence.NEGATIVE and may_explain(cue)
    ]
    found: list[UnexplainedBreak] = []
    for z, drop, item in sorted(_drops(observe(scene)), key=lambda each: -each[0]):
        if z < scene.bound("unexplained_break.drop_z"):
            break
        if any(near.start_s - apart_s <= item.start_s <= near.end_s + apart_s for near in known):
            continue
        known.append(Segment(item.start_s, item.end_s))
        found.append(
            UnexplainedBreak(item.start_s, item.end_s, item.turn, round(min(2.0, drop), 3))
        )
    return tuple(sorted(found, key=lambda each: each.start_s))


def _drops(observed: Sequence[Observation]) -> list[tuple[float, float, Observation]]:
    """For each turn inside the call: the drop there in deviations, and in the curve's unit."""
    if len(observed) < MIN_TURNS:
        return []
    values = [item.value for item in observed]
    # from one turn to the next, so that the very change that is sought does not hide itself
    steps = median(abs(after - before) for before, after in pairwise(values))
    spread = max(_ROBUST * steps / sqrt(2), LEAST_SPREAD)
    drops: list[tuple[float, float, Observation]] = []
    for place in range(FEWEST, len(values) - 1):
        before, after = values[max(0, place - SPAN) : place], values[place : place + SPAN]
        drop = sum(before) / len(before) - sum(after) / len(after)
        noise = spread * sqrt(1 / len(before) + 1 / len(after))
        drops.append((drop / noise, drop, observed[place]))
    return drops
