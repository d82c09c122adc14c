"""The curve of the prospect's participation, turn by turn, with a band.

Source: TIPPING.md §4.2. Each floor turn of the prospect gives one observation from what can be
observed: its length, its delay, its new content, the polarity of its words and whether it asks.
A local-level Kalman filter with a Rauch-Tung-Striebel smoother turns them into a value and a band,
so that a short call shows a wide band instead of a false story. Fewer than `MIN_TURNS` prospect
turns give no curve at all. This is participation, never an emotion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p, sqrt, tanh

from callcoach.analysis.model import EngagementPoint, Speaker, Turn
from callcoach.analysis.reaction import polarity
from callcoach.analysis.scene import Scene, length_s, new_content, words_in

#: TIPPING.md §4.2: fewer prospect turns carry no curve.
MIN_TURNS = 4
#: Weights of TIPPING.md §4.2 [design defaults]; text carries most of the weight.
WEIGHT_LENGTH, WEIGHT_LATENCY, WEIGHT_INFO, WEIGHT_POLARITY, WEIGHT_ASKS = 0.2, 0.1, 0.2, 0.55, 0.3
#: Usual length and content of a prospect turn, the zero of both features (TIPPING.md §1: turn
#: p50 2.3 s, p75 4.6 s on the telephone).
USUAL_LENGTH = log1p(3.5)
USUAL_INFO = log1p(4.0)
#: Bonus for a question, before its weight (TIPPING.md §4.2: q = +0.5).
ASKS = 0.5
#: Kalman variances of TIPPING.md §4.2: per turn, doubled after a long absence; observation at four
#: recognised words or more; prior.
PROCESS_VAR, OBSERVATION_VAR, PRIOR_VAR = 0.05, 0.35, 0.25
ABSENCE_S = 20.0
FULL_WORDS = 4
#: The band holds four values in five (standard normal quantile).
BAND_Z = 1.2816
#: Fall per turn that counts as one under way (TIPPING.md §4.2).
PRE_TREND = 0.15


@dataclass(frozen=True, slots=True)
class Observation:
    """One prospect turn: its value in [-1, 1] and the variance of that value."""

    turn: Turn
    value: float
    variance: float


def observe(scene: Scene) -> tuple[Observation, ...]:
    """One observation for each floor turn of the prospect."""
    delays = {exchange.after: exchange.z for exchange in scene.conversation.exchanges}
    seen: list[Turn] = []
    found: list[Observation] = []
    for turn in scene.conversation.floor:
        if turn.speaker is not Speaker.PROSPECT:
            continue
        words = words_in(turn)
        total = WEIGHT_LENGTH * (log1p(length_s(turn)) - USUAL_LENGTH)
        total -= WEIGHT_LATENCY * max(-2.5, min(delays.get(turn.index, 0.0), 2.5))
        if words:
            total += WEIGHT_INFO * (log1p(new_content(turn, seen[-3:])) - USUAL_INFO)
            total += WEIGHT_POLARITY * polarity(scene, turn)
            total += WEIGHT_ASKS * ASKS * scene.is_asking(turn)
        certainty = min(1.0, max(words, 1) / FULL_WORDS) * _confidence(turn)
        found.append(Observation(turn, tanh(total), OBSERVATION_VAR / max(certainty, 0.1)))
        seen.append(turn)
    return tuple(found)


def _confidence(turn: Turn) -> float:
    """Mean word probability, 0.5 for a turn that could not be read."""
    return sum(word.probability for word in turn.words) / len(turn.words) if turn.words else 0.5


def engagement_curve(scene: Scene) -> tuple[EngagementPoint, ...]:
    """The smoothed curve, one point a prospect turn; empty when there are too few."""
    observations = observe(scene)
    if len(observations) < MIN_TURNS:
        return ()
    return tuple(
        EngagementPoint(
            item.turn.start_s,
            item.turn.end_s,
            round(_clip(level), 3),
            round(_clip(level - BAND_Z * sqrt(variance)), 3),
            round(_clip(level + BAND_Z * sqrt(variance)), 3),
        )
        for item, (level, variance) in zip(observations, smooth(observations), strict=True)
    )


def _clip(value: float) -> float:
    return max(-1.0, min(1.0, value))


def smooth(observations: Sequence[Observation]) -> list[tuple[float, float]]:
    """Local-level Kalman filter and RTS smoother: (level, variance) for each observation.

    >>> smooth([])
    []
    """
    levels: list[tuple[float, float]] = []
    predicted: list[tuple[float, float]] = []
    level, variance = 0.0, PRIOR_VAR
    for index, item in enumerate(observations):
        if index:
            absent = item.turn.start_s - observations[index - 1].turn.end_s >= ABSENCE_S
            variance += PROCESS_VAR * (2 if absent else 1)
        predicted.append((level, variance))
        gain = variance / (variance + item.variance)
        level, variance = level + gain * (item.value - level), (1 - gain) * variance
        levels.append((level, variance))
    for index in range(len(levels) - 2, -1, -1):
        level, variance = levels[index]
        ahead, ahead_variance = predicted[index + 1]
        gain = variance / ahead_variance
        next_level, next_variance = levels[index + 1]
        levels[index] = (
            level + gain * (next_level - ahead),
            variance + gain * gain * (next_variance - ahead_variance),
        )
    return levels


def is_falling_before(points: Sequence[EngagementPoint], at_s: float) -> bool:
    """Whether participation already fell by 0.15 a turn over three turns before `at_s`.

    The pre-trend guard of TIPPING.md §4.2: such a fall did not begin with this turn.
    """
    past = [point.value for point in points if point.end_s <= at_s + 0.5][-3:]
    return len(past) == 3 and (past[0] - past[-1]) / 2 >= PRE_TREND
