"""The curve of the prospect's participation, turn by turn, with a band.

Source: TIPPING.md §4.2. Each floor turn of the prospect gives one observation from what can be
observed: its length, its delay, its new content, the polarity of its words, whether it asks, and
whether the prospect encouraged a long turn of the agent before it. How the call ends gives one more
(`endings`). A local-level Kalman filter with a Rauch-Tung-Striebel smoother turns them into a value
and a band, so that a short call shows a wide band instead of a false story. Fewer than `MIN_TURNS`
prospect turns give no curve at all. This is participation, never an emotion.

The smoothed curve is what people see. Whatever asks what happened *before* a moment reads the filter
alone (`is_falling_before`): in a smoothed curve a later fall leaks backwards.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p, sqrt

from callcoach.analysis.lanes import ms
from callcoach.analysis.model import EngagementPoint, Speaker, Turn
from callcoach.analysis.norms import PACKAGED, Norms, TurnMeasure, clip
from callcoach.analysis.reaction import polarity
from callcoach.analysis.scene import Scene, length_s, new_content, once, words_in
from callcoach.analysis.text import named, questions, tokens
from callcoach.analysis.turns import latency_scale

#: TIPPING.md §4.2: fewer prospect turns carry no curve.
MIN_TURNS = 4
#: Weights of TIPPING.md §4.2 [design defaults]; text carries most of the weight. Those of the two
#: features that a campaign scales are in `norms`.
WEIGHT_LATENCY, WEIGHT_SILENT, WEIGHT_INFO, WEIGHT_POLARITY, WEIGHT_ASKS = 0.1, 0.15, 0.2, 0.55, 0.3
#: A delay is compared with the earlier ones of the call once there are so many (TIPPING.md §4.2).
EARLIER_DELAYS = 3
#: What a question, a prospect who does not encourage, a minimal answer to an open question and each
#: number or name count for, before their weight (TIPPING.md §4.2).
ASKS, SILENT, MINIMAL, NAMED = 0.5, -0.5, -0.5, 0.3
#: So much speech of the agent, seconds, calls for a sign of the prospect (TIPPING.md §4.2).
SPEECH_S = 15.0
#: Words of a minimal answer (TIPPING.md §4.1, D18).
MINIMAL_WORDS = 3
#: Earlier turns of the prospect in which content must not have been said to be new.
NEW_SINCE = 3
#: The opening: so long after the first voice, seconds (TIPPING.md §4.1, D19).
OPENING_S = 30.0
#: Kalman variances of TIPPING.md §4.2: per turn, doubled after a long absence; observation at four
#: recognised words or more; prior.
PROCESS_VAR, OBSERVATION_VAR, PRIOR_VAR = 0.05, 0.35, 0.25
ABSENCE_S = 20.0
FULL_WORDS = 4
#: Least certainty of an observation: of a turn that could hardly be read.
LEAST_CERTAINTY = 0.1
#: The band holds four values in five (standard normal quantile).
BAND_Z = 1.2816
#: Fall per turn that counts as one under way, over so many turns (TIPPING.md §4.2).
PRE_TREND, PRE_TREND_TURNS = 0.15, 3
#: Turn of the observation that is none.
AT_END = -1
#: A turn may reach into the next speaker's by this much, seconds, and still lie before it.
TOUCH_S = 0.5


@dataclass(frozen=True, slots=True)
class Observation:
    """How far the prospect takes part at one time.

    Args:
        turn: index of the prospect's turn; `AT_END` for the way in which the call ends.
        value: in [-1, 1].
        variance: of that value.
        is_after_absence: the prospect had said nothing for `ABSENCE_S`.
    """

    turn: int
    start_s: float
    end_s: float
    value: float
    variance: float
    is_after_absence: bool = False


@dataclass(frozen=True, slots=True)
class _Heard:
    """A floor turn of the prospect with what was measured of it."""

    turn: Turn
    measure: TurnMeasure
    variance: float
    is_after_absence: bool


@once
def _heard(scene: Scene) -> tuple[_Heard, ...]:
    """The prospect's floor turns; each is measured from itself and from what was said before it."""
    delays = _delays(scene)
    silent = _unencouraged(scene)
    begin_s = scene.conversation.units[0].start_s if scene.conversation.units else 0.0
    seen: list[Turn] = []
    found: list[_Heard] = []
    last_s: float | None = None
    before: Turn | None = None
    for turn in scene.conversation.turns:
        if turn.speaker is Speaker.PROSPECT and turn.index not in scene.conversation.interjections:
            words = words_in(turn)
            info: float | None = None
            rest = -WEIGHT_LATENCY * clip(delays.get(turn.index, 0.0))
            rest += WEIGHT_SILENT * SILENT * (turn.index in silent)
            if words:
                told = named(turn.text)
                info = log1p(new_content(turn, seen[-NEW_SINCE:])) + NAMED * told
                rest += WEIGHT_POLARITY * polarity(scene, turn)
                rest += WEIGHT_ASKS * ASKS * scene.is_asking(turn)
                if words <= MINIMAL_WORDS and not told and _asks_openly(scene, before):
                    rest += WEIGHT_INFO * MINIMAL
            certainty = min(1.0, max(words, 1) / FULL_WORDS) * _confidence(turn)
            found.append(
                _Heard(
                    turn,
                    TurnMeasure(
                        log1p(length_s(turn)), info, rest, ms(turn.start_s - begin_s) < OPENING_S
                    ),
                    OBSERVATION_VAR / max(certainty, LEAST_CERTAINTY),
                    last_s is not None and ms(turn.start_s - last_s) >= ABSENCE_S,
                )
            )
            seen.append(turn)
        if turn.speaker is Speaker.PROSPECT:
            last_s = turn.end_s if last_s is None else max(last_s, turn.end_s)
        if turn.index not in scene.conversation.interjections:
            before = turn
    return tuple(found)


