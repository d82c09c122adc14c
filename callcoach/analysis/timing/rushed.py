"""D03, rushed: the agent speaks clearly faster than elsewhere in the call.

Source: TIPPING.md §4.1, D03: 12 % over one's own rate is the measurement error, 20 % is clear, and
7.8 syllables a second is fast for anyone (Rhapsodie p95). Syllables are counted on the recognised
text, so a turn that was recognised badly hides its pace.

Does not detect: natural fast speakers (own baseline), numbers and addresses read out.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Scene
from callcoach.analysis.text import count_syllables
from callcoach.analysis.timing.monologue import longest_breath_s

#: Excess over the own rate: noise below the first, full at the second (TIPPING.md §2 and §4.1).
EXCESS_FROM = 1.12
EXCESS_FULL = 1.35
#: Fast for anyone, syllables per second (TIPPING.md §4.1, D03).
FAST_RATE = 7.8
#: Voice needed to measure a turn, seconds (TIPPING.md §4.1, D03: 8 s; the openings in question
#: are as short as 6 s).
MIN_SPEECH_S = 5.0
#: Turns from this length on make the baseline.
BASELINE_TURN_S = 2.5


def turn_rate(scene: Scene, turn: Turn, minimum_s: float) -> float | None:
    """Syllables per second of voice in `turn`; None below `minimum_s` of voice or without words."""
    voiced = sum(unit.duration_s for unit in scene.conversation.units_of(turn))
    if voiced < minimum_s or not turn.words:
        return None
    return count_syllables(turn.text) / voiced


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns faster than the agent's own median by more than the measurement error."""
    rates = {
        moment.turn.index: rate
        for moment in scene.moments
        if (rate := turn_rate(scene, moment.turn, BASELINE_TURN_S)) is not None
    }
    if len(rates) < 3:
        return
    usual = median(rates.values())
    for moment in scene.moments:
        rate = turn_rate(scene, moment.turn, MIN_SPEECH_S)
        if rate is None or usual <= 0:
            continue
        excess = rate / usual
        if excess < EXCESS_FROM and rate < FAST_RATE:
            continue
        strength = clamp((excess - EXCESS_FROM) / (EXCESS_FULL - EXCESS_FROM))
        breath = longest_breath_s(scene, moment.turn)
        strength = clamp(0.2 + 0.6 * strength + 0.2 * (breath >= 6.0))
        yield Candidate(
            "D03",
            Cause.RUSHED,
            moment.turn.index,
            moment.turn.start_s,
            moment.turn.end_s,
            strength,
            (
                measure("rate", rate, "syll/s", usual, moment.turn),
                quote(moment.turn),
            ),
            severity=1 + (excess >= 1.2 or rate >= FAST_RATE),
            values={"excess": round(100 * (excess - 1))},
        )


DETECTOR = Detector("D03", Cause.RUSHED, detect)
