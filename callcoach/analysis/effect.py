"""What a moment coincides with in the prospect's behaviour: plain facts, and the curve's change.

Source: TIPPING.md §4.2 (effect on the curve, pre-trend guard) and §4.3 (classes). Nothing here says
that the agent caused anything: disengaged prospects also make agents talk longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from statistics import fmean

from callcoach.analysis.detectors import quote
from callcoach.analysis.endings import END_WITHIN_S
from callcoach.analysis.engagement import BAND_Z, is_before
from callcoach.analysis.lanes import ms
from callcoach.analysis.model import EngagementPoint, Evidence, Message, Turn, Valence
from callcoach.analysis.scene import Moment, Scene, length_s, mean_length_s

#: Prospect turns, and seconds, compared on each side (TIPPING.md §4.2).
TURNS, WITHIN_S = 3, 30.0
#: Standard deviations from which the curve visibly moves (TIPPING.md §4.3).
VISIBLE_Z = 1.0
#: Least standard deviation of a point, on the curve's scale.
LEAST_SPREAD = 0.05
#: How far the change strays at ordinary turns, as a share of the standard deviation of a point: the
#: values on both sides share their observations. Robust spread over 304 turns of 48 simulated calls
#: at which nothing turns (0.39 on recognised, 0.41 on perfect words). With it half of the labelled
#: ruptures show, one ordinary turn in five, and the direction is right in 19 cases of 20.
CHANGE_SHARE = 0.4
#: What is kept of the effect of a fall that had begun before (TIPPING.md §4.2).
PRE_TREND_SHARE = 0.5
#: At most so many facts about the prospect's answer (TIPPING.md §4.4).
MOST_FACTS = 3
#: A change worth saying: lengths that differ by this factor, delays by this much.
CHANGE_FACTOR = 1.5
CHANGE_DELAY_S = 0.6
#: What a prospect says that is a fact worth quoting, the gravest first.
TELLING = ("rebuke", "refusal", "exit", "brushoff", "accepted", "warm")


class Course(StrEnum):
    """How the curve goes on from a moment (TIPPING.md §4.3)."""

    #: It moves the way of the moment's valence.
    MOVED = "moved"
    #: It fell, and is back where it was within three turns.
    RECOVERED = "recovered"
    #: It does not visibly move.
    UNMOVED = "unmoved"
    #: Too few turns on one side, or no curve.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Effect:
    """The change of the curve at a moment: `z` in standard deviations, negative when it falls.

    `had_begun`: it was falling already, and `z` is halved for that.
    """

    course: Course
    z: float
    had_begun: bool = False


def effect_at(
    points: Sequence[EngagementPoint], turn: Turn, valence: Valence, *, falling: bool = False
) -> Effect:
    """Compare the curve before and after `turn`, three prospect turns or 30 s each way.

    What `turn` answers to lies before it, even where it cuts in: the polarity of the very objection
    that a fault is about is no effect of the fault. How the call ends counts within 15 s.

    Args:
        falling: `engagement.is_falling_before`; a fall that was under way counts half.
    """
    before = [p for p in points if is_before(p.start_s, p.end_s, turn)]
    after = [p for p in points if not is_before(p.start_s, p.end_s, turn) and _is_soon(p, turn)]
    after = after[:TURNS]
    before = [p for p in before[-TURNS:] if ms(turn.start_s - p.end_s) <= WITHIN_S]
    if not before or not after:
        return Effect(Course.UNKNOWN, 0.0)
    level, later = _mean(before), _mean(after)
    spread = visible_change(_deviation(p) for p in [*before, *after])
    z = (later - level) / spread
    had_begun = falling and z < 0
    if had_begun:
        z *= PRE_TREND_SHARE
    fell = after[0].value <= level - VISIBLE_Z * spread
    if valence is Valence.NEGATIVE and fell and any(p.value >= level for p in after[1:]):
        return Effect(Course.RECOVERED, z, had_begun)
    signed = z if valence is Valence.POSITIVE else -z
    return Effect(Course.MOVED if signed >= VISIBLE_Z else Course.UNMOVED, z, had_begun)


def visible_change(deviations: Iterable[float]) -> float:
    """The change between both sides that is visible, from the standard deviations of their points."""
    return CHANGE_SHARE * max(sqrt(fmean(each**2 for each in deviations)), LEAST_SPREAD)


def _is_soon(point: EngagementPoint, turn: Turn) -> bool:
    """Whether a point after `turn` is near enough; the end of a call, a point without duration,
    must be nearer.
    """
    is_end = point.start_s == point.end_s
    return ms(point.start_s - turn.end_s) <= (END_WITHIN_S if is_end else WITHIN_S)


def _mean(points: Sequence[EngagementPoint]) -> float:
    return fmean(point.value for point in points)


def _deviation(point: EngagementPoint) -> float:
    return (point.high - point.low) / (2 * BAND_Z)


def course_fact(effect: Effect, turn: Turn, valence: Valence) -> Evidence | None:
    """How the curve went on after a fault, where a card should say it."""
    if valence is Valence.NEGATIVE and effect.course in (Course.RECOVERED, Course.UNMOVED):
        return fact("context", f"curve_{effect.course.value}", turn)
    return None


def effects(scene: Scene, moment: Moment) -> list[Evidence]:
    """What changed in the prospect's behaviour, as `MOST_FACTS` plain facts at most."""
    facts: list[Evidence] = []
    answer = moment.next
    if answer is None:
        return facts
    before, after = mean_length_s(moment.before[-2:]), length_s(answer)
    if before and max(before, after) >= CHANGE_FACTOR * min(before, after):
        name = "shorter" if after < before else "longer"
        facts.append(fact("effect", name, answer, before=round(before, 1), after=round(after, 1)))
    exchange = moment.exchange_out
    if exchange is not None and exchange.latency_s >= CHANGE_DELAY_S and exchange.z >= 1:
        facts.append(fact("effect", "later", answer, value=round(exchange.latency_s, 1)))
    for name in TELLING:
        hits = scene.hits(answer, name)
        if hits:
            facts.append(quote(answer, kind="effect", hit=hits[0]))
            break
    return facts[:MOST_FACTS]


def fact(kind: str, name: str, turn: Turn, **values: float) -> Evidence:
    """One fact about `turn`, worded by ``evidence.<name>``."""
    value = values.get("after", values.get("value"))
    return Evidence(
        kind,
        "",
        value,
        "s" if value is not None else "",
        values.get("before"),
        turn.start_s,
        turn.end_s,
        Message(f"evidence.{name}", values),
    )