def _delays(scene: Scene) -> dict[int, float]:
    """How unusual each answer's delay is beside the prospect's earlier ones, by turn."""
    floor = {turn.index: turn for turn in scene.conversation.floor}
    earlier: list[float] = []
    found: dict[int, float] = {}
    for exchange in scene.conversation.exchanges:
        if floor[exchange.after].speaker is not Speaker.PROSPECT:
            continue
        if len(earlier) >= EARLIER_DELAYS:
            centre, spread = latency_scale(earlier, Speaker.PROSPECT)
            found[exchange.after] = (exchange.latency_s - centre) / spread
        earlier.append(exchange.latency_s)
    return found


def _unencouraged(scene: Scene) -> frozenset[int]:
    """Prospect turns after `SPEECH_S` of the agent without a "oui" in between. Empty on one mixed
    channel, where a short word under the agent's voice cannot be heard.
    """
    conversation = scene.conversation
    if not conversation.separate:
        return frozenset()
    found: set[int] = set()
    speech_s, is_encouraged = 0.0, False
    for turn in conversation.turns:
        if turn.speaker is not Speaker.PROSPECT:
            speech_s += sum(unit.duration_s for unit in conversation.units_of(turn))
        elif turn.index in conversation.interjections:
            is_encouraged = True
        else:
            if ms(speech_s) >= SPEECH_S and not is_encouraged:
                found.add(turn.index)
            speech_s, is_encouraged = 0.0, False
    return frozenset(found)


def _asks_openly(scene: Scene, turn: Turn | None) -> bool:
    """Whether the agent's turn ends on an open question."""
    if turn is None or turn.speaker is not Speaker.AGENT:
        return False
    asked = questions(turn.text)
    if not asked:
        return False
    words = f" {' '.join(tokens(asked[-1]))} "
    return any(f" {hit.phrase} " in words for hit in scene.hits(turn, "open_question"))


def _confidence(turn: Turn) -> float:
    """Mean word probability, 0.5 for a turn that could not be read."""
    return sum(word.probability for word in turn.words) / len(turn.words) if turn.words else 0.5


def measures(scene: Scene) -> tuple[TurnMeasure, ...]:
    """What the prospect's floor turns say before any scale, for the norms of the campaign."""
    return tuple(item.measure for item in _heard(scene))


@once
def observe(scene: Scene, norms: Norms = PACKAGED) -> tuple[Observation, ...]:
    """One observation for each floor turn of the prospect, on the scale of `norms`.

    By default on the packaged one: what is judged must not depend on other calls of the campaign.
    """
    return tuple(
        Observation(
            item.turn.index,
            item.turn.start_s,
            item.turn.end_s,
            norms.value(item.measure),
            item.variance,
            item.is_after_absence,
        )
        for item in _heard(scene)
    )


def engagement_curve(
    scene: Scene, ending: Observation | None = None
) -> tuple[EngagementPoint, ...]:
    """The smoothed curve on the scale of the campaign, one point a prospect turn; empty when there
    are too few.

    Args:
        ending: how the call ends (`endings.ending_of`); it adds a last point without duration.
    """
    norms = scene.context.norms
    observations = observe(scene, norms)
    if len(observations) < MIN_TURNS:
        return ()
    prior = norms.opening if measures(scene)[0].is_opening else norms.talk
    if ending is not None:
        observations += (ending,)
    return tuple(
        EngagementPoint(
            item.start_s,
            item.end_s,
            round(_in_range(level), 3),
            round(_in_range(level - BAND_Z * sqrt(variance)), 3),
            round(_in_range(level + BAND_Z * sqrt(variance)), 3),
        )
        for item, (level, variance) in zip(observations, smooth(observations, prior), strict=True)
    )


def _in_range(value: float) -> float:
    return max(-1.0, min(1.0, value))


@dataclass(frozen=True, slots=True)
class Step:
    """The filter at one observation: what it expected, and what it holds after having seen it."""

    expected: float
    expected_variance: float
    level: float
    variance: float


def follow(observations: Sequence[Observation], prior: float = 0.0) -> Iterator[Step]:
    """Local-level Kalman filter: each step knows nothing of later observations.

    Args:
        prior: level that is expected at the first observation.
    """
    level, variance = prior, PRIOR_VAR
    for place, item in enumerate(observations):
        if place:
            variance += PROCESS_VAR * (2 if item.is_after_absence else 1)
        gain = variance / (variance + item.variance)
        step = Step(level, variance, level + gain * (item.value - level), (1 - gain) * variance)
        yield step
        level, variance = step.level, step.variance


def smooth(observations: Sequence[Observation], prior: float = 0.0) -> list[tuple[float, float]]:
    """`follow`, then back with the Rauch-Tung-Striebel smoother: (level, variance) each.

    >>> smooth([])
    []
    """
    steps = list(follow(observations, prior))
    levels = [(step.level, step.variance) for step in steps]
    for place in range(len(levels) - 2, -1, -1):
        level, variance = levels[place]
        ahead = steps[place + 1]
        gain = variance / ahead.expected_variance
        next_level, next_variance = levels[place + 1]
        levels[place] = (
            level + gain * (next_level - ahead.expected),
            variance + gain * gain * (next_variance - ahead.expected_variance),
        )
    return levels


@once
def _levels(scene: Scene) -> tuple[float, ...]:
    """What the filter alone holds after each observation."""
    return tuple(step.level for step in follow(observe(scene)))


def is_before(start_s: float, end_s: float, turn: Turn) -> bool:
    """Whether a stretch of the prospect lies before `turn`: it ended by then, or it had begun when
    `turn` cut in. What is answered to cannot be an answer.
    """
    return ms(end_s - turn.start_s) <= TOUCH_S or ms(turn.start_s - start_s) > TOUCH_S


def is_falling_before(scene: Scene, turn: Turn) -> bool:
    """Whether participation already fell, turn by turn, by 0.15 each over three turns before `turn`.

    The pre-trend guard of TIPPING.md §4.2: such a fall did not begin with this turn. It reads the
    forward filter: nothing that comes later can change the answer.
    """
    observations, levels = observe(scene), _levels(scene)
    past: list[float] = []
    # what starts later than this touches no more
    place = bisect_right(observations, turn.start_s + TOUCH_S, key=lambda item: item.start_s)
    while place and len(past) < PRE_TREND_TURNS:
        place -= 1
        if is_before(observations[place].start_s, observations[place].end_s, turn):
            past.append(levels[place])
    falls = [before - after for after, before in pairwise(past)]
    return len(past) == PRE_TREND_TURNS and min(falls) > 0 and sum(falls) / len(falls) >= PRE_TREND
